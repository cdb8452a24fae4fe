"""Nodes that the others are put together with. RAN has what ran, in order."""

RAN = []


class Value:
    """Gives what is typed in."""

    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {"default": 0, "min": -100000, "max": 100000})}}

    def run(self, value):
        RAN.append(f"Value {value}")
        return (value,)


class Add:
    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"a": ("INT",), "b": ("INT",)}}

    def run(self, a, b):
        RAN.append(f"Add {a} {b}")
        return (a + b,)


class Show:
    """Tells what it gets, all items of a list at once."""

    RETURN_TYPES = ()
    FUNCTION = "run"
    OUTPUT_NODE = True
    INPUT_IS_LIST = True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("*",)}, "hidden": {"me": "UNIQUE_ID"}}

    def run(self, value, me):
        RAN.append("Show")
        return {"ui": {"shown": value}}


class Count:
    """Counts how often its node ran."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT",)}}

    def __init__(self):
        self.times = 0

    def run(self, value):
        self.times += 1
        return (self.times,)


class Named:
    """Takes whatever is linked, by name."""

    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}, "optional": {"declared": ("INT",)}}

    def run(self, **kwargs):
        return (sorted(kwargs.items()),)


class AnyName(dict):
    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return ("INT", {"min": 0})


class Open:
    """Takes whatever is linked or typed in, by name."""

    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}, "optional": AnyName()}

    def run(self, **kwargs):
        return (sorted(kwargs.items()),)


class Differs(str):
    def __ne__(self, other):
        return False


class Hidden:
    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"anything": (Differs("ANYTHING"),)},
            "hidden": {
                "me": "UNIQUE_ID",
                "prompt": "PROMPT",
                "png": "EXTRA_PNGINFO",
                "dynprompt": "DYNPROMPT",
                "moon": "MOON",
            },
        }

    def run(self, anything, me, prompt, png, dynprompt, moon):
        same = dynprompt.get_node(me) == prompt[me]
        return ([me, prompt[me]["class_type"], png, same, moon],)


class Nothing:
    """Gives nothing where others give a mask, as many nodes do."""

    RETURN_TYPES = ("IMAGE", "MASK")
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {}

    def run(self):
        return (None, None)


NODE_CLASS_MAPPINGS = {
    f"Pack{cls.__name__}": cls for cls in (Value, Add, Show, Count, Named, Open, Hidden, Nothing)
}

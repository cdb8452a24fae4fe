"""Nodes that stand for graphs: a chain, one in another, loops, live values, errors."""

from comfy_execution.graph_utils import GraphBuilder, is_link


class Times:
    """A product as a chain of sums."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT",), "times": ("INT", {"min": 1})}}

    def run(self, number, times):
        graph = GraphBuilder()
        total = 0
        for _ in range(times):
            total = graph.node("PackAdd", a=total, b=number).out(0)
        return {"result": (total,), "expand": graph.finalize()}


class Power:
    """A power as products, each of which stands for sums."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT",), "exponent": ("INT", {"min": 1})}}

    def run(self, number, exponent):
        graph = GraphBuilder()
        total = number
        for index in range(exponent - 1):
            node = graph.node("ExpandTimes", f"step{index}", number=total, times=number)
            total = node.out(0)
        return {"result": (total,), "expand": graph.finalize()}


class SumTo:
    """Counts down by standing for itself."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT",), "total": ("INT", {"default": 0})}}

    def run(self, number, total):
        if number == 0:
            return (total,)
        graph = GraphBuilder()
        rest = graph.node("ExpandSumTo", number=number - 1, total=total + number)
        return {"result": (rest.out(0),), "expand": graph.finalize()}


class Pass:
    """Its result is what feeds it: a link, which leads out of the graph that it stands for."""

    RETURN_TYPES = ("*", "*")
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("*", {"rawLink": True})}}

    def run(self, value):
        assert is_link(value)
        graph = GraphBuilder()
        sum_ = graph.node("PackAdd", a=value, b=1)
        return {"result": (value, sum_.out(0)), "expand": graph.finalize()}


class Live:
    """Hands an object to a node of its graph."""

    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}, "hidden": {"me": "UNIQUE_ID"}}

    def run(self, me):
        graph = GraphBuilder()
        node = graph.node("ExpandTypeOf", thing={1, 2}, live=object())
        return {"result": (node.out(0),), "expand": graph.finalize()}


class TypeOf:
    RETURN_TYPES = ("STRING",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"thing": ("*",), "live": ("*",)}}

    def run(self, thing, live):
        return (f"{type(thing).__name__} {type(live).__name__}",)


class Fail:
    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"deep": ("INT", {"default": 0})}}

    def run(self, deep):
        if not deep:
            raise ValueError("the moon is full")
        graph = GraphBuilder()
        inner = graph.node("ExpandFail", deep=deep - 1)
        return {"result": (inner.out(0),), "expand": graph.finalize()}


class Unknown:
    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    def run(self):
        graph = GraphBuilder()
        inner = graph.node("PackAd", a=1, b=2)
        return {"result": (inner.out(0),), "expand": graph.finalize()}


class LoopOpen:
    """Where a loop begins: gives a value, and the way by which the end finds the beginning."""

    RETURN_TYPES = ("LOOP", "*")
    RETURN_NAMES = ("loop", "value")
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("*",)}}

    def run(self, value):
        return ("loop", value)


class LoopClose:
    """Where a loop ends: while the value is below the limit, stands for one more round."""

    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "loop": ("LOOP", {"rawLink": True}),
                "value": ("*",),
                "limit": ("INT",),
            },
            "hidden": {"prompt": "DYNPROMPT", "me": "UNIQUE_ID"},
        }

    def run(self, loop, value, limit, prompt, me):
        if value >= limit:
            return (value,)
        first = loop[0]
        graph = GraphBuilder()
        inside = self.between(prompt, first, me)
        copies = {key: graph.node(prompt.get_node(key)["class_type"], key) for key in inside}
        for key, copy in copies.items():
            copy.set_override_display_id(key)
            for name, given in prompt.get_node(key)["inputs"].items():
                if is_link(given) and given[0] in copies:
                    given = copies[given[0]].out(given[1])
                copy.set_input(name, given)
        copies[first].set_input("value", value)
        return {"result": (copies[me].out(0),), "expand": graph.finalize()}

    @staticmethod
    def between(prompt, first, last):
        """The nodes of the loop: those that feed its end and are fed by its beginning."""

        def feeds(key):
            links = [v[0] for v in prompt.get_node(key)["inputs"].values() if is_link(v)]
            return [link for link in links if prompt.has_node(link)]

        found = {}

        def holds(key):
            if key not in found:
                found[key] = key == first
                found[key] = key == first or any([holds(source) for source in feeds(key)])
            return found[key]

        holds(last)
        return [key for key, inside in found.items() if inside]


NODE_CLASS_MAPPINGS = {
    f"Expand{cls.__name__}": cls
    for cls in (Times, Power, SumTo, Pass, Live, TypeOf, Fail, Unknown, LoopOpen, LoopClose)
}

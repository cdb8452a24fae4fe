"""Inputs that are evaluated only when they are asked for. ASKED has the questions."""

from comfy_execution.graph_utils import GraphBuilder

ASKED = []


class Switch:
    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "first": ("BOOLEAN,INT",),
                "a": ("*", {"lazy": True}),
                "b": ("*", {"lazy": True}),
            }
        }

    def check_lazy_status(self, first, a=None, b=None):
        ASKED.append((first, a, b))
        if first and a is None:
            return ["a"]
        if not first and b is None:
            return ["b"]
        return []

    def run(self, first, a=None, b=None):
        return (a if first else b,)


class SwitchLater(Switch):
    async def check_lazy_status(self, first, a=None, b=None):
        return Switch.check_lazy_status(self, first, a, b)


class SwitchAndExpand(Switch):
    """The same, and its result comes out of a graph."""

    def run(self, first, a=None, b=None):
        graph = GraphBuilder()
        sum_ = graph.node("PackAdd", a=a if first else b, b=1)
        return {"result": (sum_.out(0),), "expand": graph.finalize()}


class FirstWins:
    """Asks for one after the other until one is not 0."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {name: ("INT", {"lazy": True}) for name in "abc"}}

    def check_lazy_status(self, **inputs):
        for name, value in inputs.items():
            if value is None:
                return [name]
            if value:
                return []
        return []

    def run(self, **inputs):
        return (next(value for value in inputs.values() if value),)


NODE_CLASS_MAPPINGS = {
    "LazySwitch": Switch,
    "LazySwitchLater": SwitchLater,
    "LazySwitchAndExpand": SwitchAndExpand,
    "LazyFirstWins": FirstWins,
}

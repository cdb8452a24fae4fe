"""Lists, and a node that gives back something else for each item."""

from comfy_execution.graph import ExecutionBlocker
from comfy_execution.graph_utils import GraphBuilder


class Make:
    RETURN_TYPES = ("INT",)
    OUTPUT_IS_LIST = (True,)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"first": ("INT",), "count": ("INT", {"min": 0})}}

    def run(self, first, count):
        return (list(range(first, first + count)),)


class Join:
    RETURN_TYPES = ("STRING",)
    FUNCTION = "run"
    INPUT_IS_LIST = True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"items": ("INT",), "between": ("STRING", {"default": "-"})}}

    def run(self, items, between):
        return (between[0].join(map(str, items)),)


class Various:
    """A tuple for 0, 3, …; a dictionary for 1, 4, …; a graph for 2, 5, …"""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT",)}}

    def run(self, number):
        if number % 3 == 0:
            return (number * 10,)
        if number % 3 == 1:
            return {"result": (number * 100,)}
        graph = GraphBuilder()
        sum_ = graph.node("PackAdd", a=number * 1000, b=0)
        return {"result": (sum_.out(0),), "expand": graph.finalize()}


class BlockOdd:
    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"number": ("INT",)},
            "optional": {"message": ("STRING", {"default": ""})},
        }

    def run(self, number, message=""):
        return (ExecutionBlocker(message or None) if number % 2 else number,)


NODE_CLASS_MAPPINGS = {
    "ListMake": Make,
    "ListJoin": Join,
    "ListVarious": Various,
    "ListBlockOdd": BlockOdd,
}

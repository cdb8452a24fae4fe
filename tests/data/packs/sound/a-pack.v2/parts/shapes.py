import folder_paths
import nodes
from comfy.comfy_types import IO, ComfyNodeABC, InputTypeDict

SHAPES = ["round", "angular"]


class Circle(ComfyNodeABC):
    """A circle, as text."""

    CATEGORY = "shapes"
    DESCRIPTION = "Makes a circle."
    RETURN_TYPES = (IO.STRING, "SHAPE")
    RETURN_NAMES = ("text", "shape")
    OUTPUT_TOOLTIPS = ("What it looks like.",)
    FUNCTION = "draw"
    EXPERIMENTAL = True

    @classmethod
    def INPUT_TYPES(cls) -> InputTypeDict:
        return {
            "required": {
                "radius": (IO.FLOAT, {"default": 1.0, "min": 0.0, "max": 9.0, "unit": "cm"}),
                "kind": (SHAPES,),
                "width": ("INT", {"default": 8, "max": nodes.MAX_RESOLUTION}),
                "file": (sorted(folder_paths.get_filename_list("loras")) or ["none"],),
            },
            "hidden": {"me": "UNIQUE_ID"},
        }

    def draw(self, radius, kind, width, file, me):
        return (f"{kind} circle of {radius}", object())


class Square:
    RETURN_TYPES = ("STRING",)
    FUNCTION = "draw"
    OUTPUT_NODE = True
    DEPRECATED = True

    @classmethod
    def INPUT_TYPES(s):
        return {"required": {"side": ("FLOAT", {"forceInput": True})}, "optional": {}}

    def draw(self, side):
        return {"ui": {"text": [str(side)]}, "result": (str(side),)}

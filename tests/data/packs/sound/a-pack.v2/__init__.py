"""A pack in a folder whose name is no name in Python, made of several modules."""

print("what a pack prints while it is imported")

from .parts.shapes import SHAPES, Circle
from .parts import shapes

NODE_CLASS_MAPPINGS = {"ShapesCircle": Circle, "ShapesSquare": shapes.Square}
NODE_DISPLAY_NAME_MAPPINGS = {"ShapesCircle": "A Circle"}
WEB_DIRECTORY = "./web"

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS", "SHAPES", "WEB_DIRECTORY"]

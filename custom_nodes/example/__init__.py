"""A pack with one node of each kind; see the README beside this folder.

Functions with `@node` count when they can be found here; classes count by their place in
NODE_CLASS_MAPPINGS.
"""

from .checkerboard import Checkerboard
from .glow import glow
from .vignette import vignette

NODE_CLASS_MAPPINGS = {"ExampleCheckerboard": Checkerboard}
NODE_DISPLAY_NAME_MAPPINGS = {"ExampleCheckerboard": "Checkerboard"}

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS", "glow", "vignette"]

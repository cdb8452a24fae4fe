"""A pack with one node of each kind; see the README beside this folder.

Functions with `@node` count when they can be found here; classes count by their place in
NODE_CLASS_MAPPINGS. Browsers get the scripts in WEB_DIRECTORY.
"""

from .checkerboard import Checkerboard
from .glow import glow
from .vignette import vignette

NODE_CLASS_MAPPINGS = {"ExampleCheckerboard": Checkerboard}
NODE_DISPLAY_NAME_MAPPINGS = {"ExampleCheckerboard": "Checkerboard"}
WEB_DIRECTORY = "web"

__all__ = [
    "NODE_CLASS_MAPPINGS",
    "NODE_DISPLAY_NAME_MAPPINGS",
    "WEB_DIRECTORY",
    "glow",
    "vignette",
]

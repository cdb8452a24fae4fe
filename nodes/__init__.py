"""The built-in nodes, by topic: thin functions over `diffusion`. Importing them loads no torch.

ComfyUI's packs import a module of this name for its NODE_CLASS_MAPPINGS: see `nodes.classes`.
"""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(f"module 'nodes' has no attribute {name!r}")
        from nodes.classes import attribute

        return attribute(name)

"""Built-in nodes, called and extended."""

import os

import folder_paths
import nodes

ROOT = os.path.dirname(folder_paths.__file__)


class Preview(nodes.PreviewImage):
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"size": ("INT", {"default": 8, "max": nodes.MAX_RESOLUTION})},
            "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
        }

    def run(self, size, prompt=None, extra_pnginfo=None):
        (image,) = nodes.NODE_CLASS_MAPPINGS["EmptyImage"]().generate(size, size)
        return self.save_images(image, "mine", prompt, extra_pnginfo)


NODE_CLASS_MAPPINGS = {"ExtendsPreview": Preview}

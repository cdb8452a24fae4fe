"""A node that is a class in ComfyUI's convention: this file would run there as well."""


class Checkerboard:
    """The names of these attributes are ComfyUI's."""

    CATEGORY = "example"
    DESCRIPTION = "Make a checkerboard."
    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "draw"

    @classmethod
    def INPUT_TYPES(cls):  # noqa: ANN206, N802, D102 - the convention's name
        return {
            "required": {
                "width": ("INT", {"default": 512, "min": 8, "max": 4096}),
                "height": ("INT", {"default": 512, "min": 8, "max": 4096}),
                "square": (
                    "INT",
                    {
                        "default": 64,
                        "min": 1,
                        "max": 4096,
                        "tooltip": "In pixels.",
                        "widget": "example.squares",
                    },
                ),
            }
        }

    def draw(self, width, height, square):  # noqa: ANN001, ANN201 - classes say it above
        """Return pictures `[1, H, W, 3]` in 0..1; outputs are always a tuple."""
        import torch

        across = torch.arange(width) // square
        down = torch.arange(height) // square
        board = (across[None, :] + down[:, None]) % 2
        return (board[None, :, :, None].float().repeat(1, 1, 1, 3),)

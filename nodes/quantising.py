"""Pictures in few colours, which Pillow chooses by cutting them at the median."""

from typing import TYPE_CHECKING, Literal, get_args

from graph.context import NodeContext
from nodes.pictures import to_pictures

if TYPE_CHECKING:
    import torch

Dither = Literal["none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"]
DITHERS: tuple[Dither, ...] = get_args(Dither)


def quantise(ctx: NodeContext, image: "torch.Tensor", colours: int, dither: str) -> "torch.Tensor":
    """Show each picture in the colours that suit it best.

    Args:
        ctx: Told how many pictures are done.
        image: IMAGE [B, H, W, C]; transparency is kept as it is.
        colours: How many there may be, 1 to 256.
        dither: One of `DITHERS`: how colours in between are mixed from those that are there.

    Returns:
        IMAGE [B, H, W, 3], or 4 where it was 4.
    """
    import torch

    flat = image[..., :3]
    ready = flat
    if dither.startswith("bayer-"):
        ready = _dithered(flat, colours, int(dither.removeprefix("bayer-")))
    answers = []
    for item in range(len(flat)):
        answers.append(_in_colours(flat[item : item + 1], ready[item : item + 1], colours, dither))
        ctx.progress(item + 1, len(flat))
    answer = torch.stack(answers)
    return torch.cat((answer, image[..., 3:].cpu()), dim=-1) if image.shape[-1] == 4 else answer


def _dithered(image: "torch.Tensor", colours: int, order: int) -> "torch.Tensor":
    """Few colours lie far apart, so the pattern is the stronger the fewer there are."""
    from diffusion.dithering import bayer_dither

    return bayer_dither(image, order, spread=2.0 * 256.0 / 255.0 / colours)


def _in_colours(
    flat: "torch.Tensor", ready: "torch.Tensor", colours: int, dither: str
) -> "torch.Tensor":
    """Choose colours by a picture, and show what it was made into in them."""
    import numpy as np
    import torch
    from PIL import Image

    (chosen_by,), (shown,) = to_pictures(flat), to_pictures(ready)
    palette = chosen_by.convert("RGB").quantize(colours)
    spread_error = dither == "floyd-steinberg"
    way = Image.Dither.FLOYDSTEINBERG if spread_error else Image.Dither.NONE
    quantised = shown.convert("RGB").quantize(colours, palette=palette, dither=way)
    return torch.from_numpy(np.array(quantised.convert("RGB"), dtype=np.float32) / 255.0)

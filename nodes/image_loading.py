"""Nodes that load pictures for a purpose: as masks, or to go on with what was made before."""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Combo, InputFile
from nodes.checks import blaming
from nodes.types import Image, Mask

_MADE_BEFORE = InputFile("image", upload=True, place="output")
_COLOURS = ("red", "green", "blue")


@node("LoadImageMask", category="mask", display_name="Load Image (as Mask)")
def load_image_mask(
    ctx: NodeContext,
    image: Annotated[str, InputFile("image", upload=True)],
    channel: Annotated[str, Combo(("alpha", *_COLOURS))],
) -> Mask:
    """Load one channel of a picture as a mask; each frame of an animation becomes an item.

    Args:
        ctx: What the engine offers.
        image: A file in the input folder.
        channel: Which one. A colour is white where it is bright, alpha where the picture is
            transparent, and black all over if it cannot be.
    """
    from diffusion.channels import channel_mask
    from nodes.pictures import read_picture

    path = ctx.folders.input_path(image, outside=ctx.allow_outside_inputs)
    with blaming("image"):
        pixels, transparency = read_picture(path)
    return transparency if channel == "alpha" else channel_mask(pixels, channel)


@node("LoadImageOutput", category="image", display_name="Load Image (from Outputs)")
def load_image_output(ctx: NodeContext, image: Annotated[str, _MADE_BEFORE]) -> tuple[Image, Mask]:
    """Load a picture that was made before; each frame of an animation becomes an item.

    The mask is 1 where the picture is transparent.

    Args:
        ctx: What the engine offers.
        image: A file in the output folder.
    """
    from nodes.pictures import read_picture

    path = ctx.folders.input_path(_MADE_BEFORE.annotated(image), outside=ctx.allow_outside_inputs)
    with blaming("image"):
        return read_picture(path)

"""A node that is a function: its signature says what goes in and out."""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Float
from nodes.types import Image


@node("ExampleVignette", category="example", display_name="Vignette")
def vignette(
    ctx: NodeContext,
    image: Image,
    strength: Annotated[float, Float(0.0, 1.0, step=0.05)] = 0.5,
) -> Image:
    """Darken pictures towards their corners.

    Args:
        ctx: Progress, cancelling, folders and the device.
        image: The pictures.
        strength: How dark the corners become; 1 makes them black.
    """
    import torch  # here, so that listing the nodes loads no torch

    count, height, width, _ = image.shape
    y = torch.linspace(-1, 1, height).view(height, 1, 1)
    x = torch.linspace(-1, 1, width).view(1, width, 1)
    shade = 1 - strength * (x * x + y * y) / 2
    darkened = image.clone()  # inputs are others' inputs, too, and stay as they are
    for index in range(count):
        darkened[index, ..., :3] *= shade.to(image)
        ctx.progress(index + 1, count)
    return darkened

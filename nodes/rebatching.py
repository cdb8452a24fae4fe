"""Nodes that cut lists of batches into batches of another size."""

from typing import TYPE_CHECKING, Annotated

from graph.decorator import node
from graph.sockets import Int, Socket, Trait
from nodes.checks import blaming

if TYPE_CHECKING:
    from nodes.types import Image, Latent

    Latents = list[Latent]
    Images = list[Image]
else:
    Latents = Annotated[list, Socket("LATENT"), Trait.LIST]
    Images = Annotated[list, Socket("IMAGE"), Trait.LIST]

# Nodes that take lists get typed-in values as lists of one, too.
BatchSize = Annotated[int | list[int], Int(1, 4096)]


@node("RebatchLatents", category="latent/batch", display_name="Rebatch Latents", takes_lists=True)
def rebatch_latents(latents: Latents, batch_size: BatchSize = 1) -> Latents:
    """Cut latents into batches of one size; those of another width or height begin a new one.

    Args:
        latents: Any number of batches.
        batch_size: Of each batch; the last one may be smaller.
    """
    from diffusion import rebatching

    with blaming("latents"):
        return rebatching.rebatch_latents(latents, _one(batch_size))


@node("RebatchImages", category="image/batch", display_name="Rebatch Images", takes_lists=True)
def rebatch_images(images: Images, batch_size: BatchSize = 1) -> Images:
    """Cut pictures into batches of one size; those of another width or height begin a new one.

    Args:
        images: Any number of batches.
        batch_size: Of each batch; the last one may be smaller.
    """
    from diffusion import rebatching

    with blaming("images"):
        return rebatching.rebatch_images(images, _one(batch_size))


def _one(value: int | list[int]) -> int:
    return value if isinstance(value, int) else value[0]

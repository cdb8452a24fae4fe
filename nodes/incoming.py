"""What comes in by a link, in the one form that the numerics know, or the input that is to blame.

Nodes of other people may hand on masks without a batch, or something else altogether.
"""

from typing import TYPE_CHECKING

from nodes.checks import blaming
from nodes.types import Image, Latent, Mask

if TYPE_CHECKING:
    from torch import Tensor


def pictures(image: Image, name: str) -> "Tensor":
    """Take an IMAGE.

    Args:
        image: What came.
        name: The input's name.

    Raises:
        NodeInputError: It is not [B, H, W, C], or has nothing in it.
    """
    from diffusion.batches import as_images

    with blaming(name):
        return as_images(image)


def masks(mask: Mask, name: str) -> "Tensor":
    """Take a MASK as float32 [B, H, W].

    Args:
        mask: What came: [H, W], [B, H, W] or [B, 1, H, W].
        name: The input's name.

    Raises:
        NodeInputError: It has another shape, or nothing in it.
    """
    from diffusion.batches import as_masks

    with blaming(name):
        return as_masks(mask)


def latents(latent: Latent, name: str) -> "Tensor":
    """Take the samples of a LATENT.

    Args:
        latent: What came.
        name: The input's name.

    Raises:
        NodeInputError: They are not [B, C, h, w], or there are none.
    """
    from diffusion.batches import as_latents

    with blaming(name):
        return as_latents(latent["samples"])


def latents_like(latent: Latent, name: str, like: "Tensor") -> "Tensor":
    """Take the samples of a LATENT that is to be combined with another.

    Args:
        latent: What came.
        name: The input's name.
        like: The other's samples.

    Raises:
        NodeInputError: They are no latents, or of another family.
    """
    from diffusion.batches import as_latents, require_same_kind

    with blaming(name):
        require_same_kind(like, as_latents(latent["samples"]))
    return as_latents(latent["samples"])

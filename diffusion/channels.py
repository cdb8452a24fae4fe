"""Channels of pictures taken out as masks, and put back as transparency.

Pictures are IMAGE [B, H, W, C], masks [B, H, W].
"""

import torch
from torch import Tensor

from diffusion.batches import as_images, same_length
from diffusion.errors import DiffusionError

CHANNELS = ("red", "green", "blue", "alpha")


def colour_mask(image: Tensor, colour: int) -> Tensor:
    """Mark the pixels of one colour, to the nearest of 256 levels.

    Args:
        image: IMAGE with at least three channels.
        colour: 0xRRGGBB.

    Raises:
        DiffusionError: The picture has no colours.
    """
    levels = (as_images(image).clamp(0.0, 1.0) * 255.0).round()
    if levels.shape[-1] < 3:
        raise DiffusionError(
            f"a picture in colour was expected, but one with {levels.shape[-1]} channels came"
        )
    wanted = levels.new_tensor([colour >> 16 & 255, colour >> 8 & 255, colour & 255])
    return (levels[..., :3] == wanted).all(dim=-1).float()


def channel_mask(image: Tensor, channel: str) -> Tensor:
    """Take one channel of a picture.

    Args:
        image: IMAGE.
        channel: One of `CHANNELS`.

    Raises:
        DiffusionError: The picture has no such channel.
    """
    index = CHANNELS.index(channel)
    channels = as_images(image).shape[-1]
    if index >= channels:
        raise DiffusionError(
            f"the channel '{channel}' was asked for, but the picture has {channels} channels: "
            "choose another, or a picture that has it"
        )
    return image[..., index].clone()


def join_alpha(image: Tensor, mask: Tensor) -> Tensor:
    """Make a picture transparent where a mask is 1.

    Args:
        image: IMAGE.
        mask: [B', H, W] of the picture's size.

    Returns:
        IMAGE [max(B, B'), H, W, 4].
    """
    image, mask = same_length(as_images(image), mask)
    colours = image.expand(*image.shape[:3], 3) if image.shape[-1] == 1 else image[..., :3]
    return torch.cat((colours, 1.0 - mask.to(image)[..., None]), dim=-1)

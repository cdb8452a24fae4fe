"""Nodes that make plain pictures, cut them, invert them and put them together."""

from typing import Annotated

from graph.decorator import node
from graph.sockets import Int
from nodes.incoming import pictures
from nodes.types import Image


@node("EmptyImage", category="image", display_name="EmptyImage")
def empty_image(
    width: Annotated[int, Int(1, 16384, step=1)] = 512,
    height: Annotated[int, Int(1, 16384, step=1)] = 512,
    batch_size: Annotated[int, Int(1, 4096)] = 1,
    color: Annotated[int, Int(0, 0xFFFFFF, step=1, display="color")] = 0,
) -> Image:
    """Make pictures of one colour.

    Args:
        width: In pixels.
        height: In pixels.
        batch_size: How many there are.
        color: Red, green and blue as 0xRRGGBB.
    """
    import torch

    levels = [color >> 16 & 255, color >> 8 & 255, color & 255]
    return (torch.tensor(levels) / 255.0).repeat(batch_size, height, width, 1)


@node("ImageInvert", category="image", display_name="Invert Image")
def image_invert(image: Image) -> Image:
    """Make a negative: white for black, red for cyan. What is transparent stays so.

    Args:
        image: The pictures.
    """
    inverted = 1.0 - pictures(image, "image")
    if image.shape[-1] == 4:
        inverted[..., 3] = image[..., 3]
    return inverted


@node("ImageCrop", category="image/transform", display_name="Image Crop")
def image_crop(
    image: Image,
    width: Annotated[int, Int(1, 16384, step=1)] = 512,
    height: Annotated[int, Int(1, 16384, step=1)] = 512,
    x: Annotated[int, Int(0, 16384, step=1)] = 0,
    y: Annotated[int, Int(0, 16384, step=1)] = 0,
) -> Image:
    """Cut an area out of pictures; what of it lies outside is left out.

    Args:
        image: The pictures.
        width: Of the area, in pixels.
        height: Of the area, in pixels.
        x: The area's left edge; beyond the picture, its last column.
        y: The area's upper edge; beyond the picture, its last row.
    """
    from diffusion.mask_edits import crop_area

    area = crop_area(pictures(image, "image")[..., 0], x, y, width, height)
    return image[(slice(None), *area)].clone()


@node("ImageBatch", category="image", display_name="Batch Images")
def image_batch(image1: Image, image2: Image) -> Image:
    """Put two batches of pictures together.

    Args:
        image1: These come first.
        image2: These come after them, brought to the same size.
    """
    import torch

    from diffusion.batches import fit_images, same_channels

    first, second = same_channels(pictures(image1, "image1"), pictures(image2, "image2"))
    return torch.cat((first, fit_images(second, first, "bilinear")))


@node("ImageFromBatch", category="image/batch", display_name="ImageFromBatch")
def image_from_batch(
    image: Image,
    batch_index: Annotated[int, Int(0, 4095)] = 0,
    length: Annotated[int, Int(1, 4096)] = 1,
) -> Image:
    """Take some pictures out of a batch.

    Args:
        image: The batch.
        batch_index: The first to take, from 0. Beyond the end, the last is taken.
        length: How many to take, if there are as many.
    """
    start = min(batch_index, len(pictures(image, "image")) - 1)
    return image[start : start + length].clone()

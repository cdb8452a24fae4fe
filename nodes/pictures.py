"""Picture files to tensors: IMAGE float32 [B, H, W, 3] in 0..1 and MASK [B, H, W].

A MASK is 1 where a picture is transparent: 1 − alpha.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import NodeInputError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from PIL import Image

    Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

# Of all frames together; as float32 RGB this is 1.5 GiB.
MAX_PIXELS = 2**27
_WITHOUT_ALPHA = 64
_DEEP_GREYS = ("I;16", "I;16L", "I;16B", "I;16N")


def read_picture(path: Path) -> "tuple[torch.Tensor, torch.Tensor]":
    """Read a picture file of any kind that Pillow knows.

    Every frame of an animation becomes an item of the batch. A camera's rotation (EXIF) is
    applied. Depths beyond 8 bits are kept where Pillow keeps them.

    Args:
        path: The file.

    Returns:
        Pixels [B, H, W, 3] and mask [B, H, W]; the mask of an opaque picture is zeros [B, 64, 64].

    Raises:
        NodeInputError: It is no picture, is damaged, or has more than 2^27 pixels.
    """
    import torch

    with _readable(path), _open(path) as image:
        _require_reasonable(image, path)
        pixels, alphas = _frames(image)
    batch = torch.stack([torch.from_numpy(frame) for frame in pixels])
    if all(alpha is None for alpha in alphas):
        return batch, torch.zeros(len(batch), _WITHOUT_ALPHA, _WITHOUT_ALPHA)
    opaque = torch.ones(batch.shape[1:3])
    masks = [1.0 - (opaque if alpha is None else torch.from_numpy(alpha)) for alpha in alphas]
    return batch, torch.stack(masks)


def to_pictures(images: "torch.Tensor") -> "list[Image.Image]":
    """Make 8-bit pictures of an IMAGE, each value rounded to the nearest level.

    Args:
        images: [B, H, W, C] with 1, 3 or 4 channels; values beyond 0..1 are clipped.

    Raises:
        NodeInputError: The tensor is no IMAGE, or holds NaN.
    """
    import torch
    from PIL import Image

    if images.ndim != 4 or images.shape[-1] not in (1, 3, 4) or images.numel() == 0:
        raise NodeInputError(
            "images must be pictures of shape [batch, height, width, 1, 3 or 4 channels], "
            f"but {list(images.shape)} came: connect an IMAGE output"
        )
    images = images.detach().to("cpu", torch.float32)
    if bool(images.isnan().any()):
        raise NodeInputError(
            "images hold NaN (not a number), which would be saved as black: look at the node that "
            "made them; a VAE in half precision is the usual cause"
        )
    levels = images.clamp(0.0, 1.0).mul(255.0).round().to(torch.uint8).numpy()
    return [Image.fromarray(level[..., 0] if level.shape[-1] == 1 else level) for level in levels]


def _open(path: Path) -> "Image.Image":
    from PIL import Image

    # Pillow's own limit is lower than ours for a warning, and ours is a sentence.
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    return Image.open(path)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what Pillow says about a file into one sentence."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except FileNotFoundError as error:
        raise NodeInputError(f"{path} does not exist: choose a picture that does") from error
    except UnidentifiedImageError as error:
        raise NodeInputError(
            f"{path.name} is no picture of a known kind: choose a PNG, JPEG, WebP, GIF or similar"
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_large(path, "far more") from error
    except PermissionError as error:
        raise NodeInputError(f"{path} may not be read: change its permissions") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # Pillow's words for damage
        raise NodeInputError(
            f"{path.name} is a damaged picture ({error}): fetch it again or save it anew"
        ) from error


def _require_reasonable(image: "Image.Image", path: Path) -> None:
    count = getattr(image, "n_frames", 1)
    if image.width * image.height * count > MAX_PIXELS:
        frames = f" × {count} frames" if count > 1 else ""
        raise _too_large(path, f"{image.width}×{image.height}{frames}, which is more")


def _too_large(path: Path, size: str) -> NodeInputError:
    return NodeInputError(
        f"{path.name} has {size} than the {MAX_PIXELS:,} pixels that fit in memory safely: "
        "make it smaller first"
    )


def _frames(image: "Image.Image") -> "tuple[list[Array], list[Array | None]]":
    """Pixels [H, W, 3] and alpha [H, W] of each frame."""
    from PIL import ImageOps, ImageSequence

    pixels: list[Array] = []
    alphas: list[Array | None] = []
    # The second picture of an MPO is for the other eye, or a thumbnail.
    frames = [image] if image.format == "MPO" else ImageSequence.Iterator(image)
    for frame in frames:
        upright = ImageOps.exif_transpose(frame)
        colour, alpha = _split_alpha(upright)
        if not pixels or colour.shape == pixels[0].shape:
            pixels.append(colour)
            alphas.append(alpha)
    return pixels, alphas


def _split_alpha(image: "Image.Image") -> "tuple[Array, Array | None]":
    if image.mode in _DEEP_GREYS or image.mode == "I":
        return _grey_in_colour(image), None
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        levels = _levels(image.convert("RGBA"))
        return levels[..., :3].copy(), levels[..., 3].copy()
    return _levels(image.convert("RGB")), None


def _grey_in_colour(image: "Image.Image") -> "Array":
    """A grey of 16 bits, as float32 in three channels."""
    import numpy as np

    grey = np.asarray(image).astype(np.float32) / 65535.0
    return np.repeat(grey.clip(0.0, 1.0)[..., None], 3, axis=-1)


def _levels(image: "Image.Image") -> "Array":
    import numpy as np

    return np.asarray(image, dtype=np.float32) / np.float32(255.0)

"""Pictures that clients send or want to see: checked, turned upright, made small.

Pillow works in a thread, two at a time: decoding is what costs the server most.
"""

from __future__ import annotations

import asyncio
import io
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from aiohttp import web
from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from web.errors import WebError, bad_request, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

T = TypeVar("T")
Channel: TypeAlias = Literal["rgba", "rgb", "a"]
_ORIENTATION = 0x0112
_UPRIGHT = 1
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO")
_MANY_FRAMES = 10_000


class Studio:
    """Where pictures are worked on.

    Args:
        pixels: The most that a picture may have, all frames together.
    """

    def __init__(self, pixels: int) -> None:
        self.pixels = pixels
        # Pillow's own limit is lower than ours for a warning, and ours is a sentence.
        warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", module=r"PIL\.")
        self._seats = asyncio.Semaphore(2)

    async def work(self, task: Callable[[int], T]) -> T:
        """Do something to a picture, in a thread; the task is told how many pixels are allowed."""
        async with self._seats:
            return await asyncio.to_thread(task, self.pixels)


STUDIO: web.AppKey[Studio] = web.AppKey("STUDIO", Studio)


def check(file: BinaryIO, most: int) -> None:
    """Make sure that a file is a picture and can be decoded safely.

    Raises:
        WebError: It is none, is damaged, or has too many pixels.
    """
    with _open(file, most) as image:
        image.load()


def upright(content: bytes, most: int) -> bytes:
    """Return a picture as its camera saw it; the same bytes if that is what it is.

    Raises:
        WebError: It is none, is damaged, or has too many pixels.
    """
    with _open(io.BytesIO(content), most) as image:
        exif = image.getexif()
        image.load()
        turned = exif.get(_ORIENTATION, _UPRIGHT) != _UPRIGHT
        if not turned or getattr(image, "n_frames", 1) > 1:
            return content
        format_ = image.format or "PNG"
        result = ImageOps.exif_transpose(image)
        result.info.pop("exif", None)
        exif = result.getexif()
        exif.pop(_ORIENTATION, None)
        return _write(result, format_, _texts(image), exif=exif.tobytes())


def preview(file: BinaryIO, format_: str, quality: int, channel: Channel, most: int) -> bytes:
    """Return a picture in a format that is small to send.

    Raises:
        WebError: It is no picture, is damaged, or has too many pixels.
    """
    with _open(file, most) as image:
        shown = _frame(image)
        colour = "RGB" if channel == "rgb" or format_ == "jpeg" else "RGBA"
        plain = shown.convert(colour) if shown.mode not in ("RGB", colour) else shown
        buffer = io.BytesIO()
        plain.save(buffer, format=format_.upper(), quality=quality)
        return buffer.getvalue()


def only(file: BinaryIO, channel: Literal["rgb", "a"], most: int) -> bytes:
    """Return a picture's colours without its alpha, or black with nothing but its alpha, as PNG.

    Raises:
        WebError: It is no picture, is damaged, or has too many pixels.
    """
    with _open(file, most) as image:
        whole = _frame(image).convert("RGBA")
        if channel == "rgb":
            return _write(whole.convert("RGB"), "PNG", {})
        alpha = Image.new("RGBA", whole.size)
        alpha.putalpha(whole.getchannel("A"))
        return _write(alpha, "PNG", {})


def with_mask(original: BinaryIO, mask: BinaryIO, most: int) -> bytes:
    """Return the original with the mask's alpha for its own, as PNG, its texts kept.

    Raises:
        WebError: One is no picture or damaged, or they are of different sizes.
    """
    with _open(original, most) as image, _open(mask, most) as other:
        alpha = other.convert("RGBA").getchannel("A")
        merged = _frame(image).convert("RGBA")
        if merged.size != alpha.size:
            raise bad_request(
                f"the mask is {alpha.width}×{alpha.height} and the picture "
                f"{merged.width}×{merged.height}: they must be of one size"
            )
        merged.putalpha(alpha)
        return _write(merged, "PNG", _texts(image))


def _frame(image: Image.Image) -> Image.Image:
    """The first frame, upright."""
    image.load()
    return ImageOps.exif_transpose(image)


def _texts(image: Image.Image) -> dict[str, str]:
    texts = getattr(image, "text", {})
    return {str(key): str(value) for key, value in texts.items()} if texts else {}


def _write(image: Image.Image, format_: str, texts: dict[str, str], exif: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    options: dict[str, object] = {"icc_profile": image.info.get("icc_profile")}
    if exif and format_ in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF"):
        options["exif"] = exif
    if format_ == "PNG":
        chunks = PngImagePlugin.PngInfo()
        for key, value in texts.items():
            chunks.add_itxt(key, value) if not value.isascii() else chunks.add_text(key, value)
        options |= {"pnginfo": chunks, "compress_level": 4}
    if format_ in ("JPEG", "WEBP", "AVIF"):
        options["quality"] = 95
    image.save(buffer, format=format_, **options)
    return buffer.getvalue()


@contextmanager
def _open(file: BinaryIO, most: int) -> Iterator[Image.Image]:
    """Open a picture, and say in one sentence what is wrong with it, also while it is used."""
    try:
        with Image.open(file, formats=_FORMATS) as image:
            _require_reasonable(image, most)
            yield image
    except UnidentifiedImageError as error:
        raise bad_request(
            "this is no picture of a known kind: send a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF",
            type_="not_a_picture",
        ) from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise _too_many(most) from error
    except WebError:
        raise
    except Exception as error:
        raise bad_request("the picture is damaged", type_="not_a_picture") from error


def _require_reasonable(image: Image.Image, most: int) -> None:
    if image.width * image.height > most:
        raise _too_many(most)
    frames = getattr(image, "n_frames", 1)
    if frames > _MANY_FRAMES or image.width * image.height * frames > most * 16:
        raise _too_many(most)


def _too_many(most: int) -> WebError:
    return too_large(f"the picture has more than {most:,} pixels", "too_many_pixels")

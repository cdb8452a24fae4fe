"""Nodes that save a batch of pictures as one moving picture."""

from typing import TYPE_CHECKING, Annotated, BinaryIO

from graph.context import NodeContext
from graph.decorator import node
from graph.errors import NodeInputError
from graph.result import NodeOutput
from graph.sockets import Boolean, Combo, Float, Int, String
from nodes.outputs import ExtraPngInfo, Prompt, notes, save, series
from nodes.types import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Exif
    from PIL.Image import Image as Picture

# How hard WebP's encoder tries, 0 to 6.
_EFFORTS = {"default": 4, "fastest": 0, "slowest": 6}
_LARGEST_WEBP = 16383
# EXIF's Model holds the prompt; the extras go into Make and the tags below it, which hold text.
_PROMPT_TAG, _EXTRA_TAGS = 0x0110, range(0x010F, 0x010A, -1)


@node(
    "SaveAnimatedPNG", category="image/animation", display_name="SaveAnimatedPNG", output_node=True
)
def save_animated_png(
    ctx: NodeContext,
    images: Image,
    filename_prefix: Annotated[str, String()] = "ComfyUI",
    fps: Annotated[float, Float(0.01, 1000.0, step=0.01)] = 6.0,
    compress_level: Annotated[int, Int(0, 9)] = 4,
    *,
    prompt: Prompt = None,
    extra_pnginfo: ExtraPngInfo = None,
) -> NodeOutput:
    """Save pictures as one animated PNG in the output folder, with the workflow inside.

    Args:
        ctx: What the engine offers.
        images: The pictures, one frame each.
        filename_prefix: What comes before the number, with folders and %tokens% as in SaveImage.
        fps: Frames a second.
        compress_level: From 0, fast and large, to 9, slow and small; nothing is lost at any.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else goes into the file, the editor's document above all.
    """
    from PIL.PngImagePlugin import PngInfo

    from nodes.pictures import to_pictures

    pictures = to_pictures(images)
    info = PngInfo()
    for name, text in notes(ctx, prompt, extra_pnginfo).items():
        info.add_text(name, text)

    def write(file: BinaryIO) -> None:
        pictures[0].save(
            file,
            format="PNG",
            save_all=True,
            append_images=pictures[1:],
            duration=1000.0 / fps,
            compress_level=compress_level,
            pnginfo=info,
        )

    return _saved(ctx, pictures, write, filename_prefix, ".png", prompt, extra_pnginfo)


@node(
    "SaveAnimatedWEBP",
    category="image/animation",
    display_name="SaveAnimatedWEBP",
    output_node=True,
)
def save_animated_webp(
    ctx: NodeContext,
    images: Image,
    filename_prefix: Annotated[str, String()] = "ComfyUI",
    fps: Annotated[float, Float(0.01, 1000.0, step=0.01)] = 6.0,
    lossless: Annotated[bool, Boolean()] = True,
    quality: Annotated[int, Int(0, 100)] = 80,
    *,
    method: Annotated[str, Combo(tuple(_EFFORTS))],
    prompt: Prompt = None,
    extra_pnginfo: ExtraPngInfo = None,
) -> NodeOutput:
    """Save pictures as one animated WebP in the output folder, with the workflow inside.

    Args:
        ctx: What the engine offers.
        images: The pictures, one frame each.
        filename_prefix: What comes before the number, with folders and %tokens% as in SaveImage.
        fps: Frames a second, to the nearest millisecond a frame.
        lossless: Whether every pixel is kept as it is.
        quality: From 0, small, to 100, good; without loss, how hard to try.
        method: How long to try to make the file small.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else goes into the file, the editor's document above all.
    """
    from nodes.pictures import to_pictures

    pictures = to_pictures(images)
    _require_webp_size(pictures[0])
    exif = _exif(ctx, pictures[0], notes(ctx, prompt, extra_pnginfo))

    def write(file: BinaryIO) -> None:
        pictures[0].save(
            file,
            format="WEBP",
            save_all=True,
            append_images=pictures[1:],
            duration=max(1, round(1000.0 / fps)),
            lossless=lossless,
            quality=quality,
            method=_EFFORTS[method],
            exif=exif,
        )

    return _saved(ctx, pictures, write, filename_prefix, ".webp", prompt, extra_pnginfo)


def _saved(
    ctx: NodeContext,
    pictures: "list[Picture]",
    write: "Callable[[BinaryIO], None]",
    prefix: str,
    suffix: str,
    prompt: Prompt,
    extra_pnginfo: ExtraPngInfo,
) -> NodeOutput:
    """Write one file, and tell the editor whether it moves."""
    row = series(ctx, "output", prefix, suffix, pictures[0].size, prompt, extra_pnginfo)
    saved = save(row, [write], "output", "images")
    return NodeOutput(ui={**(saved.ui or {}), "animated": [len(pictures) > 1]}, files=saved.files)


def _require_webp_size(picture: "Picture") -> None:
    if max(picture.size) > _LARGEST_WEBP:
        raise NodeInputError(
            f"WebP holds pictures of {_LARGEST_WEBP}×{_LARGEST_WEBP} pixels at most, but one of "
            f"{picture.width}×{picture.height} came: make it smaller, or save it as PNG"
        )


def _exif(ctx: NodeContext, picture: "Picture", texts: dict[str, str]) -> "Exif":
    """Notes as `name:JSON`, where ComfyUI and its editor look for them in a WebP."""
    exif = picture.getexif()
    extras = [name for name in texts if name != "prompt"]
    tags = {**dict(zip(extras, _EXTRA_TAGS, strict=False)), "prompt": _PROMPT_TAG}
    for name, text in texts.items():
        if name in tags:
            exif[tags[name]] = f"{name}:{text}"
        else:
            ctx.warn(f"a WebP has no room for the note '{name}', so it is left out")
    return exif

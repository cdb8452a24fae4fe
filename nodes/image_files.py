"""Nodes that read and write picture files."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, BinaryIO

from graph.context import NodeContext
from graph.decorator import node
from graph.result import NodeOutput
from graph.sockets import InputFile, String
from nodes.checks import blaming
from nodes.outputs import ExtraPngInfo, Place, Prompt, notes, save, series
from nodes.types import Image, Mask

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# zlib's levels: small enough to keep, and fast enough to look at once.
_KEEP, _LOOK = 4, 1


@node("LoadImage", category="image", display_name="Load Image")
def load_image(
    ctx: NodeContext, image: Annotated[str, InputFile("image", upload=True)]
) -> tuple[Image, Mask]:
    """Load a picture; each frame of an animation becomes an item of the batch.

    The mask is 1 where the picture is transparent.

    Args:
        ctx: What the engine offers.
        image: A file in the input folder.
    """
    from nodes.pictures import read_picture

    path = ctx.folders.input_path(image, outside=ctx.allow_outside_inputs)
    with blaming("image"):
        return read_picture(path)


@node("SaveImage", category="image", display_name="Save Image", output_node=True)
def save_image(
    ctx: NodeContext,
    images: Image,
    filename_prefix: Annotated[str, String()] = "ComfyUI",
    *,
    prompt: Prompt = None,
    extra_pnginfo: ExtraPngInfo = None,
) -> NodeOutput:
    """Save pictures as PNG files in the output folder, with the workflow that made them inside.

    Args:
        ctx: What the engine offers.
        images: The pictures.
        filename_prefix: What comes before the number. May name folders, and hold %date:yyyy-MM-dd%,
            %width%, %height%, %batch_num% and %Node.input%.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else goes into the file, the editor's document above all.
    """
    return _save(ctx, "output", images, filename_prefix, prompt, extra_pnginfo)


@node("PreviewImage", category="image", display_name="Preview Image", output_node=True)
def preview_image(
    ctx: NodeContext,
    images: Image,
    *,
    prompt: Prompt = None,
    extra_pnginfo: ExtraPngInfo = None,
) -> NodeOutput:
    """Show pictures without keeping them: they are saved in the temporary folder.

    Args:
        ctx: What the engine offers.
        images: The pictures.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else goes into the file.
    """
    return _save(ctx, "temp", images, "preview", prompt, extra_pnginfo)


def _save(
    ctx: NodeContext,
    place: Place,
    images: Image,
    prefix: str,
    prompt: Prompt,
    extra_pnginfo: ExtraPngInfo,
) -> NodeOutput:
    from nodes.pictures import to_pictures

    pictures = to_pictures(images)
    row = series(ctx, place, prefix, ".png", pictures[0].size, prompt, extra_pnginfo)
    texts = notes(ctx, prompt, extra_pnginfo)
    level = _KEEP if place == "output" else _LOOK
    writers = [partial(_write_png, picture, texts, level) for picture in pictures]
    return save(row, writers, place, "images")


def _write_png(picture: "Picture", texts: dict[str, str], level: int, file: BinaryIO) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    picture.save(file, format="PNG", pnginfo=info, compress_level=level)

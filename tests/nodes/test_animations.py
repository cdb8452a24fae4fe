"""Moving pictures saved, with the workflow inside."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageSequence

from graph.context import NodeContext
from graph.errors import NodeInputError
from graph.formats.png import read_png_texts
from nodes.animations import save_animated_png, save_animated_webp
from nodes.image_files import load_image
from tests.nodes.conftest import Told

_PROMPT = {"9": {"class_type": "SaveAnimatedWEBP", "inputs": {"fps": 6.0}}}
_WORKFLOW = {"nodes": [], "title": "grüße 猫"}


def _frames(count: int = 3, channels: int = 3) -> torch.Tensor:
    levels = torch.randint(
        256, (count, 12, 16, channels), generator=torch.Generator().manual_seed(5)
    )
    return levels / 255


def _durations(path: Path) -> list[float]:
    with Image.open(path) as picture:
        return [
            (frame.load(), float(frame.info["duration"]))[1]
            for frame in ImageSequence.Iterator(picture)
        ]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("kind", ["png", "webp"])
def test_the_frames_can_be_loaded_again(context: NodeContext, kind: str, channels: int) -> None:
    frames = _frames(channels=channels)
    if channels == 4:
        frames[..., 3].clamp_(min=1 / 255)

    output = (
        save_animated_png(context, frames)
        if kind == "png"
        else save_animated_webp(context, frames, method="fastest")
    )

    (path,) = output.files
    pixels, mask = load_image(context, f"{path.name} [output]")
    torch.testing.assert_close(pixels, frames[..., :3])
    if channels == 4:
        torch.testing.assert_close(mask, 1.0 - frames[..., 3])


@pytest.mark.parametrize(
    ("fps", "milliseconds"), [(6.0, 1000 / 6), (0.01, 100_000.0), (1000.0, 1.0)]
)
def test_every_frame_is_shown_for_its_time(
    context: NodeContext, fps: float, milliseconds: float
) -> None:
    png = save_animated_png(context, _frames(), fps=fps)
    webp = save_animated_webp(context, _frames(), fps=fps, method="fastest")

    assert _durations(png.files[0]) == pytest.approx([milliseconds] * 3, rel=1e-3)
    assert _durations(webp.files[0]) == [round(milliseconds)] * 3


@pytest.mark.parametrize(("count", "moves"), [(1, False), (2, True)])
def test_the_editor_is_told_of_one_file_and_whether_it_moves(
    context: NodeContext, count: int, moves: bool
) -> None:
    png = save_animated_png(context, _frames(count), "trips/%width%")
    webp = save_animated_webp(context, _frames(count), "trips/%width%", method="fastest")

    for output, name in ((png, "16_00001_.png"), (webp, "16_00002_.webp")):
        assert output.ui == {
            "images": [{"filename": name, "subfolder": "trips", "type": "output"}],
            "animated": [moves],
        }
        assert output.files == (context.folders.output / "trips" / name,)


def test_a_png_carries_its_prompt_and_workflow_as_a_still_one_does(context: NodeContext) -> None:
    extra = {"workflow": _WORKFLOW}

    (path,) = save_animated_png(context, _frames(), prompt=_PROMPT, extra_pnginfo=extra).files

    with path.open("rb") as file:
        texts = read_png_texts(file, path.name)
    assert {name: json.loads(text) for name, text in texts.items()} == {
        "prompt": _PROMPT,
        "workflow": _WORKFLOW,
    }


def test_a_webp_carries_them_where_comfyuis_does(context: NodeContext, told: Told) -> None:
    extra = {"workflow": _WORKFLOW, "more": [1]}

    (path,) = save_animated_webp(
        context, _frames(), method="fastest", prompt=_PROMPT, extra_pnginfo=extra
    ).files

    with Image.open(path) as picture:
        exif = dict(picture.getexif())
    assert exif == {
        0x0110: f"prompt:{json.dumps(_PROMPT)}",
        0x010F: f"workflow:{json.dumps(_WORKFLOW)}",
        0x010E: "more:[1]",
    }
    assert told.warnings == []


def test_notes_that_find_no_room_are_told_of(context: NodeContext, told: Told) -> None:
    extra = {f"note {number}": number for number in range(6)}

    (path,) = save_animated_webp(context, _frames(1), method="fastest", extra_pnginfo=extra).files

    with Image.open(path) as picture:
        assert len(picture.getexif()) == 5
    assert told.warnings == ["a WebP has no room for the note 'note 5', so it is left out"]


def test_without_a_prompt_there_is_no_text(context: NodeContext) -> None:
    (png,) = save_animated_png(context, _frames()).files
    (webp,) = save_animated_webp(context, _frames(), method="fastest").files

    with Image.open(png) as picture:
        assert picture.text == {}  # type: ignore[attr-defined]
    with Image.open(webp) as picture:
        assert dict(picture.getexif()) == {}


def test_a_smaller_file_costs_time_or_quality(context: NodeContext) -> None:
    ramp = torch.linspace(0, 1, 64)[None, None, :, None].expand(2, 64, 64, 3)

    def size(*, lossless: bool, quality: int) -> int:
        (path,) = save_animated_webp(
            context, ramp, lossless=lossless, quality=quality, method="default"
        ).files
        return path.stat().st_size

    assert size(lossless=False, quality=5) < size(lossless=False, quality=100)
    whole, packed = (save_animated_png(context, ramp, compress_level=level) for level in (0, 9))
    assert packed.files[0].stat().st_size < whole.files[0].stat().st_size


def test_a_webp_has_a_largest_size(context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match=r"WebP holds.*16384×1 came.*save it as PNG"):
        save_animated_webp(context, torch.zeros(1, 1, 16384, 3), method="fastest")

    assert not context.folders.output.exists()

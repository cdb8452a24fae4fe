"""Pictures loaded and saved, with the workflow inside."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
import torch
from PIL import Image

from graph.context import NodeContext
from graph.errors import GraphError, MissingFileError, NodeInputError, UnsafePathError
from nodes.image_files import load_image, preview_image, save_image
from tests.nodes.conftest import Told

_PROMPT = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 42}, "_meta": {"title": "Draft"}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x"}},
}


def _images(batch: int = 1) -> torch.Tensor:
    return torch.rand(batch, 4, 6, 3, generator=torch.Generator().manual_seed(5))


def test_a_saved_picture_carries_its_prompt_and_workflow(context: NodeContext) -> None:
    workflow = {"nodes": [], "title": "grüße 猫"}

    (path,) = save_image(
        context, _images(), prompt=_PROMPT, extra_pnginfo={"workflow": workflow, "more": [1]}
    ).files

    assert path == context.folders.output / "ComfyUI_00001_.png"
    with Image.open(path) as picture:
        assert picture.text == {  # type: ignore[attr-defined]
            "prompt": json.dumps(_PROMPT),
            "workflow": json.dumps(workflow),
            "more": "[1]",
        }


def test_without_a_prompt_there_is_no_text(context: NodeContext) -> None:
    (path,) = save_image(context, _images()).files

    with Image.open(path) as picture:
        assert picture.info == {}


def test_a_picture_carries_nothing_where_the_user_wants_none(context: NodeContext) -> None:
    shy = dataclasses.replace(context, services={"metadata": False})

    (path,) = save_image(shy, _images(), prompt=_PROMPT, extra_pnginfo={"more": [1]}).files

    with Image.open(path) as picture:
        assert picture.info == {}


def test_the_editor_is_told_of_every_picture(context: NodeContext) -> None:
    output = save_image(context, _images(2), "cats/%Draft.seed%_%width%x%height%", prompt=_PROMPT)

    assert output.ui == {
        "images": [
            {"filename": f"42_6x4_0000{number}_.png", "subfolder": "cats", "type": "output"}
            for number in (1, 2)
        ]
    }
    assert output.files == tuple(
        context.folders.output / "cats" / f"42_6x4_0000{number}_.png" for number in (1, 2)
    )


def test_the_date_of_today_may_be_in_the_name(context: NodeContext) -> None:
    (path,) = save_image(context, _images(), "%date:yyyy-MM-dd hh-mm-ss%/x").files

    assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d [0-2]\d-[0-5]\d-[0-5]\d", path.parent.name)


def test_a_token_that_leads_nowhere_is_warned_of(context: NodeContext, told: Told) -> None:
    (path,) = save_image(context, _images(), "x%Nobody.seed%", prompt=_PROMPT).files

    assert path.name == "x%Nobody.seed%_00001_.png"
    assert told.warnings == [
        "filename_prefix asks for %Nobody.seed%, but the workflow has no such node or input"
    ]


def test_previews_go_to_the_temporary_folder(context: NodeContext) -> None:
    output = preview_image(context, _images(), prompt=_PROMPT)

    (path,) = output.files
    assert path.parent == context.folders.temp
    shown = {"filename": path.name, "subfolder": "", "type": "temp"}
    assert output.ui == {"images": [shown]}
    assert not context.folders.output.exists()


def test_what_is_saved_can_be_loaded(context: NodeContext) -> None:
    levels = (_images() * 255).round() / 255
    (path,) = save_image(context, levels).files

    pixels, mask = load_image(context, f"{path.name} [output]")

    assert torch.equal(pixels, levels)
    assert torch.equal(mask, torch.zeros(1, 64, 64))


def test_an_image_with_alpha_is_saved_and_loaded_with_it(context: NodeContext) -> None:
    levels = (torch.rand(1, 4, 6, 4) * 255).round() / 255
    (path,) = save_image(context, levels).files

    pixels, mask = load_image(context, f"{path.name} [output]")

    assert torch.equal(pixels, levels[..., :3])
    torch.testing.assert_close(mask, 1 - levels[..., 3])


def test_a_previewed_picture_can_be_loaded_from_the_temporary_folder(context: NodeContext) -> None:
    (path,) = preview_image(context, _images()).files

    pixels, _ = load_image(context, f"{path.name} [temp]")

    assert pixels.shape == (1, 4, 6, 3)


def _outside(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere.png"
    Image.new("RGB", (2, 2), "white").save(path)
    return path


def test_a_picture_elsewhere_is_loaded_when_that_is_allowed(
    context: NodeContext, tmp_path: Path
) -> None:
    allowed = dataclasses.replace(context, allow_outside_inputs=True)

    pixels, _ = load_image(allowed, str(_outside(tmp_path)))

    assert torch.equal(pixels, torch.ones(1, 2, 2, 3))


@pytest.mark.parametrize(
    ("name", "error"), [("{}", UnsafePathError), ("../elsewhere.png", UnsafePathError)]
)
def test_a_picture_elsewhere_is_refused_otherwise(
    context: NodeContext, tmp_path: Path, name: str, error: type[GraphError]
) -> None:
    with pytest.raises(error, match="leads out of"):
        load_image(context, name.format(_outside(tmp_path)))


def test_a_missing_picture_is_named_with_the_closest(context: NodeContext) -> None:
    Image.new("RGB", (2, 2)).save(context.folders.input / "kitten.png")

    with pytest.raises(MissingFileError, match=r"kiten\.png.*kitten\.png"):
        load_image(context, "kiten.png")


def test_pictures_that_are_none_leave_no_file(context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match="NaN"):
        save_image(context, _images() * float("nan"))

    assert not context.folders.output.exists()

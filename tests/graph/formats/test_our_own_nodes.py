"""The editor's files with our own nodes, known from what our registry tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import pytest

from graph.decorator import node
from graph.folders import Folders
from graph.formats.signatures import ObjectInfo
from graph.formats.ui import convert_ui
from graph.object_info import describe_all
from graph.registry import Registry
from graph.sockets import Boolean, Combo, Float, InputFile, Int, ModelFile, Socket, String
from tests.graph.formats.drafts import Draft

if TYPE_CHECKING:
    from pathlib import Path

Image = Annotated[object, Socket("IMAGE")]


@node("Paint", category="test", display_name="Paint a Picture", aliases=("OldPaint",))
def paint(
    text: Annotated[str, String(multiline=True, dynamic_prompts=True)],
    style: Annotated[str, Combo(("oil", "ink"))],
    base: Annotated[str, ModelFile("checkpoints")],
    mask: Image | None = None,
    seed: Annotated[int, Int(control_after_generate=True)] = 7,
    noise_seed: Annotated[int, Int()] = 1,
    amount: Annotated[float, Float(0, 1, step=0.1)] = 0.5,
    flip: Annotated[bool, Boolean()] = False,
    sample: Annotated[str, InputFile("image")] = "x.png",
) -> Image:
    """Paint."""
    raise NotImplementedError


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    places = {
        name: tmp_path / name
        for name in ("input", "output", "temp", "user", "cache", "custom_nodes")
    }
    models = tmp_path / "models" / "checkpoints"
    for place in (*places.values(), models):
        place.mkdir(parents=True)
    (models / "b.safetensors").touch()
    return Folders(base=tmp_path, models={"checkpoints": (models,)}, **places)


@pytest.fixture
def signatures(folders: Folders) -> ObjectInfo:
    registry = Registry()
    registry.add(paint)
    return ObjectInfo(describe_all(registry, folders))


@pytest.mark.parametrize("name", ["Paint", "OldPaint"])
def test_a_document_with_our_nodes_becomes_a_workflow(name: str, signatures: ObjectInfo) -> None:
    draft = Draft()
    typed = ["a cat", "ink", "b.safetensors", 5, "randomize", 6, "fixed", 0.25, True]
    draft.add(name, *typed, "y.png", "image")
    node = convert_ui(draft.document(), signatures).workflow.nodes["1"]
    assert (node.class_type, node.title) == (name, "Paint a Picture")
    assert node.inputs == {
        "text": "a cat",
        "style": "ink",
        "base": "b.safetensors",
        "seed": 5,
        "noise_seed": 6,
        "amount": 0.25,
        "flip": True,
        "sample": "y.png",
    }


def test_fields_that_nobody_has_touched_hold_defaults_or_the_first_choice(
    signatures: ObjectInfo,
) -> None:
    draft = Draft()
    draft.add("Paint", "a cat")
    assert draft_inputs(draft, signatures) == {
        "text": "a cat",
        "style": "oil",
        "base": "b.safetensors",
        "seed": 7,
        "noise_seed": 1,
        "amount": 0.5,
        "flip": False,
        "sample": "x.png",
    }


def draft_inputs(draft: Draft, signatures: ObjectInfo) -> dict[str, object]:
    return dict(convert_ui(draft.document(), signatures).workflow.nodes["1"].inputs)

"""Our own nodes as the editor's files need them: the same as a server would tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import pytest

from graph.decorator import node
from graph.folders import Folders
from graph.formats.fields import layout_of
from graph.formats.registry_signatures import RegistrySignatures
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
def registry() -> Registry:
    registry = Registry()
    registry.add(paint)
    return registry


@pytest.mark.parametrize("name", ["Paint", "OldPaint"])
def test_the_registry_and_its_object_info_give_the_same_layout(
    name: str, registry: Registry, folders: Folders
) -> None:
    ours = RegistrySignatures(registry, folders).get(name)
    told = ObjectInfo(describe_all(registry, folders)).get(name)
    assert ours
    assert told
    assert layout_of(name, ours).slots == layout_of(name, told).slots
    assert layout_of(name, ours).outputs == layout_of(name, told).outputs == ("IMAGE",)
    fields = [
        [(f.name, f.initial, f.saved, f.sent) for f in layout_of(name, s).fields]
        for s in (ours, told)
    ]
    assert fields[0] == fields[1]
    assert layout_of(name, ours).title == "Paint a Picture"


def test_a_document_with_our_nodes_becomes_a_workflow(registry: Registry, folders: Folders) -> None:
    draft = Draft()
    values = [
        "a cat",
        "ink",
        "b.safetensors",
        5,
        "randomize",
        6,
        "fixed",
        0.25,
        True,
        "y.png",
        "image",
    ]
    draft.add("OldPaint", *values)
    workflow = convert_ui(draft.document(), RegistrySignatures(registry, folders)).workflow
    assert workflow.nodes["1"].inputs == {
        "text": "a cat",
        "style": "ink",
        "base": "b.safetensors",
        "seed": 5,
        "noise_seed": 6,
        "amount": 0.25,
        "flip": True,
        "sample": "y.png",
    }


def test_a_choice_without_a_default_starts_with_the_first_file(
    registry: Registry, folders: Folders
) -> None:
    draft = Draft()
    draft.add("Paint")
    workflow = convert_ui(draft.document(), RegistrySignatures(registry, folders)).workflow
    assert workflow.nodes["1"].inputs["base"] == "b.safetensors"


def test_a_class_that_is_not_registered_is_not_known(registry: Registry, folders: Folders) -> None:
    assert RegistrySignatures(registry, folders).get("Nothing") is None

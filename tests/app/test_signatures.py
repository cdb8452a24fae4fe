"""Our registry as conversions of the editor's files see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import pytest

from app.signatures import RegistrySignatures
from graph.decorator import node
from graph.folders import Folders
from graph.registry import Registry
from graph.sockets import Combo, Hidden, InputFile, Int, ModelFile, Socket, String

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
    *,
    sample: Annotated[str, InputFile("image")] = "x.png",
    prompt: Annotated[object, Hidden.PROMPT] = None,
) -> tuple[Image, Annotated[int, Int()]]:
    """Paint."""
    raise NotImplementedError


@pytest.fixture
def signatures(tmp_path: Path) -> RegistrySignatures:
    folders = Folders.under(tmp_path)
    folders.models["checkpoints"][0].mkdir(parents=True)
    (folders.models["checkpoints"][0] / "b.safetensors").touch()
    registry = Registry()
    registry.add(paint)
    return RegistrySignatures(registry, folders)


@pytest.mark.parametrize("name", ["Paint", "OldPaint"])
def test_a_node_is_known_by_its_name_and_aliases(signatures: RegistrySignatures, name: str) -> None:
    signature = signatures.get(name)
    assert signature is not None
    assert signature.title == "Paint a Picture"
    assert signature.outputs == ("IMAGE", "INT")


def test_required_inputs_come_before_optional_ones_and_hidden_ones_do_not(
    signatures: RegistrySignatures,
) -> None:
    signature = signatures.get("Paint")
    assert signature is not None
    names = [given.name for given in signature.inputs]
    assert names == ["text", "style", "base", "seed", "sample", "mask"]


def test_fields_tell_what_a_conversion_must_know(signatures: RegistrySignatures) -> None:
    signature = signatures.get("Paint")
    assert signature is not None
    given = {found.name: found for found in signature.inputs}
    assert (given["text"].multiline, given["text"].dynamic_prompts) == (True, True)
    assert (given["style"].type, given["style"].first_choice) == ("COMBO", "oil")
    assert (given["base"].type, given["base"].first_choice) == ("COMBO", "b.safetensors")
    assert (given["seed"].type, given["seed"].default, given["seed"].control) == ("INT", 7, True)
    assert (given["sample"].upload, given["sample"].default) == (True, "x.png")
    assert given["mask"].type == "IMAGE"


def test_a_node_that_nobody_declared_is_not_known(signatures: RegistrySignatures) -> None:
    assert signatures.get("Zebra") is None

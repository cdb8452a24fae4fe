"""Definitions said in JSON and heard again find the same wrong, or cannot be said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.catalogue import make_registry
from app.plain_definitions import hear, say
from graph.adapter.node_class import adapt
from graph.definition import MISSING
from graph.folders import Folders
from graph.formats.api import parse_api
from graph.registry import Registry
from graph.validate import validate

if TYPE_CHECKING:
    from pathlib import Path

    from graph.definition import NodeDefinition


class Blend:
    """What packs are full of."""

    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = ("IMAGE", "INT"), "blend", "x", True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        return {
            "required": {
                "image": ("IMAGE", {"rawLink": True}),
                "amount": ("FLOAT", {"min": 0.0, "max": 1.0}),
                "count": ("INT", {"default": 1, "min": 1, "max": 9}),
                "mode": (["screen", "multiply"],),
            },
            "optional": {"text": ("STRING", {"multiline": True}), "on": ("BOOLEAN",)},
            "hidden": {"prompt": "PROMPT"},
        }

    def blend(self, **_inputs: object) -> tuple[int]:
        return (1,)


class Choosy(Blend):
    @classmethod
    def VALIDATE_INPUTS(cls, amount: float) -> bool:  # noqa: N802 - ComfyUI's name
        return amount < 1


class Anything(str):
    """A type that fits every other one."""

    def __ne__(self, _other: object) -> bool:
        return False


class Odd(Blend):
    RETURN_TYPES = (Anything("*"), "INT")


def through_json(definition: NodeDefinition) -> NodeDefinition:
    return hear(json.loads(json.dumps(say(definition))))


def blend() -> NodeDefinition:
    """Blend, with a function that says all that it takes."""
    return replace(adapt(Blend, "Blend"), undeclared=None)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amount": 2},
        {"amount": "much"},
        {"count": 0},
        {"mode": "burn"},
        {"mode": None},
        {"image": 3},
        {"image": ["1", 1]},
        {"image": ["9", 0]},
        {"text": ["1", 0]},
        {"on": "perhaps"},
        {"count": ["1", 1]},
        {"amount": MISSING},
    ],
)
def test_the_same_is_wrong_with_a_workflow(changes: dict[str, object], tmp_path: Path) -> None:
    inputs: dict[str, Any] = {"image": ["1", 0], "amount": 0.5, "count": 3, "mode": "screen"}
    given = {name: v for name, v in {**inputs, **changes}.items() if v is not MISSING}
    first = {**inputs, "image": ["0", 0]}
    prompt = {
        "0": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1}},
        "1": {"class_type": "Blend", "inputs": first},
        "2": {"class_type": "Blend", "inputs": given},
    }
    registries = []
    for definition in (blend(), through_json(blend())):
        registry = Registry()
        registry.add(definition)
        for builtin in make_registry():
            registry.add(builtin)
        registries.append(registry)
    known, heard = (
        validate(parse_api(prompt), registry, Folders.under(tmp_path)) for registry in registries
    )
    assert [p.type for p in known.problems] == [p.type for p in heard.problems]
    assert (known.outputs, known.broken) == (heard.outputs, heard.broken)


def test_every_built_in_node_without_functions_of_its_own_can_be_said() -> None:
    said = [definition for definition in make_registry() if say(definition) is not None]
    names = {definition.name for definition in said}
    assert {"EmptyImage", "SaveImage", "KSampler", "VAEDecode", "ImageScale"} <= names
    for definition in said:
        heard = through_json(definition)
        assert [spec.kind for spec in heard.inputs] == [spec.kind for spec in definition.inputs]
        assert heard.hidden == definition.hidden
        assert heard.aliases == definition.aliases
        assert heard.output_node is definition.output_node


@pytest.mark.parametrize("cls", [Blend, Choosy, Odd])
def test_what_functions_or_odd_types_decide_cannot_be_said(cls: type) -> None:
    assert say(adapt(cls, "Odd")) is None


def test_a_type_of_a_class_of_its_own_cannot_be_said() -> None:
    definition = replace(adapt(Odd, "Odd"), undeclared=None)
    assert say(definition) is None

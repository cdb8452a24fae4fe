"""Definitions as clients of ComfyUI's protocol read them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from graph.decorator import definition_of, node
from graph.definition import InputSpec, NodeDefinition, OutputSpec
from graph.folders import Folders
from graph.formats.signatures import ObjectInfo
from graph.object_info import describe, describe_all
from graph.sockets import (
    Boolean,
    Combo,
    Float,
    Hidden,
    InputFile,
    Int,
    ModelFile,
    Socket,
    String,
)

if TYPE_CHECKING:
    from graph.workflow import Json

Picture = Annotated[object, Socket("IMAGE")]
FOLDERS = Folders.under(Path("/nowhere"))


@node("Everything", category="a/b", display_name="Every Thing", aliases=("All",), output_node=True)
def everything(
    image: Picture,
    seed: Annotated[int, Int(0, 9, control_after_generate=True)] = 3,
    amount: Annotated[float, Float(0.0, 2.0, step=0.1, round=0.01)] = 1.0,
    text: Annotated[str, String(multiline=True, dynamic_prompts=True)] = "",
    on: Annotated[bool, Boolean()] = True,
    way: Annotated[str, Combo(("x", "y"))] = "y",
    model: Annotated[str, ModelFile("vae")] = "",
    file: Annotated[str, InputFile("image")] = "",
    mask: Picture | None = None,
    *,
    prompt: Annotated[object, Hidden.PROMPT] = None,
) -> tuple[Picture, Picture]:
    """Do everything.

    Args:
        seed: Where it starts.
    """
    raise NotImplementedError


def described() -> dict[str, Any]:
    return dict(describe(definition_of(everything), FOLDERS))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("image", ["IMAGE"]),
        (
            "seed",
            [
                "INT",
                {
                    "min": 0,
                    "max": 9,
                    "control_after_generate": True,
                    "default": 3,
                    "tooltip": "Where it starts.",
                },
            ],
        ),
        ("amount", ["FLOAT", {"min": 0.0, "max": 2.0, "step": 0.1, "round": 0.01, "default": 1.0}]),
        ("text", ["STRING", {"multiline": True, "dynamicPrompts": True, "default": ""}]),
        ("on", ["BOOLEAN", {"default": True}]),
        ("way", [["x", "y"], {"default": "y"}]),
        ("model", [[], {"default": ""}]),
        ("file", [[], {"image_upload": True, "default": ""}]),
    ],
)
def test_each_kind_of_input_is_described(name: str, expected: object) -> None:
    assert described()["input"]["required"][name] == expected


def test_optional_and_hidden_inputs_have_their_own_sections_and_order() -> None:
    info = described()
    assert info["input"]["optional"] == {"mask": ["IMAGE"]}
    assert info["input"]["hidden"] == {"prompt": "PROMPT"}
    assert info["input_order"]["required"][:3] == ["image", "seed", "amount"]
    assert info["input_order"]["hidden"] == ["prompt"]


def test_the_rest_is_what_the_protocol_asks_for() -> None:
    info = described()
    assert info["output"] == info["output_name"] == ["IMAGE", "IMAGE"]
    assert info["output_is_list"] == [False, False]
    assert (info["name"], info["display_name"]) == ("Everything", "Every Thing")
    assert (info["category"], info["output_node"]) == ("a/b", True)
    assert info["description"] == "Do everything."


def test_a_node_is_listed_under_its_aliases_too() -> None:
    found = describe_all([definition_of(everything)], FOLDERS)
    assert list(found) == ["Everything", "All"]
    alias = found["All"]
    assert isinstance(alias, dict)
    assert alias["name"] == "All"


def test_conversions_read_it_back() -> None:
    signature = ObjectInfo(describe_all([definition_of(everything)], FOLDERS)).get("All")
    assert signature is not None
    assert signature.title == "Every Thing"
    assert [item.type for item in signature.inputs][:3] == ["IMAGE", "INT", "FLOAT"]
    assert [item.name for item in signature.inputs if item.upload] == ["file"]


def test_what_is_uncommon_is_said_only_where_it_is_so() -> None:
    plain = described()
    assert not {"output_tooltips", "deprecated", "experimental"} & plain.keys()
    definition = replace(
        definition_of(everything),
        deprecated=True,
        experimental=True,
        inputs=(
            InputSpec("a", Int(0, 9), force_input=True),
            InputSpec("b", Socket("IMAGE"), lazy=True),
            InputSpec("c", Socket("*"), required=False, raw_link=True),
        ),
        outputs=(
            OutputSpec("x", "IMAGE", is_list=True, tooltip="A picture."),
            OutputSpec("y", "COMBO", choices=("p", "q")),
        ),
    )
    info = dict[str, Any](describe(definition, FOLDERS))
    assert info["input"]["required"] == {
        "a": ["INT", {"min": 0, "max": 9, "forceInput": True}],
        "b": ["IMAGE", {"lazy": True}],
    }
    assert info["input"]["optional"] == {"c": ["*", {"rawLink": True}]}
    assert info["output"] == ["IMAGE", ["p", "q"]]
    assert info["output_is_list"] == [True, False]
    assert info["output_tooltips"] == ["A picture.", ""]
    assert (info["deprecated"], info["experimental"]) == (True, True)


def test_what_a_foreign_class_declares_is_passed_on_as_it_is_now() -> None:
    asked = iter("ab")

    def refresh() -> NodeDefinition:
        declared: dict[str, Json] = {"required": {"x": [[next(asked)], {"strange": 1}]}}
        return replace(definition_of(everything), declared=declared)

    definition = replace(definition_of(everything), refresh=refresh)
    for option in "ab":
        info = dict[str, Any](describe(definition, FOLDERS))
        assert info["input"] == {"required": {"x": [[option], {"strange": 1}]}}
        assert info["input_order"] == {"required": ["x"]}

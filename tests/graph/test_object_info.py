"""Definitions as clients of ComfyUI's protocol read them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from graph.decorator import definition_of, node
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

"""Nodes as ComfyUI's `/object_info` describes them, entry by entry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from graph.decorator import definition_of, node
from graph.folders import Folders
from graph.object_info import describe, describe_all
from graph.sockets import Boolean, Combo, Float, Hidden, InputFile, Int, ModelFile, Socket, String

if TYPE_CHECKING:
    from pathlib import Path

Image = Annotated[object, Socket("IMAGE")]


@node("Paint", category="test", display_name="Paint!", aliases=("OldPaint",), output_names=("it",))
def paint(
    image: Image,
    count: Annotated[int, Int(1, 9, step=2, control_after_generate=True)],
    share: Annotated[float, Float(0.0, 2.0, step=0.1, round=0.01)] = 0.5,
    *,
    mask: Image | None = None,
    text: Annotated[str, String(multiline=True, dynamic_prompts=True)] = "",
    on: Annotated[bool, Boolean()] = False,
    way: Annotated[str, Combo(("a", "b"))] = "b",
    colour: Annotated[int, Int(0, 9, display="color")] = 4,
    model: Annotated[str, ModelFile("vae")],
    picture: Annotated[str, InputFile("image", upload=True)],
    latent: Annotated[str, InputFile("latent", upload=False)],
    made: Annotated[str, InputFile("image", place="output")],
    prompt: Annotated[object, Hidden.PROMPT] = None,
) -> Image:
    """Paint it.

    Args:
        image: On this.
        prompt: Nobody asks.
    """
    return image


@node("Show", category="test", output_node=True)
def show(images: Annotated[object, Socket("IMAGE,MASK")]) -> None:
    """Show it."""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders.under(tmp_path)
    for name in ("models/vae/v.safetensors", "input/a.png", "input/b.latent", "output/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return found


@pytest.fixture
def entry(folders: Folders) -> dict[str, Any]:
    return describe(definition_of(paint), folders)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("image", ["IMAGE", {"tooltip": "On this."}]),
        ("count", ["INT", {"min": 1, "max": 9, "step": 2, "control_after_generate": True}]),
        ("share", ["FLOAT", {"min": 0.0, "max": 2.0, "step": 0.1, "round": 0.01, "default": 0.5}]),
        ("text", ["STRING", {"multiline": True, "dynamicPrompts": True, "default": ""}]),
        ("on", ["BOOLEAN", {"default": False}]),
        ("way", [["a", "b"], {"default": "b"}]),
        ("colour", ["INT", {"min": 0, "max": 9, "display": "color", "default": 4}]),
        ("model", [["v.safetensors"], {}]),
        ("picture", [["a.png"], {"image_upload": True}]),
        ("latent", [["b.latent"], {}]),
        (
            "made",
            [
                ["c.png [output]"],
                {
                    "image_upload": True,
                    "image_folder": "output",
                    "remote": {
                        "route": "/internal/files/output",
                        "refresh_button": True,
                        "control_after_refresh": "first",
                    },
                },
            ],
        ),
    ],
)
def test_an_input_has_its_type_and_what_its_field_needs(
    entry: dict[str, Any], name: str, expected: list[object]
) -> None:
    assert entry["input"]["required"][name] == expected


def test_optional_and_hidden_inputs_stand_apart_and_all_in_their_order(
    entry: dict[str, Any],
) -> None:
    assert entry["input"]["optional"] == {"mask": ["IMAGE"]}
    assert entry["input"]["hidden"] == {"prompt": "PROMPT"}
    shown = ["image", "count", "share", "text", "on", "way", "colour", "model"]
    names = [*shown, "picture", "latent", "made"]
    order = {"required": names, "optional": ["mask"], "hidden": ["prompt"]}
    assert entry["input_order"] == order


def test_the_rest_says_what_the_node_is(entry: dict[str, Any]) -> None:
    rest = {key: entry[key] for key in entry if not key.startswith("input")}
    assert rest == {
        "output": ["IMAGE"],
        "output_is_list": [False],
        "output_name": ["it"],
        "name": "Paint",
        "display_name": "Paint!",
        "description": "Paint it.",
        "python_module": __name__,
        "category": "test",
        "output_node": False,
    }


def test_a_node_without_outputs_says_so(folders: Folders) -> None:
    entry = describe(definition_of(show), folders)
    assert (entry["output"], entry["output_name"], entry["output_node"]) == ([], [], True)
    assert entry["input"] == {"required": {"images": ["IMAGE,MASK"]}}


def test_every_name_has_an_entry_and_all_is_json(folders: Folders) -> None:
    found = describe_all([definition_of(paint), definition_of(show)], folders)
    assert {key: entry["name"] for key, entry in found.items() if isinstance(entry, dict)} == {
        "Paint": "Paint",
        "OldPaint": "OldPaint",
        "Show": "Show",
    }
    assert json.loads(json.dumps(found)) == found

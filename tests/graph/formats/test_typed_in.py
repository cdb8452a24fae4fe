"""Giving saved values their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.formats.canvas import CanvasNode, Slot
from graph.formats.fields import layout_of
from graph.formats.signatures import ObjectInfo
from graph.formats.typed_in import read_fields, read_unnamed_fields

if TYPE_CHECKING:
    from tests.graph.formats.drafts import Untyped

CLASSES: dict[str, Any] = {
    "Paint": {
        "input": {
            "required": {
                "text": ["STRING", {"multiline": True}],
                "seed": ["INT", {"default": 7}],
                "image": ["IMAGE"],
                "line": ["STRING"],
            }
        }
    },
    "Forced": {
        "input": {
            "required": {
                "first": ["INT"],
                "seed": ["INT", {"forceInput": True}],
                "model": ["MODEL", {"forceInput": True}],
                "last": ["FLOAT"],
            }
        }
    },
    "View": {"input": {"required": {"image": ["LOAD_3D"], "width": ["INT"]}}},
}


def _read(name: str, values: Untyped) -> dict[str, Any]:
    signature = ObjectInfo(CLASSES).get(name)
    assert signature
    return read_fields(CanvasNode("1", name, values=values), layout_of(name, signature))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (["a cat", 5, "fixed", "x"], {"text": "a cat", "seed": 5, "line": "x"}),
        (["a cat", 5], {"text": "a cat", "seed": 5, "line": ""}),
        ([], {"text": "", "seed": 7, "line": ""}),
        (["a", 5, "fixed", "x", "left", "over"], {"text": "a", "seed": 5, "line": "x"}),
        ([None, None, None, None], {"text": "", "seed": None, "line": None}),
        (["a\r\nb\rc", 5, "fixed", "d\r"], {"text": "a\nb\nc", "seed": 5, "line": "d\r"}),
        ({"seed": 5, "other": 3}, {"text": "", "seed": 5, "line": ""}),
    ],
)
def test_saved_values_are_named_in_the_order_of_the_class(values: Untyped, named: Untyped) -> None:
    assert _read("Paint", values) == named


@pytest.mark.parametrize("values", [[1, 2.5], [1, 99, 2.5]])
def test_a_forced_socket_may_have_left_an_unused_value(values: list[Any]) -> None:
    assert _read("Forced", values) == {"first": 1, "last": 2.5}


def test_what_only_a_screen_can_show_is_empty() -> None:
    saved = ["upload3dmodel", "uploadExtraResources", "clear", {"image": "x"}, 640]
    named = _read("View", saved)
    assert (named["image"], named["width"]) == ("", 640)


def _slot(name: str, kind: str) -> Slot:
    return Slot(name, kind, widget=name)


@pytest.mark.parametrize(
    ("slots", "values", "named"),
    [
        ([_slot("a", "STRING"), _slot("b", "INT")], ["x", 1], {"a": "x", "b": 1}),
        (
            [_slot("seed", "INT"), _slot("a", "INT")],
            [5, "randomize", 1],
            {"seed": 5, "a": 1},
        ),
        (
            [_slot("a", "COMBO"), _slot("b", "INT")],
            ["x", "fixed", "", 1],
            {"a": "x", "b": 1},
        ),
        ([_slot("a", "COMBO"), _slot("b", "COMBO")], ["x", "fixed"], {"a": "x", "b": "fixed"}),
        (
            [_slot("image", "COMBO"), _slot("upload", "IMAGEUPLOAD")],
            ["x.png", "image"],
            {"image": "x.png"},
        ),
        ([Slot("model", "MODEL"), _slot("a", "INT")], [1], {"a": 1}),
        ([], [], {}),
        ([], {"a": 1, "preview": {"x": 1}}, {"a": 1}),
        ([], [1], None),
        ([_slot("a", "INT")], [1, 2], None),
        ([_slot("a", "INT"), _slot("b", "INT")], [1], None),
        ([_slot("a", "STRING"), _slot("b", "INT")], ["x", "fixed", 1], None),
    ],
)
def test_values_of_an_unknown_class_are_named_if_the_file_names_them_all(
    slots: list[Slot], values: Untyped, named: Untyped
) -> None:
    node = CanvasNode("1", "Unheard", inputs=tuple(slots), values=values)
    assert read_unnamed_fields(node) == named

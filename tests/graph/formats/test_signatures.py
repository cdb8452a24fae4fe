"""Reading `/object_info`: order, flags, and answers that make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.formats.signatures import InputSignature, ObjectInfo, Signature, socket_type

if TYPE_CHECKING:
    from tests.graph.formats.drafts import Untyped


def _one(spec: Untyped) -> InputSignature:
    signature = ObjectInfo({"A": {"input": {"required": {"x": spec}}}}).get("A")
    assert signature
    return signature.inputs[0]


def test_inputs_come_in_the_declared_order_required_ones_first() -> None:
    entry: Untyped = {
        "input": {"optional": {"d": ["INT"], "c": ["INT"]}, "required": {"b": ["A"], "a": ["B"]}},
        "input_order": {"required": ["a", "b"], "optional": ["c"]},
        "output": ["IMAGE", ["x", "y"]],
        "display_name": "The A",
    }
    signature = ObjectInfo({"A": entry}).get("A")
    assert signature
    assert [item.name for item in signature.inputs] == ["a", "b", "c", "d"]
    assert signature.outputs == ("IMAGE", "COMBO")
    assert signature.title == "The A"


def test_a_class_that_is_not_listed_is_not_known() -> None:
    assert ObjectInfo({}).get("A") is None


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ([["oil", "ink"], {}], InputSignature(name="x", type="COMBO", first_choice="oil")),
        (
            ["COMBO", {"options": ["oil"], "default": "ink", "image_upload": True}],
            InputSignature(name="x", type="COMBO", first_choice="oil", default="ink", upload=True),
        ),
        (
            ["INT", {"control_after_generate": False, "default": 3}],
            InputSignature(name="x", type="INT", control=False, default=3),
        ),
        (
            ["STRING", {"multiline": True, "dynamicPrompts": True, "forceInput": True}],
            InputSignature(
                name="x", type="STRING", multiline=True, dynamic_prompts=True, force_input=True
            ),
        ),
        (
            [[], {"remote": {"route": "/x", "refresh_button": True}}],
            InputSignature(name="x", type="COMBO", remote=True, refresh_button=True),
        ),
        (["*", {"widgetType": "INT"}], InputSignature(name="x", type="*", widget_type="INT")),
        ([[], {"audio_upload": True}], InputSignature(name="x", type="COMBO", audio_upload=True)),
        ([], InputSignature(name="x", type="*")),
        (None, InputSignature(name="x", type="*")),
        ("IMAGE", InputSignature(name="x", type="IMAGE")),
        (["INT", None], InputSignature(name="x", type="INT")),
    ],
)
def test_what_is_said_of_an_input_is_read(spec: Untyped, expected: InputSignature) -> None:
    assert _one(spec) == expected


@pytest.mark.parametrize("entry", [{}, {"input": None, "output": None}, {"input": {"required": 3}}])
def test_an_entry_without_sense_is_a_class_without_inputs(entry: Untyped) -> None:
    assert ObjectInfo({"A": entry}).get("A") == Signature("A", (), ())


def test_types_are_read_from_anything_that_files_hold() -> None:
    kinds = ["INT", ["a"], "", 0, None, -1]
    assert [socket_type(kind) for kind in kinds] == ["INT", "COMBO", "*", "*", "*", "*"]

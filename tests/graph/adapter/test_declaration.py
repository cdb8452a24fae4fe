"""What INPUT_TYPES may hold."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from graph.adapter.declaration import read_declaration
from graph.definition import MISSING, InputSpec
from graph.sockets import Foreign
from tests.graph.adapter.classes import ANY


class Everything(dict[str, Any]):
    """A dictionary that contains whatever it is asked for, as packs write it."""

    def __contains__(self, _key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - as packs write it
        return super().get(key, (ANY, {"tooltip": key}))


class Careless(dict[str, Any]):
    """The same, written carelessly."""

    def __contains__(self, _key: object) -> bool:
        return True


def _spec(entry: object, section: str = "required") -> InputSpec:
    (spec,) = read_declaration({section: {"a": entry}}).inputs
    return spec


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (("IMAGE",), Foreign("IMAGE")),
        (["IMAGE"], Foreign("IMAGE")),
        ("IMAGE", Foreign("IMAGE")),
        (("INT", {"min": 1, "max": 9, "step": 2}), Foreign("INT", 1, 9)),
        (("FLOAT", {"min": 0.5}), Foreign("FLOAT", 0.5)),
        (("FLOAT", {"min": "low"}), Foreign("FLOAT")),
        (("INT", None), Foreign("INT")),
        ((["x", "y"],), Foreign("COMBO", choices=("x", "y"))),
        ((("x", "y"), {"default": "y"}), Foreign("COMBO", choices=("x", "y"))),
        (({"x": 1, "y": 2}.keys(),), Foreign("COMBO", choices=("x", "y"))),
        (([],), Foreign("COMBO", choices=())),
        (([1, True, 2.5],), Foreign("COMBO", choices=(1, True, 2.5))),
        (("COMBO", {"options": ["x", "y"]}), Foreign("COMBO", choices=("x", "y"))),
        (("COMBO",), Foreign("COMBO")),
        ((["x"], {"multiselect": True}), Foreign("COMBO", choices=("x",), several=True)),
        (("INT,FLOAT",), Foreign("INT,FLOAT")),
        ((int,), Foreign("*")),
        ((), Foreign("*")),
        (None, Foreign("*")),
    ],
)
def test_an_entry_is_a_type_or_options(entry: object, kind: Foreign) -> None:
    assert _spec(entry).kind == kind


def test_types_stay_what_they_are() -> None:
    assert _spec((ANY,)).kind.type is ANY


def test_an_entry_says_more() -> None:
    spec = _spec(
        (
            "INT",
            {
                "default": 3,
                "tooltip": "How many.",
                "lazy": True,
                "rawLink": True,
                "forceInput": True,
            },
        ),
        "optional",
    )
    assert spec == InputSpec(
        "a",
        Foreign("INT"),
        required=False,
        default=3,
        tooltip="How many.",
        lazy=True,
        raw_link=True,
        force_input=True,
    )
    assert _spec(("INT",)).default is MISSING


def test_required_inputs_come_first_in_their_order() -> None:
    declared = {
        "optional": {"d": ("INT",), "c": ("INT",)},
        "hidden": {"e": "PROMPT"},
        "required": {"b": ("INT",), "a": ("INT",)},
    }
    inputs = read_declaration(declared).inputs
    assert [(spec.name, spec.required) for spec in inputs] == [
        ("b", True),
        ("a", True),
        ("d", False),
        ("c", False),
    ]


def test_sections_may_be_absent_or_nothing() -> None:
    assert read_declaration({}).inputs == ()
    assert read_declaration({"required": None}).inputs == ()


def test_a_dictionary_may_contain_any_name() -> None:
    declaration = read_declaration({"optional": Everything(a=("INT",))})
    assert [spec.name for spec in declaration.inputs] == ["a"]
    spec = declaration.undeclared("b")
    assert spec is not None
    assert (spec.kind, spec.tooltip, spec.required, spec.link_only) == (
        *(Foreign(ANY), "b", False, False),
    )


def test_a_dictionary_that_cannot_say_what_it_contains_contains_anything() -> None:
    spec = read_declaration({"required": Careless()}).undeclared("b")
    assert spec == InputSpec("b", Foreign("*"), required=False)


def test_a_dictionary_that_lists_its_names_has_no_others() -> None:
    assert read_declaration({"required": {"a": ("INT",)}}).undeclared("b") is None


def test_editors_are_sent_what_was_declared() -> None:
    declared = {
        "required": {
            "a": ("INT", {"default": 3, "min": -math.inf, "colour": "red", "path": Path("x")}),
            "b": (["x", "y"],),
            "c": (ANY,),
            "d": ("COMBO", {"options": ("x", 2), "nested": {"deep": {1}}}),
            "e": "STRANGE",
        },
        "hidden": {"f": "PROMPT", "g": "MOON", "h": ("INT", {"default": 0})},
    }
    described = read_declaration(declared).described
    assert json.loads(json.dumps(described, allow_nan=False)) == {
        "required": {
            "a": [
                "INT",
                {"default": 3, "min": -1.7976931348623157e308, "colour": "red", "path": "x"},
            ],
            "b": [["x", "y"]],
            "c": ["*"],
            "d": ["COMBO", {"options": ["x", 2], "nested": {"deep": [1]}}],
            "e": "STRANGE",
        },
        "hidden": {"f": "PROMPT", "g": "MOON", "h": ["INT", {"default": 0}]},
    }


def test_what_has_no_form_in_json_is_text() -> None:
    np = pytest.importorskip("numpy")
    round_: list[object] = []
    round_.append(round_)
    declared = {"required": {"a": ("X", {"n": np.int64(3), "f": np.float32(0.5), "loop": round_})}}
    described = read_declaration(declared).described
    options = json.loads(json.dumps(described))["required"]["a"][1]
    assert (options["n"], options["f"]) == (3, 0.5)

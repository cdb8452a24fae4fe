"""Values of fields that classes in ComfyUI's convention declare are taken as ComfyUI takes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.coerce import WrongValueError, coerce
from graph.folders import Folders
from graph.sockets import Combo, Float, Foreign, Int, Kind

FOLDERS = Folders.under(Path("/nowhere"))


@pytest.mark.parametrize(
    ("kind", "value", "held"),
    [
        (Foreign("INT"), "8", 8),
        (Foreign("INT"), -5, -5),
        (Foreign("FLOAT"), 8, 8.0),
        (Foreign("FLOAT", min=0), 1e300, 1e300),
        (Foreign("STRING"), None, "None"),
        (Foreign("STRING"), {"a": 1}, "{'a': 1}"),
        (Foreign("BOOLEAN"), "false", False),
        (Foreign("COLOUR"), {"r": 1}, {"r": 1}),
        (Foreign("MODEL"), "typed in", "typed in"),
        (Foreign("COMBO", choices=(1, "b", True)), "b", "b"),
        (Foreign("COMBO", choices=("a", "b", "c"), several=True), ["a", "c"], ["a", "c"]),
        (Foreign("COMBO"), "whatever", "whatever"),
        (Foreign("DURATION", min=1, max=3), 2, 2),
    ],
)
def test_foreign_fields_take_what_comfyui_takes(kind: Foreign, value: object, held: object) -> None:
    taken = coerce(kind, value, FOLDERS)
    assert (taken, type(taken)) == (held, type(held))


@pytest.mark.parametrize(
    ("kind", "value", "type_", "expected"),
    [
        (Foreign("INT"), "x", "invalid_input_type", "a whole number (INT)"),
        (Foreign("INT", min=2), 1, "value_smaller_than_min", "a whole number of at least 2"),
        (Foreign("INT", max=2), 3, "value_bigger_than_max", "a whole number of at most 2"),
        (Foreign("FLOAT", 0.5, 2), 3, "value_bigger_than_max", "a number from 0.5 to 2"),
        (Foreign("DURATION", 1, 3), 0, "value_smaller_than_min", "a whole number from 1 to 3"),
        (Foreign("COMBO", choices=("a", "b")), "c", "value_not_in_list", "one of a, b"),
        (
            Foreign("COMBO", choices=()),
            "c",
            "value_not_in_list",
            "one of the options, of which there are none",
        ),
        (Foreign("COMBO", choices=("a",), several=True), ["z"], "value_not_in_list", "one of a"),
    ],
)
def test_foreign_fields_refuse_what_comfyui_refuses(
    kind: Foreign, value: object, type_: str, expected: str
) -> None:
    with pytest.raises(WrongValueError) as caught:
        coerce(kind, value, FOLDERS)
    assert (caught.value.type, caught.value.expected) == (type_, expected)


def test_what_is_too_large_to_be_text_is_refused() -> None:
    with pytest.raises(WrongValueError) as caught:
        coerce(Foreign("STRING"), 10**5000, FOLDERS)
    assert caught.value.expected == "text (STRING)"


@pytest.mark.parametrize(
    ("kind", "value", "held"),
    [
        (Int(0, 3), "9", 9),
        (Float(0, 1), 9, 9.0),
        (Combo(("a",)), "z", "z"),
        (Foreign("INT", 0, 3), "9", 9),
        (Foreign("COMBO", choices=("a",)), "z", "z"),
    ],
)
def test_a_range_need_not_be_asked_for(kind: Kind, value: object, held: object) -> None:
    assert coerce(kind, value, FOLDERS, ranged=False) == held


def test_types_with_comparisons_of_their_own_are_read_as_text() -> None:
    class Always(str):
        __slots__ = ()

        def __eq__(self, _other: object) -> bool:
            return True

        __hash__ = str.__hash__

    assert coerce(Foreign(Always("ANY")), "text", FOLDERS) == "text"

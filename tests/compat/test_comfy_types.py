"""Names of types, and what a class looks like."""

from __future__ import annotations

from typing import Any

import pytest

from compat.comfy.comfy_types import IO, CheckLazyMixin, ComfyNodeABC, InputTypeDict
from graph.adapter.node_class import adapt
from graph.sockets import fits


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (IO.ANY, "MODEL", False),
        (IO.MODEL, "*", False),
        (IO.NUMBER, "INT", False),
        (IO.INT, IO.NUMBER, False),
        (IO.PRIMITIVE, IO.NUMBER, False),
        (IO.INT, IO.FLOAT, True),
        (IO.NUMBER, "INT,STRING", True),
        (IO.INT, 5, True),
    ],
)
def test_types_differ_where_neither_contains_the_other(
    one: IO, other: object, differ: bool
) -> None:
    assert (one != other) is differ


def test_types_are_text() -> None:
    assert IO.MODEL == "MODEL"
    assert f"{IO.NUMBER}" == "FLOAT,INT"
    assert "MODEL" in {str(IO.MODEL), IO.CLIP}
    assert fits(IO.INT, "INT")


class Add(ComfyNodeABC, CheckLazyMixin):
    """A class as authors write it."""

    RETURN_TYPES = (IO.INT,)
    FUNCTION = "add"

    @classmethod
    def INPUT_TYPES(cls) -> InputTypeDict:  # noqa: N802 - the name that packs define
        return {"required": {"a": (IO.NUMBER, {"lazy": True})}}

    def add(self, a: Any) -> tuple[Any]:  # noqa: ANN401 - a number
        return (a,)


def test_a_class_of_this_kind_is_a_node() -> None:
    definition = adapt(Add, "Add")
    assert definition.inputs[0].kind.type == "FLOAT,INT"
    assert definition.declared == {"required": {"a": ["FLOAT,INT", {"lazy": True}]}}
    assert not (definition.output_node)
    assert not (definition.takes_lists)
    assert not (definition.deprecated)
    assert Add().check_lazy_status(a=None, b=1) == ["a"]


def test_a_class_must_say_its_inputs() -> None:
    with pytest.raises(TypeError):
        ComfyNodeABC()  # type: ignore[abstract]

"""What a node that failed was given, as those are told who hear of it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from graph import events
from graph.context import NodeContext  # noqa: TC001 - a node's types are read at run time
from graph.decorator import node
from graph.errors import NodeFailed
from graph.result import Blocked, Items
from graph.shown_inputs import show_inputs
from graph.sockets import Float
from tests.graph.stub_engine import Number, Stubs, wire

if TYPE_CHECKING:
    from pathlib import Path


class Tensor:
    """As torch's are to the engine, which knows none."""

    shape = (1, 64, 64, 3)
    dtype = "torch.float32"

    def __str__(self) -> str:
        raise AssertionError("its data is not looked at")

    __repr__ = __str__


class Hostile:
    @property
    def shape(self) -> object:
        raise RuntimeError("no")


def shown(value: object) -> Any:  # noqa: ANN401 - JSON
    """What is said of one value that a link brings."""
    checked: Any = SimpleNamespace(constants={}, given={})
    found = show_inputs(checked, {"x": value})["x"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found if isinstance(value, Items) else found[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, 5),
        (0.5, 0.5),
        (float("nan"), "nan"),
        (True, True),
        (None, None),
        ("a cat", "a cat"),
        (Tensor(), "Tensor [1, 64, 64, 3] float32"),
        ({"samples": Tensor()}, "{'samples': Tensor [1, 64, 64, 3] float32}"),
        ([[Tensor(), {"pooled": None}]], "[[Tensor [1, 64, 64, 3] float32, {'pooled': None}]]"),
        ([1, 2, 3, 4, 5], "[1, 2, 3, 4, …]"),
        (b"12345", "5 bytes"),
        (Hostile(), f"{__name__}.Hostile"),
        (Blocked("no"), "blocked"),
        (2**70, hex(2**70)),
    ],
)
def test_values_are_said_in_few_words(value: object, text: object) -> None:
    assert shown(value) == text


def test_nothing_that_is_said_is_long() -> None:
    assert len(shown("x" * 100_000)) == 300
    assert len(shown([["y" * 1_000] * 50] * 50)) == 300
    nested: list[Any] = []
    nested.append(nested)
    assert len(shown(nested)) <= 300


def test_of_several_items_in_a_link_the_first_are_said() -> None:
    assert shown(Items((1, 2))) == [1, 2]
    assert shown(Items(range(10))) == [*range(8), "and 2 more"]


def test_a_node_that_fails_tells_its_constants_and_what_its_links_brought(tmp_path: Path) -> None:
    @node("Break", category="stub", output_node=True)
    def fall(
        ctx: NodeContext, value: Number, factor: Annotated[float, Float(0.0, 9.0)] = 2.0
    ) -> None:
        """Fail."""
        raise ValueError("no")

    stubs = Stubs(tmp_path, 1_000, fall)
    workflow = wire(a=("Number", {"value": 7}), b=("Break", {"value": "@a", "factor": 3.0}))
    with pytest.raises(NodeFailed):
        stubs.run(workflow)
    (erred,) = stubs.told(events.NodeErred)
    assert isinstance(erred, events.NodeErred)
    assert erred.inputs == {"factor": [3.0], "value": [7]}

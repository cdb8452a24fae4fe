"""What packs in the wild do that nobody should, run with the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.errors import NodeFailed
from graph.events import NodeErred
from tests.app.packs import PackSession, base_with, forgetting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.app.packs import Nodes


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackSession]:
    """A session over a pack of oddities."""
    place: Path = tmp_path_factory.mktemp("odd")
    with forgetting():
        base_with(place, "semantics", "basics.py")
        found = PackSession(base_with(place, "odd"), cache_disk=10**8)
        assert [pack.complaints() for pack in found.session.packs] == [(), ()]
        yield found
        found.session.close()


def test_inputs_may_be_called_as_parameters_of_the_engine_are(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 2}),
        "x": ("OddNames", {"context": "@a", "function": 1, "inputs": 2, "key": 3, "name": 4}),
        "show": ("PackShow", {"value": "@x"}),
    }
    assert packs.shown(nodes) == [
        (2, [("function", 1), ("inputs", 2), ("key", 3), ("name", 4)]),
    ]


@pytest.mark.parametrize("which", range(6))
def test_what_a_node_without_outputs_gives_back_does_not_matter(
    packs: PackSession, which: int
) -> None:
    assert packs.run({"x": ("OddReturnsAnything", {"which": which})}).executed == ["x"]


@pytest.mark.parametrize("name", ["OddRaises", "OddRaisesLater"])
@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("base", "BaseException: base"),
        ("cancelled", "CancelledError"),
        ("interrupt", "KeyboardInterrupt"),
        ("exit", "SystemExit: 3"),
        ("speechless", "CannotSayIt"),
        ("long", "ValueError: xxx"),
    ],
)
def test_whatever_a_node_raises_is_its_failure_and_others_go_on(
    packs: PackSession, name: str, which: str, said: str
) -> None:
    nodes: Nodes = {
        "x": (name, {"which": which}),
        "bad": ("PackShow", {"value": "@x"}),
        # Another one at the same time, so that neither runs in the test's own thread.
        "y": (name, {"which": "exit"}),
        "worse": ("PackShow", {"value": "@y"}),
        "a": ("OddComputeLater", {}),
        "show": ("PackShow", {"value": "@a"}),
    }
    with pytest.raises(NodeFailed, match=said) as caught:
        packs.run(nodes)
    assert len(str(caught.value)) < 5000
    erred = [event for event in packs.events if isinstance(event, NodeErred)]
    assert sorted(event.node_id for event in erred) == ["x", "y"]
    assert max(len(event.traceback) for event in erred) <= 100_000


@pytest.mark.parametrize("which", ["itself", "deep", "hostile", "sparse", "bodiless", "conjugate"])
def test_values_that_cannot_be_looked_into_travel_all_the_same(
    packs: PackSession, which: str
) -> None:
    nodes: Nodes = {
        "x": ("OddOdd", {"which": which}),
        "type": ("OddTypeOf", {"value": "@x"}),
    }
    first = packs.run(nodes)
    assert first.executed == ["x", "type"]
    assert packs.run(nodes).executed == []


@pytest.mark.parametrize("name", ["OddCompute", "OddComputeLater"])
def test_no_gradients_are_recorded_for_packs(packs: PackSession, name: str) -> None:
    nodes: Nodes = {"x": (name, {}), "show": ("PackShow", {"value": "@x"})}
    assert packs.shown(nodes) == [6.0]

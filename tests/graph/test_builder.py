"""Graphs that nodes write: ids that clash with nothing and stay the same."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.builder import GraphBuilder, add_graph_prefix, is_link
from graph.context import NodeContext, current
from graph.errors import ExpansionError
from graph.expanded import as_link
from graph.folders import Folders

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _running(node_id: str) -> Iterator[None]:
    token = current.set(NodeContext(node_id, Folders.under(Path("/nowhere"))))
    try:
        yield
    finally:
        current.reset(token)


def test_a_graph_is_written_in_the_api_format() -> None:
    graph = GraphBuilder("p.")
    one = graph.node("Make", number=1)
    two = graph.node("Add", "sum", one=one.out(0), two=None)
    assert graph.finalize() == {
        "p.1": {"class_type": "Make", "inputs": {"number": 1}},
        "p.sum": {"class_type": "Add", "inputs": {"one": ["p.1", 0], "two": None}},
    }
    assert graph.lookup_node("sum") is two
    assert graph.lookup_node("p.sum") is None


def test_a_taken_id_gives_the_node_that_has_it() -> None:
    graph = GraphBuilder("")
    assert graph.node("Make", "a", number=1) is graph.node("Other", "a")


def test_inputs_can_be_set_and_taken_away() -> None:
    node = GraphBuilder("").node("Add")
    node.set_input("one", 3)
    assert node.get_input("one") == 3
    node.set_input("one", None)
    node.set_input("two", None)
    assert (node.get_input("one"), node.inputs) == (None, {})


def test_a_node_can_be_shown_as_another() -> None:
    graph = GraphBuilder("")
    graph.node("Make", "a").set_override_display_id("7")
    assert graph.finalize()["a"]["override_display_id"] == "7"


def test_ids_differ_from_graph_to_graph_and_node_to_node_and_not_from_run_to_run() -> None:
    def prefixes(node_id: str) -> list[str]:
        with _running(node_id):
            return [GraphBuilder().prefix for _ in range(2)]

    assert prefixes("5") == prefixes("5")
    assert len({*prefixes("5"), *prefixes("6"), *prefixes("5.0.1")}) == 6


def test_ids_of_inner_graphs_do_not_clash_with_those_of_outer_ones() -> None:
    ids: list[str] = []
    for outer in ("5", "5.0.1", "5.0.1.0.1", "5.1.1", "50"):
        with _running(outer):
            for _ in range(3):
                graph = GraphBuilder()
                ids += [graph.node("Make").id for _ in range(12)]
    assert len(set(ids)) == len(ids) == 5 * 3 * 12


def test_ids_stay_short_however_deep_graphs_are_in_graphs() -> None:
    key, seen = "5", set[str]()
    for _ in range(1000):
        with _running(key):
            graph = GraphBuilder()
            node = graph.node("Make", key)
            assert graph.node("Other", key) is graph.lookup_node(key) is node
            graph.node("Add", one=node.out(0))
            graph.replace_node_output(key, 0, ["x", 1])
            graph.remove_node(key)
        assert [made["inputs"] for made in graph.finalize().values()] == [{"one": ["x", 1]}]
        assert len(node.id) < 150
        key = node.id
        seen.add(key)
    assert len(seen) == 1000


def test_where_no_node_runs_a_prefix_must_be_given() -> None:
    with pytest.raises(ExpansionError, match="give it a prefix"):
        GraphBuilder()


def test_readers_of_an_output_can_be_given_another() -> None:
    graph = GraphBuilder("p.")
    graph.node("Make", "a")
    graph.node("Add", "b", one=["p.a", 0], two=["p.a", 1], more=5)
    graph.node("Add", "c", one=["p.a", 0])
    graph.replace_node_output("a", 0, ["x", 2])
    assert [graph.finalize()[f"p.{key}"]["inputs"] for key in "bc"] == [
        {"one": ["x", 2], "two": ["p.a", 1], "more": 5},
        {"one": ["x", 2]},
    ]
    graph.replace_node_output("a", 1, None)
    graph.remove_node("a")
    assert graph.finalize()["p.b"]["inputs"] == {"one": ["x", 2], "more": 5}
    assert "p.a" not in graph.finalize()


def test_a_graph_can_be_moved_under_a_prefix() -> None:
    graph: dict[str, dict[str, object]]
    graph = {"a": {"class_type": "Make"}, "b": {"class_type": "Add", "inputs": {"x": ["a", 0]}}}
    moved, outputs = add_graph_prefix(graph, (["b", 0], 7), "p.")
    assert moved == {
        "p.a": {"class_type": "Make", "inputs": {}},
        "p.b": {"class_type": "Add", "inputs": {"x": ["p.a", 0]}},
    }
    assert outputs == (["p.b", 0], 7)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", 0], True),
        (["a", 1.0], True),
        (("a", 0), False),
        (["a"], False),
        ([1, 0], False),
        (["a", True], False),
        (["a", "0"], False),
        ("a0", False),
    ],
)
def test_links_are_lists_of_an_id_and_a_number(value: object, expected: bool) -> None:
    assert is_link(value) is expected
    assert (as_link(value) is not None) is expected

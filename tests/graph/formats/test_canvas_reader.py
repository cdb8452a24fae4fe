"""Reading the editor's document: sloppy where it does not matter, strict where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import FormatError
from graph.formats.canvas import CanvasLink, CanvasNode, Port, Slot
from graph.formats.canvas_reader import read_canvas_document

if TYPE_CHECKING:
    from tests.graph.formats.drafts import Untyped


def test_everything_that_conversion_needs_is_read() -> None:
    document = {
        "version": 0.4,
        "nodes": [
            {
                "id": 3,
                "type": "Paint",
                "title": "Mine",
                "mode": 4,
                "inputs": [{"name": "a", "type": "INT", "link": 7, "widget": {"name": "a"}}],
                "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [8]}],
                "widgets_values": [1, None],
            }
        ],
        "links": [[7, 1, 0, 3, 0, "INT"], None],
        "floatingLinks": "ignored",
        "extra": {"reroutes": "ignored"},
    }
    canvas = read_canvas_document(document).canvas
    slots = (Slot("a", "INT", "7", "a"),)
    assert canvas.nodes == {"3": CanvasNode("3", "Paint", "Mine", 4, slots, ("IMAGE",), [1, None])}
    assert canvas.links == {"7": CanvasLink("7", "1", 0, "3", 0)}


@pytest.mark.parametrize("links", [None, [], {}])
def test_null_means_none_of_these(links: Untyped) -> None:
    node = {"id": "x", "type": "Paint", "inputs": None, "outputs": None, "widgets_values": None}
    node |= {"mode": None, "title": None, "properties": None}
    canvas = read_canvas_document({"nodes": [node], "links": links, "definitions": None}).canvas
    assert canvas.nodes == {"x": CanvasNode("x", "Paint")}


@pytest.mark.parametrize("links", [[[7, "1", "2", 3.0, 0]], {"7": {}}])
def test_ids_are_the_same_as_text_and_as_numbers(links: Untyped) -> None:
    ends = {"id": 7, "origin_id": 1, "origin_slot": 2, "target_id": "3", "target_slot": 0}
    links = {"7": ends} if isinstance(links, dict) else links
    canvas = read_canvas_document({"nodes": [], "links": links}).canvas
    assert canvas.links == {"7": CanvasLink("7", "1", 2, "3", 0)}


def test_subgraphs_are_found_also_within_one_another() -> None:
    port = {"name": "a", "type": "IMAGE", "linkIds": [5, "6"]}
    inner = {"id": "i", "nodes": [], "inputs": [port], "outputs": [port]}
    outer = {"id": "o", "name": "Outer", "nodes": [], "definitions": {"subgraphs": [inner]}}
    document = {"nodes": [], "definitions": {"subgraphs": [outer]}}
    definitions = read_canvas_document(document).definitions
    assert {key: found.name for key, found in definitions.items()} == {"o": "Outer", "i": "i"}
    assert definitions["i"].inputs == (Port("a", "IMAGE", ("5", "6")),)
    assert definitions["i"].canvas.name == "subgraph 'i'"


NODE = {"id": 1, "type": "Paint"}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "the workflow must be an object, not a list"),
        ({}, "the workflow must have a list 'nodes', not null"),
        ({"nodes": 5}, r"the workflow must have a list 'nodes', not a number \(5\)"),
        ({"nodes": [5]}, "each node of the workflow must be an object, not a number"),
        ({"nodes": [{"type": "A"}]}, "id of a node of the workflow must be a whole number"),
        ({"nodes": [{**NODE, "id": True}]}, "id of a node of the workflow must be a whole number"),
        ({"nodes": [{"id": 1}]}, "node 1 must name its class in 'type', but has nothing there"),
        ({"nodes": [{"id": 1, "type": 5}]}, r"in 'type', but has a number \(5\) there"),
        ({"nodes": [NODE, NODE]}, "two nodes of the workflow have the id 1"),
        ({"nodes": [{**NODE, "mode": "x"}]}, r"the mode of node 1 \(Paint\) must be a whole"),
        ({"nodes": [{**NODE, "inputs": 3}]}, r"the inputs of node 1 \(Paint\) must be a list"),
        ({"nodes": [{**NODE, "inputs": [3]}]}, r"each input of node 1 \(Paint\) must be an object"),
        ({"nodes": [{**NODE, "inputs": [{"link": []}]}]}, "a link's id .* not a list"),
        ({"nodes": [{**NODE, "outputs": [3]}]}, r"each output of node 1 \(Paint\) must be an"),
        ({"nodes": [{**NODE, "widgets_values": 3}]}, "'widgets_values' of node 1 .* must be a"),
        ({"nodes": [], "links": 3}, "'links' of the workflow must be a list"),
        ({"nodes": [], "links": [[1, 2]]}, "must be a list of at least 5 entries, not 2"),
        ({"nodes": [], "links": [[1, 2, 0, 3, "x"]]}, "target slot of link 1 of the workflow"),
        ({"nodes": [], "links": [{}]}, "the id of a link of the workflow must be a whole number"),
        ({"nodes": [], "definitions": []}, None),
        ({"nodes": [], "definitions": 3}, "'definitions' must be an object"),
        ({"nodes": [], "definitions": {"subgraphs": [3]}}, "a subgraph must be an object"),
        (
            {"nodes": [], "definitions": {"subgraphs": [{"id": "a", "nodes": []}] * 2}},
            "two subgraphs have the id a",
        ),
        (
            {"nodes": [], "definitions": {"subgraphs": [{"id": "a", "name": "My"}]}},
            "subgraph 'My' must have a list 'nodes', not null",
        ),
    ],
)
def test_what_would_change_the_meaning_is_an_error(document: Untyped, sentence: str | None) -> None:
    if sentence is None:
        assert read_canvas_document(document).canvas.nodes == {}
        return
    with pytest.raises(FormatError, match=sentence):
        read_canvas_document(document)


def test_subgraph_definitions_nested_without_end_are_refused() -> None:
    document: dict[str, Any] = {"id": "x", "nodes": []}
    for level in range(150):
        document = {"id": str(level), "nodes": [], "definitions": {"subgraphs": [document]}}
    with pytest.raises(FormatError, match="nested more than 100 levels deep"):
        read_canvas_document(document)

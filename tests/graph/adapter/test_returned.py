"""What functions of ComfyUI's classes may give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.adapter.returned import read_returned
from graph.errors import DefinitionError
from graph.folders import Folders
from graph.result import Blocked, Expansion, NodeOutput
from tests.graph.adapter.classes import FOLDERS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("result", "count", "values"),
    [
        ((1, 2), 2, (1, 2)),
        ([1, 2], 2, (1, 2)),
        ((1, 2, 3), 2, (1, 2)),
        ((1,), 2, (1,)),  # the engine says that one is missing
        ((), 0, ()),
        (None, 0, ()),
        (((1, 2),), 1, ((1, 2),)),
        ("text", 1, ("text",)),
        ({"result": (1, 2)}, 2, (1, 2)),
        ({"ui": {}}, 0, ()),
        ({"result": Blocked("no")}, 2, (Blocked("no"), Blocked("no"))),
        (Blocked(), 1, (Blocked(),)),
        ((Blocked("no"), 2), 2, (Blocked("no"), 2)),
    ],
)
def test_outputs_are_read(result: object, count: int, values: tuple[object, ...]) -> None:
    found = read_returned(result, "Made", count, FOLDERS)
    assert isinstance(found, NodeOutput)
    assert found.values == values


def test_clients_are_told_what_a_node_says() -> None:
    found = read_returned({"ui": {"text": ["a"]}, "result": (1,)}, "Made", 1, FOLDERS)
    assert found == NodeOutput((1,), {"text": ["a"]})


def test_what_is_told_may_be_an_object_that_makes_a_dictionary() -> None:
    class Told:
        def as_dict(self) -> dict[str, object]:
            return {"text": ["a"]}

    assert read_returned({"ui": Told()}, "Made", 0, FOLDERS).ui == {"text": ["a"]}


def test_a_node_that_only_tells_blocks_what_reads_it() -> None:
    found = read_returned({"ui": {"text": ["a"]}}, "Made", 1, FOLDERS)
    assert found.values == (Blocked("Made gave back nothing for its outputs"),)


def test_a_graph_stands_for_the_node() -> None:
    graph = {"a": {"class_type": "X", "inputs": {}}}
    result = {"result": (["a", 0], 5), "expand": graph, "ui": {"text": ["a"]}}
    found = read_returned(result, "Made", 2, FOLDERS)
    assert found == Expansion(graph, (["a", 0], 5), {"text": ["a"]})
    assert read_returned({"expand": graph}, "Made", 0, FOLDERS) == Expansion(graph)


def test_files_that_were_written_are_part_of_the_result(tmp_path: Path) -> None:
    folders = Folders.under(tmp_path)
    (folders.output / "sub").mkdir(parents=True)
    written = folders.output / "sub" / "a.png"
    written.touch()
    told = [
        {"filename": "a.png", "subfolder": "sub", "type": "output"},
        {"filename": "gone.png", "subfolder": "", "type": "output"},
        {"filename": "a.png", "subfolder": "sub", "type": "elsewhere"},
        {"filename": 3, "subfolder": "sub", "type": "output"},
        "no dictionary",
    ]
    ui = {"images": told, "animated": (True,), "text": "plain"}
    found = read_returned({"ui": ui}, "Made", 0, folders)
    assert isinstance(found, NodeOutput)
    assert found.files == (written,)


@pytest.mark.parametrize(
    ("result", "count", "sentence"),
    [
        (
            None,
            2,
            "Made gave back nothing where its class declares 2 outputs; its code needs mending",
        ),
        (
            "text",
            2,
            "Made gave back a str where a tuple of 2 outputs is expected; its code needs mending",
        ),
        (
            {"images": []},
            1,
            "the node gave back a dictionary without 'result', 'ui' or 'expand'; its code needs"
            " mending",
        ),
        (
            {"expand": [1], "result": (1,)},
            1,
            "'expand' must be a graph, a dictionary of nodes, and is a list; its code needs"
            " mending",
        ),
    ],
)
def test_what_is_no_result_is_refused_in_a_sentence(
    result: object, count: int, sentence: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_returned(result, "Made", count, FOLDERS)
    assert str(caught.value) == sentence

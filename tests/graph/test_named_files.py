"""Files that a value names beside its own: their content counts in the node's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import pytest

from graph.coerce import WrongValueError, coerce, locate, named_beside
from graph.decorator import node
from graph.executor import Engine
from graph.expanded import check_expansion
from graph.folders import Folders
from graph.sockets import ModelFile, Socket, String
from graph.workflow import Link, Workflow, WorkflowNode
from tests.graph.stubs import registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.workflow import Value


def _words(folders: Folders, text: str | None) -> Mapping[str, Path]:
    """Each word of a text names a file; a text that is not known yet could name any."""
    if text is None:
        return {"all words": folders.input}
    paths = {word: folders.input / word for word in text.split()}
    return {word: path for word, path in paths.items() if path.is_file()}


@node("Read", category="stub", output_node=True)
def read(text: Annotated[str, String(reads=_words)]) -> Annotated[object, Socket("TEXT")]:
    """Take a text that names files."""
    return text


@node("Write", category="stub")
def write(text: Annotated[str, String()] = "") -> Annotated[str, Socket("STRING")]:
    """Give a text."""
    return text


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders.under(tmp_path)
    found.input.mkdir()
    (found.input / "cat").write_text("a cat")
    return found


def _ran(engine: Engine, nodes: dict[str, tuple[str, dict[str, Value]]]) -> list[str]:
    flow = Workflow({key: WorkflowNode(key, name, values) for key, (name, values) in nodes.items()})
    return engine.run(flow).executed


def test_a_node_runs_again_when_a_file_changed_that_its_text_names(folders: Folders) -> None:
    engine = Engine(registry(read, write), folders)
    nodes: dict[str, tuple[str, dict[str, Value]]] = {"1": ("Read", {"text": "a cat and a dog"})}

    assert _ran(engine, nodes) == ["1"]
    assert _ran(engine, nodes) == []
    (folders.input / "cat").write_text("another cat")
    assert _ran(engine, nodes) == ["1"]
    (folders.input / "dog").write_text("a dog")
    assert _ran(engine, nodes) == ["1"]
    (folders.input / "cow").write_text("a cow")
    assert _ran(engine, nodes) == []


def test_where_the_text_comes_by_a_link_every_file_counts(folders: Folders) -> None:
    engine = Engine(registry(read, write), folders)
    nodes: dict[str, tuple[str, dict[str, Value]]] = {
        "1": ("Write", {"text": "a cat"}),
        "2": ("Read", {"text": Link("1", 0)}),
    }

    assert _ran(engine, nodes) == ["1", "2"]
    assert _ran(engine, nodes) == []
    (folders.input / "cat").write_text("another cat")
    assert _ran(engine, nodes) == ["2"]


def test_files_count_in_nodes_that_stand_for_others_too(folders: Folders) -> None:
    there = registry(read, write)
    checked = check_expansion(
        {
            "1": {"class_type": "Write", "inputs": {"text": "x"}},
            "2": {"class_type": "Read", "inputs": {"text": ["1", 0]}},
            "3": {"class_type": "Read", "inputs": {"text": "cat"}},
        },
        there,
        folders,
        lambda _: None,
    )

    assert checked["2"].paths == {"all words": folders.input}
    assert checked["3"].paths == {"cat": folders.input / "cat"}


def test_a_name_of_a_model_may_stand_for_a_file_elsewhere(folders: Folders) -> None:
    def more(folders: Folders) -> Mapping[str, Path]:
        return {"tiny": folders.input / "cat"}

    def beside(folders: Folders, name: str | None) -> Mapping[str, Path]:
        return {f"{name}'s notes": folders.input / "notes"}

    kind = ModelFile("vae", more=more, reads=beside)

    assert kind.options(folders) == ("tiny",)
    assert locate(kind, "tiny", folders, outside=False) == folders.input / "cat"
    assert coerce(kind, "tiny", folders) == "tiny"
    assert named_beside(kind, "tiny", folders) == {"tiny's notes": folders.input / "notes"}
    with pytest.raises(WrongValueError):
        locate(kind, "tin", folders, outside=False)

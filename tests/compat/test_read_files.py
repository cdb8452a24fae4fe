"""What a pack's node made counts while the files that it asked for are as they were."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compat import folder_paths
from graph.adapter.node_class import adapt
from graph.builder import GraphBuilder
from tests.graph.adapter.classes import make
from tests.graph.stub_engine import Block, Stubs, wire

if TYPE_CHECKING:
    from graph.folders import Folders

NAMED = {"required": {"name": ("STRING",)}}


def _load(_self: object, name: str) -> tuple[object]:
    """Give something without content, as loaders of models do."""
    folder_paths.get_full_path_or_raise("checkpoints", name)
    return (Block(name),)


async def _load_later(_self: object, name: str) -> tuple[object]:
    await asyncio.sleep(0)
    return _load(_self, name)


def _read(_self: object, name: str) -> tuple[object]:
    return (len(folder_paths.get_annotated_filepath(name)),)


def _overtaken(_self: object, name: str) -> tuple[object]:
    """Somebody writes the file anew while the node runs, which has read it by then."""
    path = Path(folder_paths.get_annotated_filepath(name))
    found = path.read_text()
    if found == "one":
        path.write_text("three")
    return (found,)


def _wrap(_self: object, name: str) -> dict[str, object]:
    graph = GraphBuilder()
    inner = graph.node("Load_", name=name)
    return {"result": (inner.out(0),), "expand": graph.finalize()}


@pytest.fixture
def stubs(tmp_path: Path, folders: Folders) -> Stubs:
    found = Stubs(tmp_path)
    assert found.engine.folders == folders
    functions = {
        "Load_": _load,
        "LoadLater": _load_later,
        "Read_": _read,
        "Overtaken": _overtaken,
        "Wrap": _wrap,
    }
    for name, function in functions.items():
        found.engine.registry.add(adapt(make(NAMED, function), name))
    return found


@pytest.mark.parametrize("name", ["Load_", "LoadLater", "Read_", "Wrap"])
def test_a_node_and_its_readers_run_again_when_a_file_that_it_asked_for_changed(
    stubs: Stubs, name: str
) -> None:
    place = stubs.engine.folders
    path = (place.input if name == "Read_" else place.models["checkpoints"][0]) / "a.bin"
    workflow = wire(x=(name, {"name": "a.bin"}), show=("Show", {"value": "@x"}))
    for content, changed in (("one", True), ("one", False), ("three", True)):
        if changed:
            path.write_text(content)
        stubs.run(workflow)
        assert ("x" in stubs.reasons) == changed
    assert stubs.reasons["x"] == "its files are gone or changed"
    # A number has a content of its own, and it is the same one.
    assert ("show" in stubs.ran) == (name != "Read_")


def test_a_file_that_another_node_asks_for_does_not_count(stubs: Stubs) -> None:
    for name in ("a.bin", "b.bin"):
        (stubs.engine.folders.models["checkpoints"][0] / name).write_text("one")
    workflow = wire(
        a=("Load_", {"name": "a.bin"}),
        b=("LoadLater", {"name": "b.bin"}),
        s=("Show", {"value": "@a"}),
        t=("Show", {"value": "@b"}),
    )
    stubs.run(workflow)
    (stubs.engine.folders.models["checkpoints"][0] / "b.bin").write_text("three")
    stubs.run(workflow)
    assert sorted(stubs.reasons) == ["b", "t"]


def test_a_file_that_changed_while_the_node_ran_has_changed(stubs: Stubs) -> None:
    (stubs.engine.folders.input / "a.txt").write_text("one")
    workflow = wire(x=("Overtaken", {"name": "a.txt"}), show=("Show", {"value": "@x"}))
    for ran in (True, True, False):
        stubs.run(workflow)
        assert ("x" in stubs.reasons) == ran

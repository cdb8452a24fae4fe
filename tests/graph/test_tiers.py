"""Runs with memory and disk: a restart runs nothing that did not change."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

import pytest

from graph import remembered
from graph.cache import MemoryCache
from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import definition_of, node
from graph.disk_cache import DiskCache, values_in
from graph.events import NodeCached
from graph.executor import Engine, Options
from graph.folders import Folders
from graph.registry import Registry
from graph.remembered import remembered_in
from graph.result import NodeOutput
from graph.sockets import Int, Socket
from graph.workflow import Link, Workflow, WorkflowNode
from tests.support.stub_codec import StubCodec

if TYPE_CHECKING:
    from pathlib import Path

    from graph.events import Event
    from graph.report import RunResult

Number = Annotated[int, Socket("NUMBER")]
Live = Annotated[object, Socket("MODEL")]


@node("Load", category="stub")
def load(ctx: NodeContext) -> Live:
    """Give something that has no bytes."""
    return object()


@node("Sample", category="stub")
def sample(ctx: NodeContext, model: Live, seed: Annotated[int, Int()] = 0) -> Number:
    """Take long enough to be worth writing down."""
    time.sleep(0.01)
    return seed * 2


@node("Decode", category="stub")
def decode(ctx: NodeContext, number: Number) -> Number:
    """Take long, too."""
    time.sleep(0.01)
    return number + 1


@node("Save", category="stub", output_node=True)
def save(ctx: NodeContext, number: Number) -> NodeOutput:
    """Write a file."""
    path = ctx.folders.output / f"{number}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(str(number))
    return NodeOutput(ui={"texts": [str(number)]}, files=(path,))


def _workflow(seed: int = 1) -> Workflow:
    nodes = (
        WorkflowNode("load", "Load", {}),
        WorkflowNode("sample", "Sample", {"model": Link("load", 0), "seed": seed}),
        WorkflowNode("decode", "Decode", {"number": Link("sample", 0)}),
        WorkflowNode("save", "Save", {"number": Link("decode", 0)}),
    )
    return Workflow({one.id: one for one in nodes})


@dataclass
class House:
    """Engines over one folder, each as a new process would have it.

    Attributes:
        closes: Whether processes come to an end of their own, and are not killed.
        version: Of the node that samples.
    """

    base: Path
    closes: bool = False
    version: str = "1"
    told: list[Event] = field(default_factory=list)

    def engine(self, memory: int = 10**6) -> Engine:
        """Start a process."""
        registry = Registry()
        for function in (load, decode, save):
            registry.add(function)
        registry.add(replace(definition_of(sample), version=self.version))
        disk = DiskCache(self.base / "results", StubCodec(), 10**6)
        cache = MemoryCache(memory, lambda values: [(id(values), 100)] if values else [])
        earlier = remembered_in(self.base / "results")
        folders = Folders.under(self.base)
        return Engine(registry, folders, cache=cache, disk=disk, remembered=earlier)

    def run(self, seed: int = 1, engine: Engine | None = None, **options: object) -> RunResult:
        """Run the workflow, in a new process unless one is given."""
        self.told.clear()
        used = engine or self.engine()
        result = used.run(
            _workflow(seed),
            on_event=self.told.append,
            options=Options(**options),  # type: ignore[arg-type]
        )
        if self.closes:
            used.close()
        return result


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A folder in which the workflow has run once."""
    house = House(tmp_path)
    assert house.run().executed == ["load", "sample", "decode", "save"]
    return house


def test_after_a_restart_nothing_runs(house: House) -> None:
    result = house.run()
    assert result.executed == []
    assert result.files == [house.base / "output" / "3.txt"]
    assert result.outputs == {"save": {"texts": ["3"]}}


def test_after_a_restart_every_node_is_told_to_be_cached(house: House) -> None:
    house.run()
    cached = {event.node_id for event in house.told if isinstance(event, NodeCached)}
    assert cached == {"load", "sample", "decode", "save"}


def test_a_file_that_is_gone_is_written_again_from_what_is_on_the_disk(house: House) -> None:
    (house.base / "output" / "3.txt").unlink()
    assert house.run().executed == ["save"]
    assert (house.base / "output" / "3.txt").read_text() == "3"


def test_a_file_that_was_changed_is_written_again(house: House) -> None:
    (house.base / "output" / "3.txt").write_text("something else")
    assert house.run().executed == ["save"]


def test_a_change_runs_what_depends_on_it_and_what_has_no_bytes(house: House) -> None:
    result = house.run(seed=2)
    assert result.executed == ["load", "sample", "decode", "save"]
    assert house.run(seed=1).executed == []
    assert house.run(seed=2).executed == []


def test_after_a_restart_it_is_still_known_what_changed(house: House) -> None:
    assert house.run(seed=2).nodes["sample"].reason == "first run"  # the first one was killed
    house.closes = True
    assert house.run(seed=1).executed == []
    nodes = house.run(seed=3).nodes
    assert {key: node.reason for key, node in nodes.items()} == {
        "load": "its result is not kept between processes",
        "sample": "seed: 1 → 3",
        "decode": "upstream sample made something new",
        "save": "upstream decode made something new",
    }
    house.version = "2"
    assert house.run(seed=3).nodes["sample"].reason == "node code changed"


def test_what_changed_is_known_after_a_kill_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "_PACE", 0.0)
    house = House(tmp_path)
    house.run()
    assert house.run(seed=2).nodes["sample"].reason == "seed: 1 → 2"


def test_values_that_are_asked_for_come_from_the_disk(house: House) -> None:
    result = house.run(targets=["sample"])
    assert result.executed == []
    assert result.values == {"sample": (2,)}


def test_values_that_the_disk_has_lost_are_made_again(house: House) -> None:
    values_in(house.base / "results").clear()
    (house.base / "output" / "3.txt").unlink()
    result = house.run()
    assert result.executed == ["load", "sample", "decode", "save"]
    assert (house.base / "output" / "3.txt").read_text() == "3"


def test_values_that_the_disk_has_lost_do_not_matter_when_nobody_reads_them(house: House) -> None:
    values_in(house.base / "results").clear()
    assert house.run().executed == []


def test_what_is_read_from_the_disk_stays_in_memory(house: House) -> None:
    engine = house.engine()
    house.run(engine=engine, targets=["sample"])
    values_in(house.base / "results").clear()
    assert house.run(engine=engine, targets=["sample"]).executed == []


def test_what_memory_has_dropped_comes_from_the_disk(house: House) -> None:
    engine = house.engine(memory=0)
    house.run(seed=5, engine=engine)
    result = house.run(seed=5, engine=engine, targets=["sample", "decode"])
    assert result.executed == []
    assert result.values == {"sample": (10,), "decode": (11,)}


def test_what_was_made_before_a_failure_is_on_the_disk(tmp_path: Path) -> None:
    house = House(tmp_path)
    (tmp_path / "output").write_text("a file is in the way")
    with pytest.raises(Exception, match="Save"):
        house.run()
    (tmp_path / "output").unlink()
    assert house.run().executed == ["save"]


def test_an_engine_without_a_disk_remembers_nothing_after_a_restart(tmp_path: Path) -> None:
    house = House(tmp_path)
    for _ in range(2):
        engine = house.engine()
        forgetful = Engine(engine.registry, engine.folders)
        assert len(house.run(engine=forgetful).executed) == 4

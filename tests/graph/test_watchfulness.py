"""What the engine looks out for: changed inputs, wrong outputs, large files, nodes that say NaN."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Annotated

import pytest

from graph import recipes
from graph.decorator import node
from graph.errors import MissingFileError, NodeFailed
from graph.events import NodeWarning
from graph.sockets import Int, Socket, String
from tests.graph.stub_engine import Block, Number, Stubs, wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORLD: dict[str, object] = {}


@node("Box", category="stub")
def box(number: Annotated[int, Int()] = 1) -> Annotated[list[int], Socket("BOX")]:
    """Put a number into a box."""
    return [number]


@node("Spoil", category="stub")
def spoil(box: Annotated[list[int], Socket("BOX")]) -> Number:
    """Change what it is given."""
    box.append(0)
    return len(box)


def _world(word: str) -> object:
    answer = WORLD.get(word)
    if isinstance(answer, Exception):
        raise answer
    return answer


@node("World", category="stub", fingerprint=_world)
def world(word: Annotated[str, String()]) -> Number:
    """Depend on the world."""
    return len(word)


async def _slow_world(word: str) -> object:
    return WORLD.get(word)


@node("SlowWorld", category="stub", fingerprint=_slow_world)
def slow_world(word: Annotated[str, String()]) -> Number:
    """Depend on the world, which has to be asked."""
    return len(word)


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    return Stubs(tmp_path, 10_000, box, spoil, world, slow_world)


def test_a_node_that_changes_its_input_is_told_of_when_debugging(stubs: Stubs) -> None:
    stubs.engine.hasher = lambda value: repr(value).encode().ljust(32)[:32]
    workflow = wire(b=("Box", {"number": 1}), s=("Spoil", {"box": "@b"}))
    stubs.run(workflow, "s", debug=True)
    (warning,) = stubs.told(NodeWarning)
    assert isinstance(warning, NodeWarning)
    assert warning.text.startswith("its code changed the value of its input 'box'")
    assert stubs.run(wire(b=("Box", {"number": 1})), "b").values["b"] == ([1],)


def test_an_output_that_is_not_what_it_says_fails_its_node(stubs: Stubs) -> None:
    stubs.engine.fault = lambda kind, value: (
        f"{value} is odd" if kind == "NUMBER" and value == 3 else None
    )
    stubs.run(wire(n=("Number", {"value": 2})), "n")
    with pytest.raises(
        NodeFailed, match=r"^Number \(node n\): its output 'NUMBER' is no NUMBER: 3"
    ):
        stubs.run(wire(n=("Number", {"value": 3})), "n")


@pytest.mark.parametrize("name", ["World", "SlowWorld"])
def test_what_a_node_says_of_the_world_counts_in_its_key(stubs: Stubs, name: str) -> None:
    workflow = wire(w=(name, {"word": "sun"}), show=("Show", {"value": "@w"}))
    WORLD["sun"] = 1
    stubs.run(workflow)
    stubs.run(workflow)
    assert stubs.reasons == {}
    WORLD["sun"] = {"up": [True]}
    stubs.run(workflow)
    assert stubs.reasons == {"w": "it says that it changed: 1 → {'up': [True]}"}
    WORLD["sun"] = object()
    stubs.run(workflow)
    assert [*stubs.reasons] == ["w"]


@pytest.mark.parametrize("answer", [math.nan, [1, math.nan], ValueError("who knows")])
def test_nan_means_always_and_so_does_an_error(stubs: Stubs, answer: object) -> None:
    workflow = wire(w=("World", {"word": "moon"}), show=("Show", {"value": "@w"}))
    WORLD["moon"] = answer
    for _ in range(2):
        stubs.run(workflow)
        assert "w" in stubs.reasons
    assert bool(stubs.told(NodeWarning)) == isinstance(answer, Exception)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "_LARGE", 1)


@pytest.mark.usefixtures("large")
def test_a_large_file_is_read_while_its_node_runs_and_only_once(stubs: Stubs) -> None:
    path = stubs.engine.folders.models["checkpoints"][0] / "m.bin"
    path.write_text("weights")
    whole: Callable[..., bytes] = stubs.engine.files.content_hash
    threads: list[str] = []

    def note(path: Path, **options: object) -> bytes:
        threads.append(threading.current_thread().name)
        return whole(path, **options)

    stubs.engine.files.content_hash = note  # type: ignore[method-assign]
    workflow = wire(load=("Load", {"name": "m.bin"}), show=("Show", {"value": "@load"}))
    assert stubs.run(workflow).outputs["show"] == {"shown": ["weights"]}
    assert threads == ["reading"]
    stubs.run(workflow)
    assert stubs.ran == []
    path.write_text("others")
    stubs.run(workflow)
    assert stubs.reasons["load"] == "file m.bin changed"
    assert stubs.ran == ["load", "show"]


@pytest.mark.usefixtures("large")
def test_a_large_file_that_cannot_be_read_fails_its_node(
    stubs: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stubs.engine.folders.models["checkpoints"][0] / "m.bin").write_text("weights")

    def refuse(path: Path, **_: object) -> bytes:
        raise MissingFileError(f"cannot read {path.name}: gone", path.name)

    monkeypatch.setattr(stubs.engine.files, "content_hash", refuse)
    with pytest.raises(NodeFailed, match=r"^Load \(node load\): cannot read m\.bin: gone"):
        stubs.run(wire(load=("Load", {"name": "m.bin"}), show=("Show", {"value": "@load"})))


def test_values_go_when_the_machine_has_too_little_memory(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 10_000)
    stubs.run(wire(a=("Heavy", {"name": "a"}), b=("Heavy", {"name": "b"})), "a", "b")
    assert stubs.cache.held == 200
    stubs.cache._short = lambda: 150
    stubs.run(wire(c=("Heavy", {"name": "c"})), "c")
    assert stubs.cache.held == 100
    assert isinstance(stubs.run(wire(c=("Heavy", {"name": "c"})), "c").values["c"][0], Block)

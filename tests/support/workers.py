"""Workers over an engine of stub nodes, for tests of backends. No torch."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

from graph.backends.protocol import JobRequest, Outcome
from graph.backends.workshop import Workshop
from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import definition_of, node
from graph.definition import MISSING
from graph.errors import NodeInputError
from graph.events import Event, OnEvent, WholePicture
from graph.executor import Engine
from graph.folders import Folders
from graph.registry import Registry
from graph.result import NodeOutput
from graph.sockets import Int, Socket, String

Number = Annotated[int, Socket("NUMBER")]


@node("Number", category="stub")
def number(value: Annotated[int, Int()] = 1) -> Number:
    """Give a number."""
    return value


@node("Show", category="stub", output_node=True)
def show(value: Number) -> NodeOutput:
    """Tell clients a number, and what JSON has no word for."""
    return NodeOutput(ui={"shown": [value], "odd": {Path("a")}})


@node("Steps", category="stub", pure=False)
def steps(
    ctx: NodeContext,
    count: Annotated[int, Int(0, 10**6)] = 3,
    milliseconds: Annotated[int, Int(0, 10**6)] = 0,
    mark: Annotated[str, String()] = "",
) -> Number:
    """Take steps, each with a preview; a file says that the first is being taken."""
    for step in range(1, count + 1):
        if mark:
            Path(mark).touch()
        time.sleep(milliseconds / 1000)
        ctx.progress(step, count, f"preview {step}")
    return count


@node("Pictures", category="stub", pure=False)
def pictures(ctx: NodeContext, count: Annotated[int, Int(0, 10**6)] = 3) -> Number:
    """Hand out pictures, all of which are wanted."""
    for number in range(1, count + 1):
        ctx.progress(number, count, WholePicture(f"picture {number}".encode()))
    return count


@node("Hang", category="stub", pure=False)
def hang(mark: Annotated[str, String()]) -> Number:
    """Listen to nobody, for a minute."""
    Path(mark).touch()
    time.sleep(60)
    return 0


@node("Kill", category="stub", pure=False)
def kill(how: Annotated[str, String()] = "kill") -> Number:
    """End the process, in one way or another."""
    match how:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(7)
        case "sys.exit":
            sys.exit(3)
    return 0


@node("Fail", category="stub")
def fail() -> Number:
    """Say that it cannot be done."""
    raise NodeInputError("it cannot be done")


NODES = (number, show, steps, pictures, hang, kill, fail)
_DEFAULTS: dict[str, dict[str, Any]] = {
    definition.name: {
        spec.name: spec.default for spec in definition.inputs if spec.default is not MISSING
    }
    for definition in map(definition_of, NODES)
}


def make_engine(base: Path) -> Engine:
    """An engine over these nodes."""
    registry = Registry()
    for function in NODES:
        registry.add(function)
    return Engine(registry, Folders.under(base))


def make_workshop(base: Path) -> Workshop:
    """A workshop over these nodes, with questions to ask."""

    pool = ThreadPoolExecutor(20)

    def slow(seconds: float) -> str:
        if seconds < 0:
            raise ValueError("not so fast")
        time.sleep(seconds)
        return "late"

    return Workshop(
        make_engine(base),
        about={"nodes": ["Number"], "pid": os.getpid()},
        handlers={
            "echo": lambda payload: payload,
            "slow": slow,
            "later": lambda seconds: pool.submit(slow, seconds),
            "fail": _refuse,
            "die": _die,
            "odd": lambda _: _Odd(),
        },
        encode_preview=lambda preview: f"drawn {preview}".encode(),
    )


class _Odd:
    """Nothing can be said of it."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def _refuse(_payload: object) -> None:
    raise ValueError("not that")


def _die(_payload: object) -> None:
    os._exit(9)


def make_nothing(sentence: str) -> Workshop:
    """Fail to make a workshop."""
    raise NodeInputError(sentence)


def make_death(mark: Path) -> Workshop:
    """Die while the workshop is made, leaving a mark for each time."""
    with mark.open("a") as file:
        file.write("x")
    os._exit(5)


def job(
    *class_types: str,
    job_id: str = "job",
    shown: bool = True,
    **inputs: Any,  # noqa: ANN401
) -> JobRequest:
    """A job of nodes beside each other, each shown; the inputs go to the first."""
    prompt: dict[str, Any] = {}
    for place, class_type in enumerate(class_types):
        given = {**_DEFAULTS.get(class_type, {}), **(inputs if place == 0 else {})}
        prompt[f"n{place}"] = {"class_type": class_type, "inputs": given}
        if shown:
            prompt[f"s{place}"] = {"class_type": "Show", "inputs": {"value": [f"n{place}", 0]}}
    return JobRequest(job_id, prompt)


class Listener:
    """Notes events, and may do something at one of them."""

    def __init__(self, act: Callable[[Event], None] | None = None) -> None:
        self.events: list[Event] = []
        self._act = act

    def __call__(self, event: Event) -> None:
        """Note an event."""
        self.events.append(event)
        if self._act is not None:
            self._act(event)

    @property
    def kinds(self) -> list[str]:
        """The names of what was told, in order."""
        return [type(event).__name__ for event in self.events]


Run = Callable[[JobRequest, OnEvent], Outcome]


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: It never was.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.01)

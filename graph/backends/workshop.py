"""What a worker works with. Whoever starts a worker hands in a function that makes it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.errors import GraphError

if TYPE_CHECKING:
    from graph.executor import Engine

Handler: TypeAlias = Callable[[Any], object]
"""Answers a question that is no job; question and answer are plain data, bytes among it. One that
takes its time answers with a Future of that, so that other questions need not wait for it."""

Encoder: TypeAlias = Callable[[object], "bytes | None"]
"""Draws a preview as a JPEG; None where it cannot be drawn."""

Say: TypeAlias = Callable[[str, object, "str | None"], None]
"""Tells clients of the server something that is no event of a job: a message's type, what it says,
and to which client, None for all; from any thread."""

Factory: TypeAlias = "Callable[..., Workshop]"
"""Makes a workshop in the worker's process. A function at the top of a module, so that it can be
named to another process, as its arguments can."""


class UnfitError(GraphError):
    """A worker cannot be set up; trying again would not help until something is put right."""


def _blind(_preview: object) -> bytes | None:
    return None


def _mute(_say: Say) -> None:
    """Stands where nobody has anything to say."""


def _nothing() -> None:
    """Stands where nothing needs doing."""


@dataclass(frozen=True)
class Workshop:
    """An engine and what else a worker offers.

    Attributes:
        engine: Runs the jobs.
        about: What is told when the worker is ready: its nodes, device and versions.
        handlers: Who answers which question.
        connect: Called once the worker is ready with what tells clients something.
        encode_preview: Draws previews; called only while somebody wants to see them.
        warm_up: Called once the worker is ready and before its first job, to load what that needs.
        close: Called at the end.
    """

    engine: Engine
    about: Mapping[str, object] = field(default_factory=dict)
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    connect: Callable[[Say], None] = _mute
    encode_preview: Encoder = _blind
    warm_up: Callable[[], None] = _nothing
    close: Callable[[], None] = _nothing

"""Events, requests and outcomes as plain data and back, for the pipe between server and worker."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from graph import events
from graph.backends.protocol import CancelledOutcome, Crashed, Done, Failed
from graph.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.backends.protocol import JobRequest, Outcome
    from graph.events import Event

Thing = TypeVar("Thing")

_OUTCOMES: Mapping[str, Callable[..., Outcome]] = {
    kind.__name__: kind for kind in (Done, Failed, CancelledOutcome, Crashed)
}


def plain_request(request: JobRequest) -> dict[str, object]:
    """Say a request in plain data."""
    return _plain(request)


def read(kind: Callable[..., Thing], plain: Mapping[str, Any]) -> Thing:
    """Make a thing of plain data again, its lists tuples and its problems problems."""
    readers = _readers(kind)
    return kind(**{name: readers[name](value) for name, value in plain.items()})


def plain_event(event: Event) -> dict[str, object]:
    """Say an event in plain data; a preview is left as it is."""
    return {"event": type(event).__name__, **_plain(event)}


def read_event(plain: Mapping[str, Any]) -> Event:
    """Make an event again.

    Raises:
        KeyError: There is no such event.
    """
    kind = _kinds()[plain["event"]]
    facts = {name: value for name, value in plain.items() if name != "event"}
    match facts.get("preview"):
        case {"whole": bytes(content)}:
            facts["preview"] = events.WholePicture(content)
    return read(kind, facts)


def plain_outcome(outcome: Outcome) -> dict[str, object]:
    """Say an outcome in plain data."""
    return {"outcome": type(outcome).__name__, **_plain(outcome)}


def read_outcome(plain: Mapping[str, Any]) -> Outcome:
    """Make an outcome again."""
    rest = {name: value for name, value in plain.items() if name != "outcome"}
    return read(_OUTCOMES[plain["outcome"]], rest)


@cache
def _kinds() -> Mapping[str, type[Event]]:
    named = vars(events).items()
    return {
        name: kind
        for name, kind in named
        if isinstance(kind, type) and issubclass(kind, events.Event)
    }


def _plain(thing: Any) -> dict[str, object]:  # noqa: ANN401 - any dataclass
    """The fields of a dataclass by name, with the fields of problems in it."""
    return {name: _said(getattr(thing, name)) for name in _readers(thing.__class__)}


def _said(value: object) -> object:
    if isinstance(value, tuple) and value and isinstance(value[0], Problem):
        return [_plain(problem) for problem in value]
    return value


@cache
def _readers(kind: Callable[..., object]) -> Mapping[str, Callable[[Any], Any]]:
    """For each field of a dataclass, what makes its value of what JSON gives."""
    return {field.name: _reader(str(field.type)) for field in fields(cast("Any", kind))}


def _reader(annotation: str) -> Callable[[Any], Any]:
    if annotation.startswith("tuple[Problem"):
        return lambda value: tuple(read(Problem, problem) for problem in value)
    if annotation.startswith("tuple["):
        return lambda value: None if value is None else tuple(value)
    return lambda value: value

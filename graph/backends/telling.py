"""Events, requests and outcomes as plain data and back, for the pipe between server and worker."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

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
    facts = dict(plain)
    for name, reader in _form(kind).readers.items():
        if name in facts:
            facts[name] = reader(facts[name])
    return kind(**facts)


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
    form = _form(thing.__class__)
    plain: dict[str, object] = dict(zip(form.names, form.values(thing), strict=True))
    for name in form.problems:
        plain[name] = [_plain(problem) for problem in getattr(thing, name)]
    return plain


class _Form(NamedTuple):
    """What is to be known of a dataclass.

    Attributes:
        names: Of its fields.
        values: Answers the values of all.
        problems: Names of the fields that hold problems.
        readers: What makes a field's value of what JSON gives, where that is another thing.
    """

    names: tuple[str, ...]
    values: Callable[[Any], tuple[object, ...]]
    problems: tuple[str, ...]
    readers: Mapping[str, Callable[[Any], Any]]


@cache
def _form(kind: Callable[..., object]) -> _Form:
    types = {field.name: str(field.type) for field in fields(cast("Any", kind))}
    problems = tuple(name for name, at in types.items() if at.startswith("tuple[Problem"))
    lists = [name for name, at in types.items() if at.startswith("tuple[")]
    readers = {name: _read_problems if name in problems else _read_list for name in lists}
    names = tuple(types)
    return _Form(names, _values_of(names), problems, readers)


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[object, ...]]:
    if len(names) == 1:  # then `attrgetter` answers no tuple
        return lambda thing: (getattr(thing, names[0]),)
    return attrgetter(*names)


def _read_problems(value: Any) -> tuple[Problem, ...]:  # noqa: ANN401 - what came
    return tuple(read(Problem, problem) for problem in value)


def _read_list(value: Any) -> tuple[object, ...] | None:  # noqa: ANN401 - what came
    return None if value is None else tuple(value)

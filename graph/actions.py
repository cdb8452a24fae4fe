"""What a run asks its driver to do, and where a node can be meanwhile."""

from __future__ import annotations

from enum import Enum, auto
from typing import TypeAlias

from graph.facts import fact


class Status(Enum):
    """Where a node is in a run."""

    DORMANT = auto()  # only lazy inputs lead here, and nobody asked for it yet
    WAITING = auto()  # some source is not identified yet
    LOOKUP = auto()  # the cache is to be asked
    KNOWN = auto()  # identified; its values are gone, and some reader may want them
    STORED = auto()  # identified; its values can be fetched if some reader wants them
    FETCHING = auto()
    WANTED = auto()  # is to run once the values of its sources are there
    RUNNING = auto()
    EXPANDED = auto()  # other nodes stand for it, and it waits for them
    HELD = auto()  # identified, and its values are at hand
    SETTLED = auto()  # no reader will want its values any more
    FAILED = auto()  # it failed, or needs a node that did


@fact()
class LookUp:
    """Ask the cache for this node; answer with `found`, `not_found`, `asks` or `fail`."""

    node_id: str


@fact()
class Recall:
    """Ask the cache again for a node whose values were let go; answer as for `LookUp`."""

    node_id: str


@fact()
class Fetch:
    """Get this node's values from the store; answer with `fetched` or `lost`."""

    node_id: str


@fact()
class Start:
    """Run this node; answer with `done`, `asks`, `expand`, `fail` or `stop`."""

    node_id: str


@fact()
class Collect:
    """What stands for this node is done: make its values of theirs; answer with `done`."""

    node_id: str


@fact()
class Release:
    """Nobody needs this node's values any more."""

    node_id: str


@fact()
class Skip:
    """Nobody needs this node's values, which are not at hand: it does not run."""

    node_id: str


Action: TypeAlias = LookUp | Recall | Fetch | Start | Collect | Release | Skip

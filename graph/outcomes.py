"""What a thread is handed to do, and what it hands back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.cache import Entry
    from graph.calls import Result
    from graph.checked import CheckedNode
    from graph.context import NodeContext
    from graph.recipes import Intent
    from graph.result import NodeOutput
    from graph.sockets import Hidden


@fact()
class Task:
    """A node that is to run, and everything that it is given.

    Attributes:
        node: The node.
        intent: What makes its result.
        linked: What its links bring, by input; without lazy ones that it did not ask for.
        unasked: Inputs that it may still ask for.
        hidden: What the engine fills in.
        context: What it sees of the world.
        debug: Whether to look out for nodes that change what they are given.
    """

    node: CheckedNode
    intent: Intent
    linked: Mapping[str, object]
    unasked: frozenset[str]
    hidden: Mapping[Hidden, object]
    context: NodeContext
    debug: bool = False


@fact()
class Made:
    """The node ran."""

    task: Task
    intent: Intent
    entry: Entry
    output: NodeOutput
    seconds: float


@fact()
class Asked:
    """The node wants lazy inputs first."""

    task: Task
    names: tuple[str, ...]


@fact()
class Expanded:
    """Other nodes are to stand for the node, or for some of its items."""

    task: Task
    results: Sequence[Result]
    mapped: bool
    began: float


@fact()
class Raised:
    """The node raised."""

    task: Task
    error: BaseException


@fact()
class Fetched:
    """The node's values were asked for where they are stored; None if they are gone."""

    node: CheckedNode
    entry: Entry
    values: tuple[object, ...] | None


Outcome: TypeAlias = Made | Asked | Expanded | Raised

"""Everything that `graph` raises on purpose descends from `GraphError`.

An error is one clear sentence: what was expected, what came, where, and what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class GraphError(Exception):
    """Base of all errors of the engine."""


class FormatError(GraphError):
    """A file or request is not a workflow in any format that is understood.

    Attributes:
        problems: One sentence for each thing that is wrong; the message is all of them.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    @classmethod
    def of(cls, problems: Iterable[str]) -> FormatError:
        """Return one error for several problems, each named once, in order."""
        return cls(*dict.fromkeys(problems))


class UnsafePathError(GraphError):
    """A name would lead out of the folder that it belongs to."""


class MissingFileError(GraphError):
    """There is no file of a name.

    Attributes:
        name: The name as it was given.
    """

    def __init__(self, sentence: str, name: str) -> None:
        super().__init__(sentence)
        self.name = name


class DefinitionError(GraphError):
    """A node is declared in a way that cannot be understood, or twice."""


class ExpansionError(GraphError):
    """The nodes that a node gave back to stand for it cannot run."""


class NodeInputError(GraphError):
    """A node says that what it was given cannot be worked with."""


class Cancelled(GraphError):  # noqa: N818 - it is an answer to a wish, nothing went wrong
    """The job was cancelled."""

    def __init__(self) -> None:
        super().__init__("the job was cancelled")


class NodeFailed(GraphError):  # noqa: N818 - the name says what happened
    """A node raised while it ran. The original exception is the `__cause__`.

    Attributes:
        node_id: Which node.
        class_type: Its class.
        title: What the user calls it, or empty.
        reason: The exception in one sentence, without the node.
    """

    def __init__(self, node_id: str, class_type: str, title: str, reason: str) -> None:
        super().__init__(f"{describe_node(node_id, class_type, title)}: {reason}")
        self.node_id = node_id
        self.class_type = class_type
        self.title = title
        self.reason = reason


def describe_node(node_id: str, class_type: str, title: str = "") -> str:
    """Return how sentences call a node: `KSampler (node 3)`, `KSampler "Hires" (node 3)`."""
    named = f' "{title}"' if title and title != class_type else ""
    return f"{class_type}{named} (node {node_id})"

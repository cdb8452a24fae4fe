"""What can be wrong with a workflow, as facts and as a sentence.

`type` strings are those of ComfyUI's protocol, so that its clients understand them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.errors import GraphError, describe_node

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        type: `value_smaller_than_min`, …
        node_id: Where; empty when it concerns the workflow as a whole.
        class_type: The node's class.
        title: What the user calls the node.
        input: Which input; empty when it concerns the node as a whole.
        expected: What would be right.
        got: What came instead.
        remedy: What to do, with the closest known name where there is one; may be empty.
    """

    type: str
    expected: str
    got: str
    node_id: str = ""
    class_type: str = ""
    title: str = ""
    input: str = ""
    remedy: str = ""

    @property
    def where(self) -> str:
        """The node and the input, as sentences call them."""
        if not self.node_id:
            return "the workflow"
        node = describe_node(self.node_id, self.class_type, self.title)
        return f"{node}, input '{self.input}'" if self.input else node

    def __str__(self) -> str:
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.where}: expected {self.expected}, got {self.got}{remedy}"


class InvalidWorkflowError(GraphError):
    """A workflow cannot run.

    Attributes:
        problems: Everything that is wrong with it; the message has a line for each.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

"""Collects what is wrong with a workflow while it is checked, and which nodes that concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.workflow import WorkflowNode


class Complaints:
    """What was found so far.

    Attributes:
        unsound: Ids of nodes that cannot run.
        warnings: What is odd and does no harm, as sentences.
    """

    def __init__(self) -> None:
        self.unsound: set[str] = set()
        self.warnings: list[str] = []
        self._problems: list[Problem] = []

    def of_workflow(self, type_: str, expected: str, got: str, remedy: str = "") -> None:
        """Note that something is wrong with the workflow as a whole."""
        self._problems.append(Problem(type=type_, expected=expected, got=got, remedy=remedy))

    def of_node(
        self,
        node: WorkflowNode,
        type_: str,
        expected: str,
        got: str,
        remedy: str = "",
        input_: str = "",
    ) -> None:
        """Note that something is wrong with a node, or with one of its inputs."""
        self.unsound.add(node.id)
        self._problems.append(
            Problem(
                type=type_,
                expected=expected,
                got=got,
                remedy=remedy,
                input=input_,
                node_id=node.id,
                class_type=node.class_type,
                title=node.title,
            )
        )

    def in_order(self, ids: Iterable[str]) -> tuple[Problem, ...]:
        """The problems: those of the workflow as a whole, then node by node."""
        if not self._problems:
            return ()
        rank = {key: index for index, key in enumerate(ids)}
        return tuple(sorted(self._problems, key=lambda problem: rank.get(problem.node_id, -1)))

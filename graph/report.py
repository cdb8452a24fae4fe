"""What is left of a run: for each node what it did, why and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.problems import Problem


@fact()
class NodeReport:
    """One node of a run.

    Attributes:
        node_id: Its id in the workflow.
        class_type: Its class.
        title: What the user calls it, or empty.
        cached: Whether it need not run.
        reason: Why it ran; empty if it did not.
        seconds: How long it ran.
        ui: What clients are told of it.
        files: What it wrote, now or when it last ran.
    """

    node_id: str
    class_type: str
    title: str
    cached: bool
    reason: str = ""
    seconds: float = 0.0
    ui: Mapping[str, object] | None = None
    files: tuple[Path, ...] = ()


@dataclass(slots=True)
class RunResult:
    """A run that came to its end.

    Attributes:
        nodes: By id, in the order in which they were settled.
        values: The outputs of the nodes that were asked for by id.
        seconds: From start to end.
        problems: What was wrong with outputs that were left out.
        warnings: What was odd about the workflow.
    """

    nodes: dict[str, NodeReport] = field(default_factory=dict)
    values: dict[str, tuple[object, ...]] = field(default_factory=dict)
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def executed(self) -> list[str]:
        """Ids of the nodes that ran."""
        return [key for key, node in self.nodes.items() if not node.cached]

    @property
    def outputs(self) -> dict[str, Mapping[str, object]]:
        """What clients are told, by node."""
        return {key: node.ui for key, node in self.nodes.items() if node.ui is not None}

    @property
    def files(self) -> list[Path]:
        """Everything that was written, in order."""
        return [path for node in self.nodes.values() for path in node.files]

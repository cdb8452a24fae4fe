"""A workflow that was found sound: classes known, values of their field's type, links that fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.definition import NodeDefinition
    from graph.problems import Problem
    from graph.workflow import Link


@dataclass(frozen=True, slots=True)
class CheckedNode:
    """One node, ready to be planned.

    Attributes:
        id: Its id in the workflow.
        title: What the user calls it, or empty.
        definition: What it is.
        constants: Typed-in values, of their field's type.
        links: Inputs that are fed by other nodes.
        paths: The files that its constants name, by input.
    """

    id: str
    title: str
    definition: NodeDefinition
    constants: Mapping[str, object]
    links: Mapping[str, Link]
    paths: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a workflow.

    Attributes:
        nodes: The sound nodes that the outputs need, by id.
        outputs: The targets that can run: everything that they need is sound.
        broken: The targets that cannot.
        problems: Everything that is wrong.
        warnings: What is odd and does no harm, as sentences.
    """

    nodes: Mapping[str, CheckedNode]
    outputs: tuple[str, ...]
    broken: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...] = ()

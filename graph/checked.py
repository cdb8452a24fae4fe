"""A workflow that was found sound: classes known, values of their field's type, links that fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.definition import NodeDefinition
    from graph.problems import Problem
    from graph.workflow import Link


_NONE: Mapping[str, Any] = MappingProxyType({})


def _none() -> Mapping[str, Any]:
    return _NONE


@fact()
class CheckedNode:
    """One node, ready to be planned.

    Attributes:
        id: Its id in the workflow.
        title: What the user calls it, or empty.
        definition: What it is.
        constants: Typed-in values, of their field's type.
        links: Inputs that are fed with values of other nodes.
        paths: The files that its constants name, by input.
        given: Constants of an expansion that are live values: they have no canonical bytes.
        raw: Inputs whose value is the link itself, `[id, slot]`, and that wait for it all the same.
        display: The id under which the user sees it, where that is another node's: what its
            expansion says in `override_display_id`.
    """

    id: str
    title: str
    definition: NodeDefinition
    constants: Mapping[str, object]
    links: Mapping[str, Link]
    paths: Mapping[str, Path]
    given: Mapping[str, object] = field(default_factory=_none)
    raw: Mapping[str, Link] = field(default_factory=_none)
    display: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a workflow.

    Attributes:
        nodes: The sound nodes that the outputs need, by id.
        outputs: The targets that can run: everything that they need is sound.
        broken: The targets that cannot.
        problems: Everything that is wrong.
        warnings: What is odd and does no harm, as sentences.
        absent: Problems of nodes that nothing needs: no such class is installed. Whether that
            matters is for the caller to say.
    """

    nodes: Mapping[str, CheckedNode]
    outputs: tuple[str, ...]
    broken: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...] = ()
    absent: tuple[Problem, ...] = ()

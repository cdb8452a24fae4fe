"""Turn the nodes that a node stands for into checked ones.

Nodes of an expansion are written by a program, so little is checked and nothing is refused that
could work: constants become what their field holds where they can, and may be live values. What
cannot work, a class that is not there for instance, is one error that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

from graph.checked import CheckedNode
from graph.coerce import WrongValueError, coerce, locate, named_beside, show
from graph.definition import MISSING
from graph.errors import ExpansionError
from graph.formats.api import WRAPPER
from graph.sockets import FILES
from graph.suggest import closest
from graph.workflow import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graph.definition import InputSpec, NodeDefinition
    from graph.folders import Folders
    from graph.registry import Registry

_PLAIN = (bool, int, float, str, bytes, type(None))
_DEEPEST = 64


def check_expansion(
    nodes: Mapping[str, Mapping[str, object]],
    registry: Registry,
    folders: Folders,
    existing: Callable[[str], NodeDefinition | None],
    *,
    outside: bool = False,
) -> dict[str, CheckedNode]:
    """Check the nodes of an expansion.

    Args:
        nodes: By id, in the API format.
        registry: The nodes there are.
        folders: Where files that they name should be.
        existing: Answers what a node is that is there already, None where there is none; links
            may lead to such nodes.
        outside: Whether input files may be anywhere on this machine.

    Raises:
        ExpansionError: They cannot run.
    """
    return _Expansion(nodes, registry, folders, existing, outside=outside).check()


def as_link(value: object) -> Link | None:
    """Read `[id, slot]` as the link that it is; None for anything else."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    node, slot = value
    if not isinstance(node, str) or isinstance(slot, bool) or not isinstance(slot, int | float):
        return None
    return Link(node, int(slot)) if slot == int(slot) else None


class _Expansion:
    """What is known while one expansion is checked."""

    def __init__(
        self,
        nodes: Mapping[str, Mapping[str, object]],
        registry: Registry,
        folders: Folders,
        existing: Callable[[str], NodeDefinition | None],
        *,
        outside: bool,
    ) -> None:
        self._nodes = nodes
        self._registry = registry
        self._folders = folders
        self._existing = existing
        self._outside = outside
        self._definitions: dict[str, NodeDefinition] = {}

    def check(self) -> dict[str, CheckedNode]:
        for key, node in self._nodes.items():
            if self._existing(key) is not None:
                raise ExpansionError(
                    f"the expansion adds a node {show(key)}, which is there already; "
                    "GraphBuilder makes ids that do not clash"
                )
            self._definitions[key] = self._definition(key, node.get("class_type"))
        return {key: self._node(key, node) for key, node in self._nodes.items()}

    def _definition(self, key: str, name: object) -> NodeDefinition:
        definition = self._registry.get(name) if isinstance(name, str) else None
        if definition is None:
            close = self._registry.closest(name) if isinstance(name, str) else None
            hint = f"; did you mean '{close}'?" if close else ""
            raise ExpansionError(
                f"the expansion's node {key} is of class {show(name)}, which is not installed{hint}"
            )
        return definition

    def _node(self, key: str, node: Mapping[str, object]) -> CheckedNode:
        definition = self._definitions[key]
        constants: dict[str, object] = {}
        given: dict[str, object] = {}
        links: dict[str, Link] = {}
        raw: dict[str, Link] = {}
        paths: dict[str, Path] = {}
        for spec, value in self._inputs(key, definition, node.get("inputs", {})):
            link = as_link(value)
            if link is not None:
                self._check_link(key, spec.name, link)
                (raw if spec.raw_link else links)[spec.name] = link
                paths.update(named_beside(spec.kind, None, self._folders))
            elif not spec.link_only:
                softened = self._soften(spec, value, paths)
                (constants if _is_plain(softened) else given)[spec.name] = softened
        shown = node.get("override_display_id")
        return CheckedNode(
            key,
            "",
            definition,
            constants,
            links,
            paths,
            given=given,
            raw=raw,
            display=shown if isinstance(shown, str) else "",
        )

    def _inputs(
        self, key: str, definition: NodeDefinition, inputs: object
    ) -> Iterator[tuple[InputSpec, object]]:
        """The inputs that the node has, each with what feeds it; of others nothing is said."""
        if not isinstance(inputs, Mapping):
            raise ExpansionError(f"the inputs of the expansion's node {key} are no dictionary")
        for name, value in inputs.items():
            spec = definition.input(name)
            if spec is not None:
                yield spec, value
        for spec in definition.inputs:
            # A class of ComfyUI's kind runs with its function's own default, not the declared one.
            if not spec.required or spec.spared or spec.name in inputs:
                continue
            if spec.default is MISSING:
                close = closest(spec.name, inputs)
                hint = f"; is '{close}' a misspelling of it?" if close else ""
                raise ExpansionError(
                    f"the expansion's node {key} ({definition.name}) lacks the input "
                    f"'{spec.name}'{hint}"
                )
            yield spec, spec.default

    def _check_link(self, key: str, name: str, link: Link) -> None:
        source = self._definitions.get(link.node) or self._existing(link.node)
        if source is None:
            raise ExpansionError(
                f"the input '{name}' of the expansion's node {key} is linked to node {link.node}, "
                "which is neither in the expansion nor in the workflow"
            )
        if not 0 <= link.slot < len(source.outputs):
            raise ExpansionError(
                f"the input '{name}' of the expansion's node {key} is linked to output {link.slot} "
                f"of {source.name} (node {link.node}), which has {len(source.outputs)} outputs"
            )

    def _soften(self, spec: InputSpec, value: object, paths: dict[str, Path]) -> object:
        """The value as its field holds it, or as it is where it does not fit."""
        if isinstance(value, dict) and WRAPPER in value:
            value = value[WRAPPER]
        if not isinstance(value, bool | int | float | str):
            return value
        try:
            fitting = coerce(spec.kind, value, self._folders)
            if isinstance(spec.kind, FILES):
                paths[spec.name] = locate(
                    spec.kind, str(fitting), self._folders, outside=self._outside
                )
            paths.update(named_beside(spec.kind, fitting, self._folders))
        except WrongValueError:
            return value
        return fitting


def _is_plain(value: object, depth: int = _DEEPEST) -> bool:
    """Whether a value is made of what keys can be made of; it may be live, and contain itself."""
    if isinstance(value, _PLAIN):
        return True
    if not isinstance(value, list | tuple | dict) or not depth:
        return False
    parts = chain(value.keys(), value.values()) if isinstance(value, dict) else value
    return all(_is_plain(part, depth - 1) for part in parts)

"""What `--set NODE.INPUT=VALUE` and `--seed` change in a workflow before it runs.

A node is named by its id, its title, or its class. A value is read as the type of the input asks;
where the type is not known it is JSON if it can be, and text if not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import InputError
from app.typed_values import read_value
from graph.errors import describe_node
from graph.formats.signatures import SEED_NAMES, InputSignature
from graph.suggest import did_you_mean
from graph.workflow import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graph.formats.signatures import Signatures
    from graph.workflow import Value, Workflow, WorkflowNode


@dataclass(frozen=True)
class Change:
    """One input of one node, and its new value."""

    node: str
    input: str
    value: Value


def apply(workflow: Workflow, changes: Iterable[Change]) -> Workflow:
    """Return the workflow with the changes made, later ones last."""
    for change in changes:
        workflow = workflow.with_input(change.node, change.input, change.value)
    return workflow


def seed_changes(workflow: Workflow, signatures: Signatures, seed: int) -> tuple[Change, ...]:
    """Return what sets every `seed` and `noise_seed` that is not fed by a link.

    Raises:
        InputError: No node takes a seed.
    """
    changes = tuple(
        Change(node.id, name, seed)
        for node in workflow.nodes.values()
        for name in _seed_inputs(node, signatures)
        if not isinstance(node.inputs.get(name), Link)
    )
    if not changes:
        raise InputError("--seed: no node of this workflow has an input 'seed' or 'noise_seed'")
    return changes


def _seed_inputs(node: WorkflowNode, signatures: Signatures) -> Iterator[str]:
    declared = {item.name for item in _declared(node, signatures)}
    return (name for name in SEED_NAMES if name in declared or name in node.inputs)


def parse_change(
    text: str,
    workflow: Workflow,
    signatures: Signatures,
    canonical: Callable[[str], str] = str,
) -> Change:
    """Read `NODE.INPUT=VALUE`.

    Args:
        text: What was given.
        workflow: Whose nodes are meant.
        signatures: The node classes that are known.
        canonical: The name of a class by its name or one of its aliases.

    Raises:
        InputError: It has another form, or names no node, several, or no input; or the value does
            not fit the input's type.
    """
    target, equals, value = text.partition("=")
    if not equals:
        raise InputError(
            f"--set {text!r}: expected NODE.INPUT=VALUE, for example --set KSampler.steps=8"
        )
    node, name, declared = find_input(target, workflow, signatures, canonical)
    try:
        return Change(node.id, name, read_value(value, declared))
    except ValueError as error:
        raise InputError(f"--set {text!r}: {name!r} of {_describe(node)} {error}") from error


def find_input(
    target: str,
    workflow: Workflow,
    signatures: Signatures,
    canonical: Callable[[str], str] = str,
) -> tuple[WorkflowNode, str, InputSignature | None]:
    """Find what `NODE.INPUT` names: the node, the input's name and its declaration, if any.

    Raises:
        InputError: It names no node, several, or no input.
    """
    node, name = _find(target.strip(), workflow, canonical)
    declared = {item.name: item for item in _declared(node, signatures)}
    known = {**declared, **dict.fromkeys(node.inputs)}
    if name not in known:
        raise InputError(f"{_describe(node)} has no input {name!r}{_closest(name, known)}")
    return node, name, declared.get(name)


def _describe(node: WorkflowNode) -> str:
    return describe_node(node.id, node.class_type, node.title)


def _declared(node: WorkflowNode, signatures: Signatures) -> tuple[InputSignature, ...]:
    signature = signatures.get(node.class_type)
    return signature.inputs if signature else ()


def _find(
    target: str, workflow: Workflow, canonical: Callable[[str], str]
) -> tuple[WorkflowNode, str]:
    """Split `NODE.INPUT`; a title may have dots in it, so every place is tried, the last first."""
    places = [place for place, letter in enumerate(target) if letter == "."]
    if not places:
        raise InputError(
            f"{target!r} names no input: expected NODE.INPUT, for example KSampler.steps"
        )
    for place in reversed(places):
        node_name, input_name = target[:place].strip(), target[place + 1 :].strip()
        matches = _matches(node_name, workflow, canonical)
        if len(matches) == 1:
            return matches[0], input_name
        if matches:
            candidates = ", ".join(map(_describe, matches))
            raise InputError(
                f"{node_name!r} may be {candidates}; use the number of the one you mean"
            )
    names = [n for node in workflow.nodes.values() for n in (node.title, node.class_type, node.id)]
    wanted = target[: places[-1]].strip()
    raise InputError(f"the workflow has no node {wanted!r}{_closest(wanted, names)}")


def _matches(name: str, workflow: Workflow, canonical: Callable[[str], str]) -> list[WorkflowNode]:
    if name in workflow.nodes:
        return [workflow.nodes[name]]
    nodes = list(workflow.nodes.values())
    ways: tuple[Callable[[WorkflowNode], bool], ...] = (
        lambda node: node.title == name,
        lambda node: canonical(node.class_type) == canonical(name),
        lambda node: name.casefold() in (node.title.casefold(), node.class_type.casefold()),
    )
    for way in ways:
        if found := [node for node in nodes if way(node)]:
            return found
    return []


def _closest(name: str, known: Iterable[str]) -> str:
    names = list(dict.fromkeys(item for item in known if item))
    close = did_you_mean(name, names)
    if close:
        return close
    return f"; it has {', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else ""

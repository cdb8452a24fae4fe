"""Definitions of nodes as plain data and back, as far as checking a workflow needs them.

A worker has the packs' nodes; a server that knows what they take can check most workflows without
asking it. What it finds wrong, the worker has the last word on, so nothing is said here but what
decides whether something is: no defaults, no functions. Definitions that decide by functions cannot
be said at all.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from graph.definition import InputSpec, NodeDefinition, OutputSpec
from graph.sockets import (
    Boolean,
    Combo,
    Float,
    Foreign,
    Hidden,
    InputFile,
    Int,
    ModelFile,
    Socket,
    String,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.sockets import Kind

    Plain = Mapping[str, Any]

_KINDS: Mapping[str, Callable[..., Kind]] = {
    kind.__name__: kind
    for kind in (Boolean, Combo, Float, Foreign, InputFile, Int, ModelFile, Socket, String)
}
_IS = "$is"
_WORDS = (str, int, float, bool)


class _UnsayableError(Exception):
    """Something in it decides by a function, or by a class of its own."""


def say(definition: NodeDefinition) -> dict[str, object] | None:
    """Say a definition in JSON values; None if that cannot be done."""
    if definition.own_check is not None or definition.undeclared is not None:
        return None
    try:
        return {
            "name": definition.name,
            "aliases": list(definition.aliases),
            "output_node": definition.output_node,
            "hidden": {name: kind.value for name, kind in definition.hidden.items()},
            "inputs": [_input(spec) for spec in definition.inputs],
            "outputs": [[output.name, _word(output.type)] for output in definition.outputs],
        }
    except _UnsayableError:
        return None


def hear(plain: Plain) -> NodeDefinition:
    """Make a definition again, which can be checked against and not run.

    Raises:
        KeyError, TypeError, ValueError: It is none.
    """
    return NodeDefinition(
        name=plain["name"],
        function=_nowhere,
        inputs=tuple(
            InputSpec(
                spec["name"],
                _kind(spec["kind"]),
                required=spec["required"],
                raw_link=spec["raw_link"],
                link_only=spec["link_only"],
            )
            for spec in plain["inputs"]
        ),
        outputs=tuple(OutputSpec(name, type_) for name, type_ in plain["outputs"]),
        hidden={name: Hidden(kind) for name, kind in plain["hidden"].items()},
        output_node=plain["output_node"],
        aliases=tuple(plain["aliases"]),
    )


def _input(spec: InputSpec) -> dict[str, object]:
    kind = spec.kind
    facts = {field.name: _fact(getattr(kind, field.name)) for field in fields(kind)}
    return {
        "name": spec.name,
        "required": spec.required,
        "raw_link": spec.raw_link,
        "link_only": spec.link_only,
        "kind": {**facts, _IS: type(kind).__name__},
    }


def _fact(value: object) -> object:
    if isinstance(value, tuple):
        return [_word(item) for item in value]
    return None if value is None else _word(value)


def _word(value: object) -> object:
    """A value that is nothing but what it seems: types of packs may compare as they like."""
    if type(value) not in _WORDS:
        raise _UnsayableError
    return value


def _kind(plain: Plain) -> Kind:
    facts = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in plain.items()
        if name != _IS
    }
    return _KINDS[plain[_IS]](**facts)


def _nowhere(**_inputs: object) -> None:
    """Stands where a node's function is in the worker."""
    raise AssertionError("a server runs no nodes")

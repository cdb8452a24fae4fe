"""A node's definition as text for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from graph.definition import MISSING
from graph.sockets import Combo, Float, Foreign, InputFile, Int, ModelFile

if TYPE_CHECKING:
    from graph.definition import InputSpec, NodeDefinition
    from graph.folders import Folders
    from graph.sockets import Kind

_WIDTH = 96


def describe_in_full(node: NodeDefinition, folders: Folders) -> list[str]:
    """Return the lines that describe a node: what it does, its inputs and its outputs."""
    names = [node.name, *(f"also {alias}" for alias in node.aliases)]
    shown = f' "{node.display_name}"' if node.display_name != node.name else ""
    lines = [f"{', '.join(names)}{shown} [{node.category}]"]
    lines += textwrap.wrap(node.description, _WIDTH)
    lines += ["", "inputs"]
    for spec in node.inputs:
        lines += _input(spec, folders)
    if not node.inputs:
        lines.append("  none")
    lines += ["", "outputs"]
    lines += [
        f"  {number}  {output.name}: {output.type}" for number, output in enumerate(node.outputs)
    ]
    if not node.outputs:
        lines.append("  none")
    return lines


def _input(spec: InputSpec, folders: Folders) -> list[str]:
    optional = "" if spec.required else ", optional"
    default = f" = {spec.default!r}" if spec.default not in (MISSING, None) else ""
    line = f"{spec.name}: {spec.kind.type}{default}{_range(spec.kind, folders)}{optional}"
    lines = textwrap.wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="      ")
    return lines + textwrap.wrap(
        spec.tooltip, _WIDTH, initial_indent="      ", subsequent_indent="      "
    )


def _range(kind: Kind, folders: Folders) -> str:
    match kind:
        case Int(min=low, max=high):
            return f", {low} to {'2^64-1' if high == 2**64 - 1 else high}"
        case Float(min=low, max=high):
            return f", {low:g} to {high:g}"
        case ModelFile(folder=folder):
            return f", one of models/{folder}: {_joined(kind.options(folders))}"
        case InputFile(place=place):
            return f", one of {place}: {_joined(kind.options(folders))}"
        case Combo():
            return f", one of {_joined(kind.options(folders))}"
    return _foreign_range(kind) if isinstance(kind, Foreign) else ""


def _foreign_range(kind: Foreign) -> str:
    if kind.choices is not None:
        return f", one of {_joined(tuple(map(str, kind.choices)))}"
    if kind.min is not None and kind.max is not None:
        return f", {kind.min:g} to {kind.max:g}"
    least = "" if kind.min is None else f", at least {kind.min:g}"
    return least if kind.max is None else f", at most {kind.max:g}"


def _joined(options: tuple[str, ...]) -> str:
    return ", ".join(options) if options else "(none there yet)"

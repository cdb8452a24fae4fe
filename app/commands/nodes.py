"""List the nodes, or describe one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app import options, terminal
from app.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from graph.definition import NodeDefinition
    from graph.registry import Registry

EPILOG = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="describe this node in full")
    parser.add_argument(
        "--json", action="store_true", help="print what ComfyUI's /object_info would"
    )
    options.add_debug(parser)
    options.add_packs(parser)
    options.add_folders(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the list, or the description."""
    from app.catalogue import make_catalogue
    from app.folders import make_folders
    from app.node_text import describe_in_full
    from graph.object_info import describe, describe_all

    settings = options.settings(arguments)
    folders = make_folders(settings)
    registry, packs = make_catalogue(settings, folders)
    for text in (text for pack in packs for text in pack.complaints()):
        terminal.complain(text)
    if arguments.name:
        definition = _find(registry, arguments.name)
        if arguments.json:
            _print_json({arguments.name: describe(definition, folders, arguments.name)})
        else:
            terminal.out("\n".join(describe_in_full(definition, folders)))
    elif arguments.json:
        _print_json(describe_all(registry, folders))
    else:
        terminal.out("\n".join(_list(registry)))
    return 0


def _find(registry: Registry, name: str) -> NodeDefinition:
    definition = registry.current(name)
    if definition is None:
        close = registry.closest(name)
        hint = f"; did you mean {close!r}?" if close else "; 'main.py nodes' lists them"
        raise InputError(f"there is no node {name!r}{hint}")
    return definition


def _print_json(data: object) -> None:
    terminal.out(json.dumps(data, indent=2, ensure_ascii=False))


def _list(definitions: Iterable[NodeDefinition]) -> list[str]:
    """One line a node, by category: name, and what goes in and comes out by link or field."""
    lines: list[str] = []
    category = ""
    for node in sorted(definitions, key=lambda node: (node.category, node.name.casefold())):
        if node.category != category:
            category = node.category
            lines += ["", category] if lines else [category]
        inputs = ", ".join(spec.name for spec in node.inputs)
        outputs = ", ".join(output.type for output in node.outputs) or "nothing"
        lines.append(f"  {node.name}({inputs}) -> {outputs}")
    return lines

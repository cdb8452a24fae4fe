"""Say everything that is wrong with a workflow, without running it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app import options, terminal
from app.errors import InputError

if TYPE_CHECKING:
    import argparse

    from graph.checked import Checked

EPILOG = "exit code: 0 when nothing is wrong, 2 otherwise"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument(
        "workflow",
        metavar="WORKFLOW",
        type=Path,
        help="a .json in ComfyUI's UI or API format, or a PNG that carries one",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_debug(parser)
    options.add_packs(parser)
    options.add_folders(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the problems."""
    from app.catalogue import make_catalogue
    from app.folders import make_folders
    from app.signatures import RegistrySignatures
    from graph.formats.document import read_document
    from graph.validate import validate

    settings = options.settings(arguments)
    folders = make_folders(settings)
    registry, packs = make_catalogue(settings, folders)
    document = read_document(arguments.workflow, RegistrySignatures(registry, folders))
    checked = validate(document.workflow, registry, folders, outside=True)
    oddities = (text for pack in packs for text in pack.complaints())
    warnings = (*oddities, *document.notes, *checked.warnings)
    if arguments.json:
        terminal.out(_as_json(checked, warnings))
    else:
        for warning in warnings:
            terminal.complain(warning)
        for problem in checked.problems:
            terminal.out(str(problem))
        if not checked.problems:
            terminal.note(f"nothing is wrong: {len(checked.nodes)} nodes would run")
    return InputError.exit_code if checked.problems else 0


def _as_json(checked: Checked, warnings: tuple[str, ...]) -> str:
    problems = [{**asdict(problem), "message": str(problem)} for problem in checked.problems]
    found = {"valid": not problems, "problems": problems, "warnings": list(warnings)}
    return json.dumps(found, indent=2, ensure_ascii=False)

"""List the model files that were found, by folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app import options, terminal

if TYPE_CHECKING:
    import argparse

    from app.inventory import ModelFile

EPILOG = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_debug(parser)
    options.add_folders(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the list."""
    from app.folders import make_folders
    from app.inventory import find_models

    folders = make_folders(options.settings(arguments))
    found = {kind: find_models(folders, kind) for kind in folders.models}
    if arguments.json:
        listed = {
            kind: [{"name": m.name, "path": str(m.path), "bytes": m.bytes} for m in models]
            for kind, models in found.items()
        }
        terminal.out(json.dumps(listed, indent=2, ensure_ascii=False))
        return 0
    for kind, models in found.items():
        places = ", ".join(str(path) for path in folders.models[kind])
        terminal.out(f"{kind} ({places})")
        terminal.out("\n".join(_lines(models)))
    return 0


def _lines(models: tuple[ModelFile, ...]) -> list[str]:
    from app.sizes import size

    width = max((len(model.name) for model in models), default=0)
    lines = [f"  {model.name:{width}}  {size(model.bytes):>9}" for model in models]
    return lines or ["  none"]

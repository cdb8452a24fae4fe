"""Say everything that is wrong with a workflow, without running it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app import options

if TYPE_CHECKING:
    import argparse

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
    options.add_folders(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the problems."""
    raise NotImplementedError

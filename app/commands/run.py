"""Run a workflow and save what it makes.

Standard output has one line for each file saved, or one JSON object with `--json`. How far it is
goes to standard error.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app import options
from app.seeds import parse_seeds

if TYPE_CHECKING:
    import argparse

EPILOG = """examples: main.py run workflows/txt2img.json --seed 1..4 --set KSampler.steps=8;
main.py run picture.png --set LoadImage.image=./cat.png --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument(
        "workflow",
        metavar="WORKFLOW",
        type=Path,
        help="a .json in ComfyUI's UI or API format, or a PNG that carries one",
    )
    parser.add_argument(
        "--set",
        dest="changes",
        metavar="NODE.INPUT=VALUE",
        action="append",
        default=[],
        help="change an input of a node, named by id, title or class; may be given again",
    )
    parser.add_argument(
        "--seed",
        dest="seeds",
        metavar="N|A..B",
        type=parse_seeds,
        help="the seed for every node that takes one; A..B runs once for each",
    )
    shown = parser.add_argument_group("what is shown")
    shown.add_argument("--json", action="store_true", help="print one JSON object, not paths")
    shown.add_argument("--explain", action="store_true", help="say why each node ran or did not")
    shown.add_argument("--quiet", action="store_true", help="show no progress")
    options.add_debug(shown)
    options.add_device(parser)
    options.add_cache(parser)
    options.add_packs(parser)
    options.add_folders(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Run the workflow once for each seed."""
    from app.runs import run_all

    return run_all(arguments, options.settings(arguments))

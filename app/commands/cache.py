"""Count, check or throw away the results that are kept between runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app import options, terminal

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from app.settings import Settings

EPILOG = "what is thrown away is computed again when it is needed; pictures in output/ stay."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=["stats", "clear", "verify"],
        default="stats",
        help="stats: say what is kept; clear: throw it away; verify: read all of it, and remove"
        " what is damaged (default: stats)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_debug(parser)
    options.add_cache(parser)
    options.add_folders(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Do what is asked."""
    from app.errors import CommandError
    from app.folders import make_folders
    from app.results import folder_of, journals_of
    from graph.disk_upkeep import TROUBLES

    settings = options.settings(arguments)
    folders = make_folders(settings)
    folder = folder_of(folders)
    actions = {"stats": _stats, "clear": _clear, "verify": _verify}
    try:
        facts, sentence, code = actions[arguments.action](folder, settings)
        runs, remark = _runs(journals_of(folders), arguments.action)
    except TROUBLES as error:
        raise CommandError(
            f"{folder} cannot be used ({error}): 'main.py cache clear' begins anew, and"
            " --cache-directory chooses another place"
        ) from error
    facts |= runs
    terminal.out(json.dumps(facts, indent=2) if arguments.json else sentence + remark)
    return code


def _runs(folder: Path, action: str) -> tuple[dict[str, object], str]:
    """Count the runs that were broken off and can go on, or give them up, too."""
    from app.sizes import size
    from graph.journal import clear, count

    if action == "clear":
        given_up = clear(folder)
        return {"runs": given_up}, f"; runs given up that could have gone on: {given_up}"
    runs, taken = count(folder)
    return {"runs": runs}, f"; runs that can go on: {runs}, {size(taken)}"


def _stats(folder: Path, settings: Settings) -> tuple[dict[str, object], str, int]:
    from app.results import budget
    from app.sizes import size
    from graph.disk_upkeep import count

    held, allowed = count(folder), budget(settings, folder)
    facts = {
        "folder": str(folder),
        "results": held.results,
        "kept": held.kept,
        "bytes": held.size,
        "budget": allowed,
        "seconds": round(held.seconds, 3),
    }
    sentence = (
        f"{folder}: results known: {held.results}; with their values: {held.kept}, made in"
        f" {held.seconds:.1f} s; {size(held.size)} of at most {size(allowed)}"
    )
    return facts, sentence, 0


def _clear(folder: Path, _settings: Settings) -> tuple[dict[str, object], str, int]:
    from app.sizes import size
    from graph.disk_upkeep import TROUBLES, Holdings, clear, count

    try:
        held = count(folder)
    except TROUBLES:
        held = Holdings()
    clear(folder)
    facts = {"folder": str(folder), "results": held.results, "bytes": held.size}
    return facts, f"{folder}: results thrown away: {held.results}, {size(held.size)}", 0


def _verify(folder: Path, _settings: Settings) -> tuple[dict[str, object], str, int]:
    from graph.disk_upkeep import verify

    found = verify(folder)
    facts = {
        "folder": str(folder),
        "sound": found.sound,
        "damaged": found.damaged,
        "missing": found.missing,
        "abandoned": found.abandoned,
    }
    sentence = (
        f"{folder}: sound: {found.sound}; damaged, and now removed: {found.damaged};"
        f" missing: {found.missing}; abandoned files, now removed: {found.abandoned}"
    )
    return facts, sentence, 1 if found.damaged else 0

"""Say what was found: versions, device, memory, folders, models, custom nodes, problems."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from app import options, terminal

if TYPE_CHECKING:
    import argparse

    from app.diagnosis import Diagnosis
    from app.packs import Pack

EPILOG = "exit code: 0 when there is no problem, 1 otherwise"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_debug(parser)
    options.add_device(parser)
    options.add_packs(parser)
    options.add_folders(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the diagnosis."""
    from app.diagnosis import diagnose

    diagnosis = diagnose(options.settings(arguments))
    if arguments.json:
        packs = [pack.as_json() for pack in diagnosis.custom_nodes]
        found = {**asdict(diagnosis), "custom_nodes": packs}
        terminal.out(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        terminal.out("\n".join(_lines(diagnosis)))
    return 1 if diagnosis.problems else 0


def _lines(diagnosis: Diagnosis) -> list[str]:
    from app.sizes import size

    versions = ", ".join(f"{name} {version}" for name, version in diagnosis.packages.items())
    devices = [
        f"{'*' if device.name == diagnosis.device else ' '} {device.name}: {device.label},"
        f" {size(device.total)} memory, {size(device.free)} free, computes in {device.dtype}"
        for device in diagnosis.devices
    ]
    models = [
        f"{kind}: {count} file{'s' if count > 1 else ''}" if count else f"{kind}: none"
        for kind, count in diagnosis.models.items()
    ]
    lines = [f"safelight {diagnosis.version}, Python {diagnosis.python} on {diagnosis.system}"]
    lines += _section("packages", [versions])
    lines += _section("devices (* is used)", devices)
    lines += _section("folders", [f"{name}: {path}" for name, path in diagnosis.folders.items()])
    lines += _section("models", models)
    lines += _section("custom nodes", [*map(_pack, diagnosis.custom_nodes)])
    return lines + _section("problems", diagnosis.problems)


def _pack(pack: Pack) -> str:
    what = pack.failure or f"{len(pack.nodes)} node{'s' if len(pack.nodes) != 1 else ''}"
    return f"{pack.name}: {what} ({pack.seconds:.2f} s to import)"


def _section(title: str, lines: list[str] | tuple[str, ...]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines or ("none",))]

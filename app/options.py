"""The options that several commands share, and how they become `Settings`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings
from app.sizes import parse_size

if TYPE_CHECKING:
    import argparse

PRECISIONS = ("auto", "fp32", "bf16", "fp16")
_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def add_folders(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where things are."""
    group = parser.add_argument_group("folders")
    described = {
        "base": "where the other folders lie (default: the project's own folder)",
        "input": "pictures and latents that workflows load (default: input)",
        "output": "where results are saved (default: output)",
        "temp": "where a folder temp is for previews (default: the base directory)",
        "user": "your settings and workflows (default: user)",
        "cache": "results and facts about files, kept between runs (default: cache)",
    }
    for name, text in described.items():
        group.add_argument(f"--{name}-directory", metavar="DIR", type=Path, help=text)
    group.add_argument(
        "--models-directory",
        metavar="DIR",
        type=Path,
        action="append",
        help="holds checkpoints/, loras/, …; may be given again (default: models)",
    )
    group.add_argument(
        "--extra-model-paths-config",
        metavar="YAML",
        type=Path,
        action="append",
        help="more model folders, in the form of ComfyUI's extra_model_paths.yaml",
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the device."""
    group = parser.add_argument_group("device")
    group.add_argument(
        "--device",
        metavar="DEVICE",
        type=_device,
        default="auto",
        help="auto, cpu, cuda:N or mps (default: auto, the fastest there is)",
    )
    group.add_argument(
        "--cpu", dest="device", action="store_const", const="cpu", help="the same as --device cpu"
    )
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="in which models compute (default: auto, fp32 on a processor, half on a GPU)",
    )
    group.add_argument(
        "--vae-precision",
        choices=PRECISIONS,
        default="auto",
        help="in which pictures are decoded (default: auto, fp32; fp16 makes some black)",
    )


def add_cache(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how much may be kept between runs."""
    parser.add_argument(
        "--cache-disk",
        metavar="SIZE",
        type=_size,
        help="room for results that are kept between runs, such as 20G; 0 keeps none"
        " (default: a tenth of what is free, 10G at most)",
    )


def add_packs(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which node packs are loaded."""
    group = parser.add_argument_group("custom nodes")
    group.add_argument("--disable-all-custom-nodes", action="store_true", help="load no node pack")
    group.add_argument(
        "--whitelist-custom-nodes",
        metavar="NAME",
        nargs="+",
        default=[],
        help="packs that are loaded all the same, by the names of their folders or files",
    )


def add_debug(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add the option that shows tracebacks."""
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def settings(arguments: argparse.Namespace) -> Settings:
    """Make the settings out of whichever of these options the command has."""
    keep_nothing = getattr(arguments, "cache_none", False)

    def given(name: str) -> Path | None:
        value: Path | None = getattr(arguments, f"{name}_directory", None)
        return value

    return Settings(
        base=(given("base") or Settings.base).expanduser().absolute(),
        input=given("input"),
        output=given("output"),
        # A folder of its own, since all that is in it goes when a server starts.
        temp=temp / "temp" if (temp := given("temp")) else None,
        user=given("user"),
        cache=given("cache"),
        models=tuple(getattr(arguments, "models_directory", None) or ()),
        extra_model_paths=tuple(getattr(arguments, "extra_model_paths_config", None) or ()),
        device=getattr(arguments, "device", "auto"),
        precision=getattr(arguments, "precision", "auto"),
        vae_precision=getattr(arguments, "vae_precision", "auto"),
        cache_disk=0 if keep_nothing else getattr(arguments, "cache_disk", None),
        custom_nodes_enabled=not getattr(arguments, "disable_all_custom_nodes", False),
        custom_nodes_whitelist=tuple(getattr(arguments, "whitelist_custom_nodes", ())),
        cache_results=0 if keep_nothing else getattr(arguments, "cache_results", None),
        preview_method=getattr(arguments, "preview_method", None) or "auto",
        metadata=not getattr(arguments, "disable_metadata", False),
        debug=arguments.debug,
    )


def _device(text: str) -> str:
    import argparse

    if not _DEVICE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not auto, cpu, cuda:N or mps")
    return "cuda:0" if text == "cuda" else text


def _size(text: str) -> int:
    import argparse

    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error

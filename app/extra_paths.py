"""Model folders from a file in the form of ComfyUI's `extra_model_paths.yaml`.

Each section of the file is one installation: `base_path`, which paths are relative to;
`is_default`, which puts its folders before our own; and for each kind of model one path a line.
A relative `base_path` is relative to the file; `~` and environment variables are expanded.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app.errors import InputError

# Names that ComfyUI's versions gave to one and the same folder, by the one that we use.
ALIASES = {"unet": "diffusion_models", "text_encoders": "clip", "t2i_adapter": "controlnet"}
_NOT_FOLDERS = frozenset({"base_path", "is_default", "download_model_base"})


@dataclass(frozen=True)
class ExtraFolder:
    """One more folder of a kind, and whether it comes before the folders that were there."""

    kind: str
    path: Path
    first: bool


def read_extra_folders(file: Path) -> tuple[ExtraFolder, ...]:
    """Read the folders that `file` names, in its order. Whether they exist is not asked.

    Raises:
        InputError: The file is missing, is no YAML, or has another shape.
    """
    import yaml

    file = file.expanduser().absolute()
    try:
        sections = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the model paths file {file} cannot be read: {_reason(error)}") from error
    except yaml.YAMLError as error:
        detail = " ".join(str(error).split())
        raise InputError(f"the model paths file {file} is no valid YAML: {detail}") from error
    if sections is None:
        return ()
    if not isinstance(sections, dict):
        raise InputError(
            f"the model paths file {file} must hold named sections, each with a base_path and"
            f" folders; it holds a {type(sections).__name__}"
        )
    return tuple(
        folder
        for name, section in sections.items()
        if section is not None
        for folder in _section(file, str(name), section)
    )


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8 text"


def _section(file: Path, name: str, section: object) -> list[ExtraFolder]:
    if not isinstance(section, dict):
        raise InputError(
            f"section {name!r} of {file} must hold lines like 'checkpoints: path';"
            f" it holds a {type(section).__name__}"
        )
    base = file.parent / _expand(str(section.get("base_path") or ""))
    first = section.get("is_default") in (True, "true", "True")
    folders = []
    for kind, value in section.items():
        if kind in _NOT_FOLDERS or value is None:
            continue
        lines = value if isinstance(value, list) else str(value).splitlines()
        folders += [
            ExtraFolder(ALIASES.get(str(kind), str(kind)), base / _expand(str(line).strip()), first)
            for line in lines
            if str(line).strip()
        ]
    return folders


def _expand(path: str) -> Path:
    return Path(os.path.expandvars(path)).expanduser()

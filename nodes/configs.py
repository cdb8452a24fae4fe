"""The configurations that may lie beside checkpoints."""

from collections.abc import Mapping
from pathlib import Path

from graph.errors import MissingFileError, UnsafePathError
from graph.folders import Folders


def config_of(folders: Folders, name: str | None) -> Mapping[str, Path]:
    """The configuration beside a checkpoint, whose content counts as the checkpoint's does.

    Args:
        folders: Where the user's files are.
        name: The checkpoint's, or None.
    """
    try:
        path = folders.model_path("checkpoints", name or "")
    except (MissingFileError, UnsafePathError):
        return {}
    beside = [path.with_suffix(suffix) for suffix in (".yaml", ".yml")]
    return {config.name: config for config in beside if config.is_file()}

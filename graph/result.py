"""What a node gives back when a plain value says too little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class NodeOutput:
    """The outputs of a run of a node, and what it did besides.

    Attributes:
        values: One for each output.
        ui: What clients are told, such as `{"images": [{"filename", "subfolder", "type"}]}`.
        files: What it wrote; its result counts as cached only while they stay as they are.
    """

    values: tuple[object, ...] = ()
    ui: Mapping[str, object] | None = None
    files: tuple[Path, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Expansion:
    """A graph that stands for a node from now on; its results are the node's.

    Attributes:
        nodes: Nodes by id in the API format, `{"class_type", "inputs"}`. Constants may be live
            values. Ids must not clash with others; `graph.builder` makes such ids.
        values: One for each output: a value, or a link `[id, slot]` to one of the nodes.
        ui: What clients are told of the node itself.
    """

    nodes: Mapping[str, Mapping[str, object]]
    values: tuple[object, ...] = ()
    ui: Mapping[str, object] | None = None


class Items(tuple[object, ...]):
    """Several values in one link: a node that takes no lists runs once for each."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """In place of a value: what reads it does not run, and passes it on.

    Attributes:
        message: What the user is told where it first blocks something; None for silence.
    """

    message: str | None = None

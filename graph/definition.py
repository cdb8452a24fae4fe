"""What a node is: the one description that validation, editor, scripts and docs are fed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.sockets import Hidden, Kind

NodeFunction: TypeAlias = Callable[..., Any]


class Lane(StrEnum):
    """What a node keeps busy while it runs."""

    CPU = "cpu"
    ACCELERATOR = "accelerator"


class Missing:
    """The default of an input that has none."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input.

    Attributes:
        name: The parameter that it becomes.
        kind: Socket or field.
        required: Whether a workflow must give it.
        default: What the editor fills in first, or what an absent optional input means.
        tooltip: One sentence for the user.
    """

    name: str
    kind: Kind
    required: bool = True
    default: object = MISSING
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output: its name for the user and its type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class NodeDefinition:
    """One node class.

    Attributes:
        name: What workflows call it.
        function: `function(context, **inputs)`, or `function(**inputs)` without `needs_context`.
        inputs: In the order in which files list their values.
        outputs: In the order of their slots.
        hidden: Parameters that the engine fills in.
        display_name: What the editor calls it.
        category: Where the editor lists it, `/`-separated.
        description: One paragraph for the user.
        output_node: Whether running it is worth something in itself.
        needs_context: Whether the function's first parameter is the context.
        lane: What it keeps busy.
        version: Part of its keys; another one means that old results are stale.
        pure: Whether the same inputs always make the same outputs; otherwise it always runs.
        aliases: Other names under which workflows may know it.
        source: The module that it comes from.
    """

    name: str
    function: NodeFunction
    inputs: tuple[InputSpec, ...] = ()
    outputs: tuple[OutputSpec, ...] = ()
    hidden: Mapping[str, Hidden] = field(default_factory=dict)
    display_name: str = ""
    category: str = ""
    description: str = ""
    output_node: bool = False
    needs_context: bool = False
    lane: Lane = Lane.CPU
    version: str = "1"
    pure: bool = True
    aliases: tuple[str, ...] = ()
    source: str = ""

    def input(self, name: str) -> InputSpec | None:
        """Return the input of a name, or None."""
        return next((spec for spec in self.inputs if spec.name == name), None)

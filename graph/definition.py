"""What a node is: the one description that validation, editor, scripts and docs are fed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.sockets import Hidden, Kind
    from graph.workflow import Json

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
        lazy: Whether what feeds it runs only when the node's `ask` names it.
        raw_link: Whether the node gets the link itself, `[id, slot]`, and not what it brings.
        link_only: Whether typed-in values are dropped without a word: of inputs that a class of
            ComfyUI's kind does not declare, only links reach its function.
        force_input: Whether editors show a socket rather than a field.
        advanced: Whether editors show it only when asked for.
        spared: Whether the function does without it, because it has a default of its own: programs
            that write workflows may leave it out.
    """

    name: str
    kind: Kind
    required: bool = True
    default: object = MISSING
    tooltip: str = ""
    lazy: bool = False
    raw_link: bool = False
    link_only: bool = False
    force_input: bool = False
    advanced: bool = False
    spared: bool = False


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output.

    Attributes:
        name: What the user calls it.
        type: What may take a link from it.
        is_list: Whether it gives a list of items.
        tooltip: One sentence for the user.
        choices: What it chooses from, where ComfyUI's classes say that in place of a type.
    """

    name: str
    type: str
    is_list: bool = False
    tooltip: str = ""
    choices: tuple[Json, ...] | None = None


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """A node's own word on what is typed into it, asked before a workflow runs.

    Attributes:
        function: Gets inputs by name, None for linked ones, and hidden inputs; answers True, or
            False or what is wrong. May be a coroutine function.
        names: The inputs that it wants, whose range is not checked otherwise; None for all.
        takes_types: Whether it also wants `input_types`, the types of the outputs that feed its
            inputs, and answers for them.
    """

    function: NodeFunction
    names: frozenset[str] | None = frozenset()
    takes_types: bool = False

    def wants(self, name: str) -> bool:
        """Whether it answers for the range of an input."""
        return self.names is None or name in self.names


@dataclass(frozen=True, slots=True)
class NodeDefinition:
    """One node class.

    Attributes:
        name: What workflows call it.
        function: `function(context, **inputs)`, or `function(**inputs)` without `needs_context`. A
            coroutine function runs on the event loop.
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
        takes_lists: Whether it gets each input as a list of items; others run once for each item.
        undeclared: Answers what an input is that is not among `inputs`, None where there is none;
            for nodes with any number of inputs.
        ask: Called like `function`, with None for lazy inputs that were not evaluated; answers the
            names of those it needs. May be a coroutine function.
        fingerprint: Called like `function` without context, with None for linked inputs; what it
            answers counts in the node's keys, NaN as never the same. May be a coroutine function.
        deprecated: Whether editors should no longer offer it.
        experimental: Whether it may still change.
        thrifty: Whether it can run with less memory where `NodeContext.thrifty` says so.
        own_check: Says what else is wrong with what is typed in.
        declared: The inputs by section as a class of ComfyUI's kind declares them, to be passed on
            to editors as they are.
        refresh: Answers what the node is now, where that may change: the options of a class of
            ComfyUI's kind are made by a function.
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
    takes_lists: bool = False
    undeclared: Callable[[str], InputSpec | None] | None = None
    ask: NodeFunction | None = None
    fingerprint: NodeFunction | None = None
    deprecated: bool = False
    experimental: bool = False
    thrifty: bool = False
    own_check: OwnCheck | None = None
    declared: Mapping[str, Json] | None = None
    refresh: Callable[[], NodeDefinition] | None = None

    def input(self, name: str) -> InputSpec | None:
        """Return the input of a name, or None."""
        for spec in self.inputs:
            if spec.name == name:
                return spec
        return self.undeclared(name) if self.undeclared else None

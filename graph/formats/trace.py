"""Following a link back to what really feeds it: a node that runs, a typed-in value, or nothing.

On the way lie reroutes, bypassed nodes and the borders of subgraphs. Each step asks the next
question ("what feeds this input?", "what comes out of this output?") until there is an answer;
answers are kept, so that a thousand readers of one long chain walk it once.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from graph.errors import FormatError
from graph.formats.canvas import INPUT_BORDER
from graph.formats.placement import Kind
from graph.workflow import Link

if TYPE_CHECKING:
    from graph.formats.canvas import CanvasLink
    from graph.formats.placement import Level, Placed
    from graph.workflow import Json


class Absent(Enum):
    """Why an input has no link in the end."""

    UNFED = auto()
    """Nothing feeds it: it keeps what is typed into its field."""
    MUTED = auto()
    """A muted node would feed it: it goes without, field or not."""


class Typed(NamedTuple):
    """A value that is typed into the instance of a subgraph."""

    value: Json


class Question(NamedTuple):
    """What feeds an input (`into`), or what comes out of an output, as something of a type?"""

    node: Placed
    number: int
    wanted: str
    into: bool


Answer: TypeAlias = "Link | Typed | Absent"


class Tracer:
    """Answers what feeds the inputs of placed nodes."""

    def __init__(self) -> None:
        self._answers: dict[Question, Answer] = {}

    def source(self, node: Placed, number: int) -> Answer:
        """Return what feeds an input of a node.

        Raises:
            FormatError: A link is broken, or reroutes or bypassed nodes go round in a circle.
        """
        step: Question | Answer = Question(node, number, node.inputs[number].type, into=True)
        asked: dict[Question, None] = {}
        while isinstance(step, Question):
            if step in self._answers:
                step = self._answers[step]
                break
            if step in asked:
                raise FormatError(_circle(list(asked), step))
            asked[step] = None
            step = _feeding(step) if step.into else _coming_out(step)
        self._answers.update(dict.fromkeys(asked, step))
        return step


def _circle(asked: list[Question], again: Question) -> str:
    round_trip = asked[asked.index(again) :]
    names = list(dict.fromkeys(str(question.node) for question in round_trip))
    shown = names if len(names) <= 8 else [*names[:4], "…", *names[-3:]]
    return f"links go round in a circle and lead to no node that runs: {' → '.join(shown)}"


def _feeding(question: Question) -> Question | Answer:
    """Step from an input to the output that its link comes from."""
    node, number, wanted, _ = question
    if number >= len(node.inputs):
        return Absent.UNFED
    slot = node.inputs[number]
    if slot.link is None:
        return Absent.UNFED
    link = node.level.canvas.links.get(slot.link)
    if link is None:
        raise FormatError(
            f"{node}: input '{slot.name}' hangs on link {slot.link}, which is not in the file"
        )
    owner = node.level.owner
    if link.origin == INPUT_BORDER and owner:
        return _through_border(owner, link.origin_slot)
    origin = node.level.nodes.get(link.origin)
    if origin is None:
        raise FormatError(
            f"{node}: input '{slot.name}' is linked to node {link.origin}, "
            f"which is not in {node.level.canvas.name}"
        )
    return Question(origin, link.origin_slot, wanted, into=False)


def _through_border(owner: Placed, number: int) -> Question | Answer:
    """Step from inside a subgraph to the same input of its instance."""
    if not 0 <= number < len(owner.inputs):
        return Absent.UNFED
    slot = owner.inputs[number]
    if slot.link is not None:
        return Question(owner, number, slot.type, into=True)
    return _typed_value(owner, slot.widget) if slot.widget else Absent.UNFED


def _typed_value(owner: Placed, name: str) -> Answer:
    """Return what is typed into an instance, or else into the first field that it stands for."""
    holder = owner
    while name not in holder.fields:
        targets = holder.interior.targets.get(name, ()) if holder.interior else ()
        if not targets or not targets[0].field or not holder.inside:
            return Absent.UNFED
        holder, name = holder.inside.nodes[targets[0].node], targets[0].field
    return Typed(holder.fields[name])


def _coming_out(question: Question) -> Question | Answer:
    """Step from an output to whatever inside its node it stands for."""
    node, number, wanted, _ = question
    if number < 0:
        raise FormatError(f"{node} has no output {number}: outputs are numbered from 0")
    if node.bypassed:
        return _past_bypass(node, number, wanted)
    if node.kind is Kind.REROUTE:
        return Question(node, 0, wanted, into=True)
    if node.kind in {Kind.PRIMITIVE, Kind.NOTE}:
        return Absent.UNFED
    if node.muted:
        return Absent.MUTED
    if node.inside is not None:
        return _from_inside(node, node.inside, number, wanted)
    return Link(node.id, number)


def _past_bypass(node: Placed, number: int, wanted: str) -> Question | Answer:
    """Step over a bypassed node, from an output to the input that stands in for it.

    The input with the output's own number is the first choice, then the first of exactly the type
    that is wanted at the end of the link, then the first of a type that fits.
    """
    given = node.outputs[number] if number < len(node.outputs) else "*"
    fitting = [
        index
        for index, slot in enumerate(node.inputs)
        if types_fit(slot.type, given) and types_fit(slot.type, wanted)
    ]
    exact = [index for index, slot in enumerate(node.inputs) if slot.type == wanted]
    if wanted == "*":
        chosen = number if number < len(node.inputs) else 0
    elif number in fitting:
        chosen = number
    elif exact or fitting:
        chosen = (exact or fitting)[0]
    else:
        return Absent.UNFED
    if chosen >= len(node.inputs):
        return Absent.UNFED
    return Question(node, chosen, node.inputs[chosen].type, into=True)


def types_fit(one: str, other: str) -> bool:
    """Say whether a link between two types may be: `"*"` takes all, `"INT,FLOAT"` takes both."""
    if "*" in {one, other} or one == other:
        return True
    return not {t.strip().upper() for t in one.split(",")}.isdisjoint(
        t.strip().upper() for t in other.split(",")
    )


def _from_inside(node: Placed, inside: Level, number: int, wanted: str) -> Question | Answer:
    """Step from an output of an instance to the node inside that makes it."""
    link = _border_link(node, inside, number)
    if link is None:
        return Absent.UNFED
    if link.origin == INPUT_BORDER:
        return _through_border(node, link.origin_slot)
    origin = inside.nodes.get(link.origin)
    if origin is None:
        raise FormatError(
            f"{node}: output {number} is linked to node {link.origin}, "
            f"which is not in {inside.canvas.name}"
        )
    return Question(origin, link.origin_slot, wanted, into=False)


def _border_link(node: Placed, inside: Level, number: int) -> CanvasLink | None:
    ports = node.interior.definition.outputs if node.interior else ()
    touching = ports[number].links if 0 <= number < len(ports) else ()
    links = (inside.canvas.links.get(link_id) for link_id in touching)
    return next((link for link in links if link), None)

"""Is the prompt obeyed? Sixty requests, a third of them never seen in training, and their marks.

Half the requests name a place, half do not. Request i is drawn with seed i, counted from 1, so
that nobody chooses a lucky one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from training.scenes import PLACES, Colour, Picture, combinations, is_held_out
from training.shapes import Shape
from training.sight import look, nearest_place

Item = TypeVar("Item")

REQUESTS = 60
HELD_OUT_REQUESTS = 20


@dataclass(frozen=True)
class Request:
    """What a prompt asks for; an empty place asks for none."""

    seed: int
    colour: Colour
    shape: Shape
    ground: Colour
    place: str

    @property
    def prompt(self) -> str:
        """The words for it."""
        figure = " ".join(filter(None, (f"a {self.colour} {self.shape}", self.place)))
        return f"{figure} on a {self.ground} background"

    @property
    def held_out(self) -> bool:
        """Whether training never showed this combination."""
        return is_held_out(self.colour, self.shape, self.ground)


@dataclass(frozen=True)
class Mark:
    """What was right in one picture; `place` is None where none was asked for."""

    request: Request
    ground: bool
    figure: bool
    shape: bool
    place: bool | None

    @property
    def colours(self) -> bool:
        """Whether ground and figure both have the colour asked for."""
        return self.ground and self.figure

    @property
    def obeyed(self) -> bool:
        """Whether everything asked for was right."""
        return self.colours and self.shape and self.place is not False


@dataclass(frozen=True)
class Score:
    """The parts (0..1) of pictures with the right colours, shape and place."""

    colours: float
    shape: float
    place: float


def requests() -> list[Request]:
    """The sixty requests, always the same, held-out ones spread evenly among the others."""
    rng = np.random.default_rng(REQUESTS)
    unseen = _shuffled(rng, [found for found in combinations() if is_held_out(*found)])
    seen = _shuffled(rng, [found for found in combinations() if not is_held_out(*found)])
    places = _places(rng)
    made = []
    for index in range(REQUESTS):
        held_out = index % (REQUESTS // HELD_OUT_REQUESTS) == 0
        colour, shape, ground = next(unseen if held_out else seen)
        place = next(places) if index % 2 else ""
        made.append(Request(index + 1, colour, shape, ground, place))
    return made


def mark(request: Request, picture: Picture) -> Mark:
    """Compare a picture with what was asked for."""
    seen = look(picture)
    fitted = seen.fitted
    place = fitted is not None and nearest_place(fitted.x, fitted.y) == request.place
    return Mark(
        request,
        ground=seen.ground is request.ground,
        figure=seen.colour is request.colour,
        shape=fitted is not None and fitted.shape is request.shape,
        place=place if request.place else None,
    )


def score(marked: Iterable[Mark]) -> Score:
    """Sum up marks."""
    marked = list(marked)
    return Score(
        colours=_part([found.colours for found in marked]),
        shape=_part([found.shape for found in marked]),
        place=_part([found.place for found in marked if found.place is not None]),
    )


def _part(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 1.0


def _shuffled(rng: np.random.Generator, items: list[Item]) -> Iterator[Item]:
    return (items[index] for index in rng.permutation(len(items)))


def _places(rng: np.random.Generator) -> Iterator[str]:
    while True:
        yield from _shuffled(rng, list(PLACES))

"""The starter model's pictures: coloured shapes on coloured grounds, each with an exact caption.

A scene is drawn from a random generator handed in: one shape in the middle (small, plain or
large), one at a named place, or two in a named relation. A tenth of the (colour, shape, ground)
combinations is held out: no training scene ever shows one, so that a trained model can be asked
whether it composes what it learned or only remembers it.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from training.shapes import Shape, coverage

SIZE = 64
HELD_OUT_ONE_IN = 10

Option = TypeVar("Option")
Picture = NDArray[np.uint8]


class Colour(StrEnum):
    """A colour that captions name."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    WHITE = "white"
    GRAY = "gray"
    BLACK = "black"


PALETTE: Mapping[Colour, tuple[int, int, int]] = MappingProxyType(
    {
        Colour.RED: (220, 50, 47),
        Colour.ORANGE: (240, 140, 40),
        Colour.YELLOW: (250, 212, 60),
        Colour.GREEN: (60, 160, 75),
        Colour.BLUE: (45, 95, 215),
        Colour.PURPLE: (135, 75, 195),
        Colour.PINK: (246, 150, 190),
        Colour.BROWN: (125, 82, 50),
        Colour.WHITE: (250, 250, 250),
        Colour.GRAY: (140, 144, 150),
        Colour.BLACK: (25, 25, 30),
    }
)

# Where each named place lies, in columns and rows of a three by three grid.
PLACES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "at the top left": (0, 0),
        "at the top": (1, 0),
        "at the top right": (2, 0),
        "at the left": (0, 1),
        "at the right": (2, 1),
        "at the bottom left": (0, 2),
        "at the bottom": (1, 2),
        "at the bottom right": (2, 2),
    }
)

# Radii of a shape in the middle, as parts of the picture's side; a plain one has no word.
RADII: Mapping[str, float] = MappingProxyType({"small": 0.18, "": 0.27, "large": 0.36})
RADIUS_OF_PLACED = 0.19


@dataclass(frozen=True)
class Figure:
    """One shape of a scene; centre and radius in pixels."""

    colour: Colour
    shape: Shape
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Scene:
    """What a picture shows and the caption that says so."""

    ground: Colour
    figures: tuple[Figure, ...]
    caption: str

    def picture(self) -> Picture:
        """The scene as RGB bytes, [64, 64, 3]."""
        pixels = np.empty((SIZE, SIZE, 3), dtype=np.float32)
        pixels[:] = PALETTE[self.ground]
        for figure in self.figures:
            mask = coverage(figure.shape, figure.x, figure.y, figure.radius, SIZE)[..., None]
            pixels += mask * (np.asarray(PALETTE[figure.colour], dtype=np.float32) - pixels)
        return np.rint(pixels).astype(np.uint8)


def is_held_out(colour: Colour, shape: Shape, ground: Colour) -> bool:
    """Whether no training scene may show this combination (a fixed tenth of them all)."""
    digest = hashlib.sha256(f"{colour} {shape} {ground}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % HELD_OUT_ONE_IN == 0


def combinations() -> Iterator[tuple[Colour, Shape, Colour]]:
    """Every (colour, shape, ground) whose colour and ground differ, in a fixed order."""
    for colour in Colour:
        for shape in Shape:
            for ground in Colour:
                if colour is not ground:
                    yield colour, shape, ground


def training_scene(rng: np.random.Generator) -> Scene:
    """Draw one scene that training may show."""
    ground = _pick(rng, list(Colour))
    kind = rng.random()
    if kind < 0.45:
        return _in_the_middle(rng, ground)
    if kind < 0.75:
        return _at_a_place(rng, ground)
    return _side_by_side(rng, ground) if rng.random() < 0.5 else _stacked(rng, ground)


def training_scenes(count: int, seed: int) -> list[Scene]:
    """The training set of a seed; its first scenes are the same for every count."""
    rng = np.random.default_rng(seed)
    return [training_scene(rng) for _ in range(count)]


def place_centre(place: str) -> tuple[float, float]:
    """Centre of a named place in pixels, (x, y)."""
    column, row = PLACES[place]
    return SIZE * (0.24 + 0.26 * column), SIZE * (0.24 + 0.26 * row)


def _in_the_middle(rng: np.random.Generator, ground: Colour) -> Scene:
    word = _pick(rng, list(RADII))
    x, y = SIZE / 2 + rng.uniform(-3, 3), SIZE / 2 + rng.uniform(-3, 3)
    figure = _figure(rng, ground, x, y, SIZE * RADII[word])
    name = f"a {word} {figure.colour} {figure.shape}" if word else _name(rng, figure)
    return Scene(ground, (figure,), f"{name} {_on(rng, ground)}")


def _at_a_place(rng: np.random.Generator, ground: Colour) -> Scene:
    place = _pick(rng, list(PLACES))
    x, y = place_centre(place)
    x, y = x + rng.uniform(-2, 2), y + rng.uniform(-2, 2)
    figure = _figure(rng, ground, x, y, SIZE * RADIUS_OF_PLACED)
    return Scene(ground, (figure,), f"{_name(rng, figure)} {place} {_on(rng, ground)}")


def _side_by_side(rng: np.random.Generator, ground: Colour) -> Scene:
    near, far = SIZE * 0.27, SIZE * 0.73
    left = _figure(rng, ground, near, SIZE / 2 + rng.uniform(-4, 4), SIZE * RADIUS_OF_PLACED)
    height = SIZE / 2 + rng.uniform(-4, 4)
    right = _figure(rng, ground, far, height, SIZE * RADIUS_OF_PLACED, (left.colour,))
    return _related(rng, ground, (left, right), ("left of", "right of"))


def _stacked(rng: np.random.Generator, ground: Colour) -> Scene:
    near, far = SIZE * 0.27, SIZE * 0.73
    upper = _figure(rng, ground, SIZE / 2 + rng.uniform(-4, 4), near, SIZE * RADIUS_OF_PLACED)
    across = SIZE / 2 + rng.uniform(-4, 4)
    lower = _figure(rng, ground, across, far, SIZE * RADIUS_OF_PLACED, (upper.colour,))
    return _related(rng, ground, (upper, lower), ("above", "below"))


def _related(
    rng: np.random.Generator,
    ground: Colour,
    figures: tuple[Figure, Figure],
    words: tuple[str, str],
) -> Scene:
    """Name two figures in either order with the word that fits it."""
    turned = int(rng.integers(2))
    first, second = figures[turned], figures[1 - turned]
    relation = f"{_name(rng, first)} {words[turned]} {_name(rng, second)}"
    return Scene(ground, figures, f"{relation} {_on(rng, ground)}")


def _figure(
    rng: np.random.Generator,
    ground: Colour,
    x: float,
    y: float,
    radius: float,
    taken: Collection[Colour] = (),
) -> Figure:
    while True:
        colour, shape = _pick(rng, list(Colour)), _pick(rng, list(Shape))
        if colour is not ground and colour not in taken and not is_held_out(colour, shape, ground):
            return Figure(colour, shape, x, y, radius)


def _name(rng: np.random.Generator, figure: Figure) -> str:
    return f"{_article(rng, figure.colour)} {figure.colour} {figure.shape}"


def _on(rng: np.random.Generator, ground: Colour) -> str:
    return f"on {_article(rng, ground)} {ground} background"


def _article(rng: np.random.Generator, colour: Colour) -> str:
    # People and programs write both, so the model hears both.
    return "an" if colour is Colour.ORANGE and rng.random() < 0.5 else "a"


def _pick(rng: np.random.Generator, options: Sequence[Option]) -> Option:
    return options[int(rng.integers(len(options)))]

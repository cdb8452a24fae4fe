import re
from collections import Counter

import numpy as np
import pytest

from training.scenes import (
    PALETTE,
    PLACES,
    RADII,
    SIZE,
    Colour,
    Scene,
    combinations,
    is_held_out,
    place_centre,
    training_scenes,
)
from training.shapes import Shape

FIGURE = r"an? (?:(?P<size>small|large) )?(?P<colour>\w+) (?P<shape>\w+)"


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return training_scenes(3000, seed=11)


def test_the_same_seed_draws_the_same_scenes_and_pixels() -> None:
    first, again = training_scenes(20, seed=3), training_scenes(20, seed=3)
    assert first == again
    assert all(np.array_equal(a.picture(), b.picture()) for a, b in zip(first, again, strict=True))


def test_another_seed_draws_other_scenes() -> None:
    assert training_scenes(20, seed=3) != training_scenes(20, seed=4)


def test_more_scenes_begin_with_the_same_ones() -> None:
    assert training_scenes(30, seed=3)[:20] == training_scenes(20, seed=3)


def test_captions_name_the_colours_that_the_pixels_have(scenes: list[Scene]) -> None:
    for scene in scenes[:300]:
        picture = scene.picture()
        assert f"{scene.ground} background" in scene.caption
        assert tuple(picture[0, 0]) == PALETTE[scene.ground]
        for figure in scene.figures:
            shown = (picture == np.asarray(PALETTE[figure.colour])).all(axis=-1)
            rows, columns = np.nonzero(shown)
            assert f"{figure.colour} {figure.shape}" in scene.caption
            assert np.hypot(columns + 0.5 - figure.x, rows + 0.5 - figure.y).min() < SIZE / 4


def test_captions_name_the_place_of_the_figure(scenes: list[Scene]) -> None:
    placed = [scene for scene in scenes if re.search(rf"^{FIGURE} at the ", scene.caption)]
    assert len(placed) > 500
    for scene in placed:
        place = re.sub(rf"^{FIGURE} | on an? \w+ background$", "", scene.caption)
        (figure,) = scene.figures
        assert np.hypot(*np.subtract((figure.x, figure.y), place_centre(place))) < 3.0


def test_captions_name_the_size_of_a_figure_in_the_middle(scenes: list[Scene]) -> None:
    middle = [
        scene for scene in scenes if re.fullmatch(rf"{FIGURE} on an? \w+ background", scene.caption)
    ]
    assert len(middle) > 1000
    for scene in middle:
        said = re.match(FIGURE, scene.caption)
        assert said is not None
        assert scene.figures[0].radius == SIZE * RADII[said["size"] or ""]


@pytest.mark.parametrize(
    ("word", "axis", "sign"),
    [("left of", "x", -1), ("right of", "x", 1), ("above", "y", -1), ("below", "y", 1)],
)
def test_captions_of_two_figures_tell_how_they_lie(
    scenes: list[Scene], word: str, axis: str, sign: int
) -> None:
    related = [scene for scene in scenes if f" {word} a" in scene.caption]
    assert len(related) > 50
    for scene in related:
        named = {f"{figure.colour} {figure.shape}": figure for figure in scene.figures}
        first, second = re.findall(
            r"an? (\w+ \w+)(?= left| right| above| below| on)", scene.caption
        )
        apart = getattr(named[first], axis) - getattr(named[second], axis)
        assert apart * sign > SIZE / 3


def test_orange_takes_both_articles(scenes: list[Scene]) -> None:
    said = Counter(re.findall(r"\ban? orange", " ".join(scene.caption for scene in scenes)))
    assert min(said["a orange"], said["an orange"]) > 50


def test_no_training_scene_shows_a_held_out_combination() -> None:
    shown = {
        (figure.colour, figure.shape, scene.ground)
        for scene in training_scenes(20_000, seed=0)
        for figure in scene.figures
    }
    held_out = {found for found in combinations() if is_held_out(*found)}
    assert not shown & held_out
    assert shown | held_out == set(combinations())


def test_about_a_tenth_is_held_out_and_it_never_changes() -> None:
    held_out = [found for found in combinations() if is_held_out(*found)]
    assert len(held_out) == 77
    assert held_out[0] == (Colour.RED, Shape.SQUARE, Colour.GREEN)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_colour_shape_and_ground_is_trained_plenty(part: int) -> None:
    left = Counter(found[part] for found in combinations() if not is_held_out(*found))
    assert min(left.values()) >= 60


def test_every_shape_is_seen_in_every_colour_and_on_every_ground() -> None:
    trained = [found for found in combinations() if not is_held_out(*found)]
    assert min(Counter((colour, shape) for colour, shape, _ in trained).values()) >= 5
    assert min(Counter((shape, ground) for _, shape, ground in trained).values()) >= 5


def test_the_nine_places_are_far_enough_apart_to_tell() -> None:
    centres = [place_centre(place) for place in PLACES]
    nearest = min(np.hypot(*np.subtract(a, b)) for a in centres for b in centres if a != b)
    assert nearest > SIZE / 5

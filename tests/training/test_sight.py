import numpy as np
import pytest

from training.scenes import PALETTE, Colour, Figure, Scene, training_scenes
from training.shapes import Shape, coverage
from training.sight import fit_shape, look, nearest_colour, nearest_place


def test_a_drawn_scene_is_seen_as_it_was_drawn() -> None:
    singles = [scene for scene in training_scenes(200, seed=5) if len(scene.figures) == 1]
    for scene in singles:
        (figure,) = scene.figures
        seen = look(scene.picture())
        assert seen.fitted is not None
        assert (seen.ground, seen.colour, seen.fitted.shape) == (
            scene.ground,
            figure.colour,
            figure.shape,
        ), scene.caption


@pytest.mark.parametrize("shape", list(Shape))
def test_position_and_size_are_found_to_half_a_pixel(shape: Shape) -> None:
    fitted = fit_shape(coverage(shape, 29.6, 35.2, 14.3))
    assert fitted.shape is shape
    assert (fitted.x, fitted.y, fitted.radius) == pytest.approx((29.6, 35.2, 14.3), abs=0.5)
    assert fitted.overlap > 0.93


def test_noise_and_soft_edges_do_not_hide_a_scene() -> None:
    rng = np.random.default_rng(0)
    scene = Scene(Colour.GRAY, (Figure(Colour.GREEN, Shape.HEART, 31.0, 33.0, 17.0),), "")
    picture = scene.picture().astype(np.float64)
    softened = (picture + np.roll(picture, 1, 0) + np.roll(picture, 1, 1)) / 3.0
    noisy = np.clip(softened + rng.normal(0.0, 8.0, softened.shape), 0, 255).astype(np.uint8)
    seen = look(noisy)
    assert seen.fitted is not None
    assert (seen.ground, seen.colour, seen.fitted.shape) == (
        Colour.GRAY,
        Colour.GREEN,
        Shape.HEART,
    )


def test_an_empty_ground_shows_no_figure() -> None:
    seen = look(Scene(Colour.PINK, (), "").picture())
    assert seen.ground is Colour.PINK
    assert seen.colour is None
    assert seen.fitted is None


@pytest.mark.parametrize("colour", list(Colour))
def test_a_slightly_wrong_colour_keeps_its_name(colour: Colour) -> None:
    assert nearest_colour(np.asarray(PALETTE[colour], dtype=np.float32) + 12.0) is colour


@pytest.mark.parametrize(
    ("x", "y", "place"),
    [
        (13, 17, "at the top left"),
        (33, 31, ""),
        (50, 33, "at the right"),
        (30, 47, "at the bottom"),
    ],
)
def test_a_point_is_named_after_the_nearest_place(x: float, y: float, place: str) -> None:
    assert nearest_place(x, y) == place

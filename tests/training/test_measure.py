from dataclasses import replace

import numpy as np

from training.measure import Request, mark, requests, score
from training.scenes import SIZE, Colour, Figure, Picture, Scene, place_centre
from training.shapes import Shape


def drawn(request: Request) -> Picture:
    """What the drawing program makes of a request: a perfect answer, a little off centre."""
    x, y = place_centre(request.place) if request.place else (SIZE / 2, SIZE / 2)
    radius = SIZE * (0.19 if request.place else 0.27)
    figure = Figure(request.colour, request.shape, x + 1.3, y - 0.7, radius)
    return Scene(request.ground, (figure,), "").picture()


def test_perfect_pictures_score_everything() -> None:
    marked = [mark(request, drawn(request)) for request in requests()]
    assert len(marked) == 60
    assert all(found.obeyed for found in marked)
    result = score(marked)
    assert (result.colours, result.shape, result.place) == (1.0, 1.0, 1.0)


def test_a_third_of_the_requests_is_held_out_and_half_name_a_place() -> None:
    asked = requests()
    assert sum(request.held_out for request in asked) == 20
    assert sum(bool(request.place) for request in asked) == 30
    assert sum(request.held_out and bool(request.place) for request in asked) == 10
    assert [request.seed for request in asked] == list(range(1, 61))
    assert len({request.prompt for request in asked}) == 60


def test_requests_never_change() -> None:
    assert requests() == requests()


def test_prompts_are_worded_like_captions() -> None:
    request = Request(1, Colour.RED, Shape.STAR, Colour.BLUE, "at the top left")
    assert request.prompt == "a red star at the top left on a blue background"
    assert replace(request, place="").prompt == "a red star on a blue background"


def test_each_mistake_costs_its_own_mark() -> None:
    wanted = Request(1, Colour.RED, Shape.STAR, Colour.BLUE, "at the top left")
    wrong_ground = mark(wanted, drawn(replace(wanted, ground=Colour.GREEN)))
    wrong_colour = mark(wanted, drawn(replace(wanted, colour=Colour.YELLOW)))
    wrong_shape = mark(wanted, drawn(replace(wanted, shape=Shape.RING)))
    wrong_place = mark(wanted, drawn(replace(wanted, place="at the bottom")))
    assert not any(one.obeyed for one in (wrong_ground, wrong_colour, wrong_shape, wrong_place))
    found = [
        (one.ground, one.figure, one.shape, one.place)
        for one in (wrong_ground, wrong_colour, wrong_shape, wrong_place)
    ]
    assert found == [
        (False, True, True, True),
        (True, False, True, True),
        (True, True, False, True),
        (True, True, True, False),
    ]


def test_an_empty_picture_gets_only_its_ground_right() -> None:
    wanted = Request(1, Colour.RED, Shape.STAR, Colour.BLUE, "at the top")
    found = mark(wanted, Scene(Colour.BLUE, (), "").picture())
    assert (found.ground, found.figure, found.shape, found.place) == (True, False, False, False)


def test_noise_scores_next_to_nothing() -> None:
    rng = np.random.default_rng(0)
    marked = [
        mark(request, rng.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8))
        for request in requests()[:20]
    ]
    assert score(marked).colours < 0.2

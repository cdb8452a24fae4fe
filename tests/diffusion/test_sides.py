"""Several prompts of one side: what counts where, and the picture that they make together."""

import math
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from diffusion.conditioning import Condition
from diffusion.evaluation import evaluate
from diffusion.formulas import ClassifierFree
from diffusion.guidance import Guider, answer_together, classifier_free
from diffusion.model import DiffusionModel
from diffusion.placing import place
from diffusion.samplers.question import Question
from diffusion.sides import ask_side
from tests.diffusion.formula_model import CountingNetwork, formula_model

SIZE = 32
SIGMA = 2.0
X = torch.randn(2, 4, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def _flat(x: Tensor, timestep: Tensor, context: Tensor, /) -> Tensor:
    """A network whose picture is the prompt everywhere: x − picture = sigma · noise."""
    del timestep
    picture = context.mean(dim=(1, 2)).view(-1, 1, 1, 1)
    return (x * math.hypot(SIGMA, 1.0) - picture) / SIGMA


def _flat_model() -> DiffusionModel:
    model = formula_model()
    return DiffusionModel(
        network=_flat,
        parameterisation=model.parameterisation,
        latent_format=model.latent_format,
        family="flat",
        device=model.device,
        dtype=model.dtype,
    )


def _condition(value: float, **options: object) -> Condition:
    return Condition(torch.full((1, 77, 8), value), options=options)


def _picture(
    conditions: Sequence[Condition], x: Tensor = X, model: DiffusionModel | None = None
) -> Tensor:
    """What one side makes of a question."""
    model = model or _flat_model()
    placed = place({"positive": conditions}, model, torch.zeros_like(x))["positive"]
    side = ask_side(placed, x, SIGMA)
    patches = [None] * len(side.placed)
    return side.mean(evaluate(model, side.evaluations(patches)))


def _close(ours: Tensor, expected: Tensor | float) -> None:
    wanted = torch.as_tensor(expected, dtype=torch.float32).expand_as(ours)
    torch.testing.assert_close(ours, wanted, rtol=1e-5, atol=1e-5)


def test_beside_an_area_the_picture_is_the_other_prompts_and_in_it_the_mean() -> None:
    whole = _condition(0.2, strength=1.0)
    left = _condition(1.0, area=(SIZE, 16, 0, 0), strength=3.0)

    made = _picture([whole, left])

    _close(made[..., 16:], 0.2)
    _close(made[..., :12], (0.2 + 3.0 * 1.0) / 4.0)
    # It fades over a quarter of its width, for an area of this one is 4 cells.
    for place_, share in zip(range(12, 16), (4, 3, 2, 1), strict=True):
        weight = 3.0 * share / 4.0
        _close(made[..., place_], (0.2 + weight) / (1.0 + weight))


def test_two_halves_meet_in_the_middle() -> None:
    left = _condition(1.0, area=(SIZE, 20, 0, 0))
    right = _condition(-1.0, area=(SIZE, 20, 0, 12))

    made = _picture([left, right])

    _close(made[..., :12], 1.0)
    _close(made[..., 20:], -1.0)
    _close(made + made.flip(-1), 0.0)


def test_masks_share_the_picture_by_their_values() -> None:
    mask = torch.linspace(0.0, 1.0, SIZE).expand(1, SIZE, SIZE)

    made = _picture([_condition(1.0, mask=mask), _condition(0.0, mask=1.0 - mask)])

    _close(made, mask[None])


def test_where_nothing_counts_the_picture_is_empty() -> None:
    mask = torch.zeros(1, SIZE, SIZE)
    mask[..., :8] = 1.0

    made = _picture([_condition(1.0, mask=mask)])

    _close(made[..., :8], 1.0)
    _close(made[..., 8:], 0.0)


def test_the_order_of_prompts_makes_no_difference() -> None:
    parts = [
        _condition(0.3, area=(16, 16, 8, 8), strength=2.0),
        _condition(-0.9, mask=torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(2))),
        _condition(0.5, strength=0.5),
    ]

    model = formula_model()
    _close(_picture(parts, model=model), _picture(parts[::-1], model=model))


def test_a_default_prompt_fills_what_the_others_leave() -> None:
    mask = torch.linspace(0.0, 2.0, SIZE).expand(1, SIZE, SIZE)
    parts = [_condition(1.0, mask=mask), _condition(-1.0, default=True)]

    made = _picture(parts)

    share = mask.clamp(max=1.0)
    _close(made, ((mask - (1.0 - share)) / (mask + 1.0 - share))[None])


def test_a_default_prompt_is_not_asked_where_the_others_fill_everything() -> None:
    network = CountingNetwork()

    _picture(
        [_condition(1.0), _condition(-1.0, default=True)], model=formula_model(network=network)
    )

    assert [x[0] for x, _ in network.calls] == [2]


def test_an_area_is_asked_alone_and_areas_of_one_size_share_a_pass() -> None:
    network = CountingNetwork()
    parts = [_condition(0.1, area=(16, 16, y, x)) for y in (0, 16) for x in (0, 16)]

    _picture([*parts, _condition(0.4)], model=formula_model(network=network))

    assert sorted(tuple(x) for x, _ in network.calls) == [(2, 4, 32, 32), (8, 4, 16, 16)]


@settings(max_examples=25, deadline=None)
@given(
    split=st.integers(1, SIZE - 1),
    strength=st.floats(0.1, 5.0),
    value=st.floats(-1, 1),
)
def test_areas_that_tile_the_picture_under_one_prompt_are_the_prompt_alone(
    split: int, strength: float, value: float
) -> None:
    parts = [
        _condition(value, area=(SIZE, split, 0, 0), strength=strength),
        _condition(value, area=(SIZE, SIZE - split, 0, split)),
    ]

    _close(_picture(parts), _picture([_condition(value)]))


def test_a_batch_equals_its_items() -> None:
    masks = torch.rand(2, SIZE, SIZE, generator=torch.Generator().manual_seed(4))
    model = formula_model()

    def parts(mask: Tensor) -> list[Condition]:
        return [
            _condition(0.5, mask=mask, set_area_to_bounds=True),
            _condition(0.1, area=(8, 9, 3, 2)),
        ]

    both = _picture(parts(masks), model=model)

    for item in range(2):
        one = slice(item, item + 1)
        _close(both[one], _picture(parts(masks[one]), X[one], model))


def _guided(positive: Sequence[Condition], negative: Sequence[Condition], cfg: float) -> Tensor:
    model = _flat_model()
    guider = classifier_free(positive, negative, cfg).placed(model, torch.zeros_like(X))
    return answer_together(model, [(guider, Question(X, SIGMA, 0))])[0].denoised


def test_the_negative_prompt_is_asked_on_the_area_of_the_positive_one_too() -> None:
    sides = {
        "positive": [_condition(1.0, area=(16, 16, 0, 0), strength=2.0), _condition(0.3)],
        "negative": [_condition(-0.5)],
    }

    placed = place(sides, _flat_model(), torch.zeros_like(X))

    positive, negative = placed["positive"], placed["negative"]
    assert len(positive) == 2
    assert [one.region.area for one in negative] == [None, positive[0].region.area]
    assert negative[1].region == positive[0].region
    assert negative[1].prompt is negative[0].prompt


def test_the_prompt_of_the_smallest_area_around_is_the_counterpart() -> None:
    near, far = (24, 24, 0, 0), (32, 32, 0, 0)
    sides = {
        "positive": [_condition(1.0, area=(16, 16, 4, 4))],
        "negative": [_condition(-0.1, area=far), _condition(-0.2, area=near), _condition(-0.3)],
    }

    placed = place(sides, _flat_model(), torch.zeros_like(X))["negative"]

    assert placed[3].prompt is placed[1].prompt
    assert len(placed) == 4


def test_sides_with_the_same_areas_stay_as_they_are() -> None:
    area = (16, 16, 4, 4)
    sides = {"positive": [_condition(1.0, area=area)], "negative": [_condition(-0.1, area=area)]}

    placed = place(sides, _flat_model(), torch.zeros_like(X))

    assert {name: len(side) for name, side in placed.items()} == {"positive": 1, "negative": 1}


def test_guidance_over_areas_is_guidance_of_each_area() -> None:
    made = _guided(
        [_condition(1.0, area=(32, 16, 0, 0)), _condition(0.25)], [_condition(-1.0)], 3.0
    )

    _close(made[..., 16:], -1.0 + 3.0 * 1.25)
    _close(made[..., :8], -1.0 + 3.0 * (0.625 + 1.0))


@pytest.mark.parametrize(("cfg", "expected"), [(0.0, -1.0), (1.0, 0.5)])
def test_the_ends_of_guidance_are_the_two_prompts(cfg: float, expected: float) -> None:
    _close(_guided([_condition(0.5)], [_condition(-1.0)], cfg), expected)


def test_prompts_of_different_lengths_answer_as_each_alone() -> None:
    long, short = torch.randn(1, 231, 8), torch.randn(1, 154, 8)
    model = formula_model()
    both = [Condition(long, options={"strength": 2.0}), Condition(short)]

    made = _picture(both, model=model)

    apart = [_picture([Condition(one)], model=model) for one in (long, short)]
    _close(made, (2.0 * apart[0] + apart[1]) / 3.0)


def test_a_guider_with_a_positive_side_alone_never_asks_another() -> None:
    network = CountingNetwork()
    model = formula_model(network=network)
    guider = Guider({"positive": (_condition(0.5),)}, ClassifierFree(7.0))

    answer_together(model, [(guider.placed(model, torch.zeros_like(X)), Question(X, SIGMA, 0))])

    assert [x[0] for x, _ in network.calls] == [2]

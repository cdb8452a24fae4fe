"""Conditions placed on a latent: what the network is told beside the prompt, and for which area."""

from dataclasses import replace

import torch

from diffusion.conditioning import Condition
from diffusion.evaluation import evaluate
from diffusion.guidance import answer_together, classifier_free
from diffusion.model import DiffusionModel
from diffusion.placing import place
from diffusion.samplers.question import Question
from diffusion.size_conditioning import SizeConditioning, Told
from tests.diffusion.formula_model import CountingNetwork, formula_model

LATENT = torch.zeros(2, 4, 16, 24)
TOLD = SizeConditioning(Told.AESTHETICS, 6 + 256 * 5)


class _Listening(CountingNetwork):
    """Remembers the vectors that it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.vectors: list[torch.Tensor] = []

    def __call__(
        self,
        x: torch.Tensor,
        timestep: torch.Tensor,
        context: torch.Tensor,
        /,
        *,
        vector: torch.Tensor | None = None,
    ) -> torch.Tensor:
        assert vector is not None
        self.vectors.append(vector)
        return super().__call__(x, timestep, context)


def _model(network: CountingNetwork | None = None) -> DiffusionModel:
    return replace(formula_model(network=network), told=TOLD)


def _condition(value: float, **options: object) -> Condition:
    pooled = torch.full((1, 6), value)
    return Condition(torch.full((1, 77, 8), value), options={"pooled_output": pooled, **options})


def _vector(condition: Condition, *, negative: bool) -> torch.Tensor:
    return TOLD.vector(condition.options, width=192, height=128, negative=negative)


def test_the_vector_tells_the_size_of_the_whole_picture_whatever_the_area() -> None:
    condition = _condition(0.5, area=(8, 8, 0, 0))

    (placed,) = place({"positive": [condition]}, _model(), LATENT)["positive"]

    assert placed.prompt.vector is not None
    assert torch.equal(placed.prompt.vector, _vector(condition, negative=False))


def test_the_negative_side_is_told_to_be_what_the_picture_is_not() -> None:
    condition = _condition(0.5)

    placed = place({"positive": [condition], "negative": [condition]}, _model(), LATENT)

    wanted, unwanted = (placed[name][0].prompt.vector for name in ("positive", "negative"))
    assert wanted is not None
    assert unwanted is not None
    assert not torch.equal(wanted, unwanted)
    assert torch.equal(unwanted, _vector(condition, negative=True))


def test_a_counterpart_keeps_its_own_vector() -> None:
    positive, negative = _condition(0.5, area=(8, 8, 0, 0)), _condition(-0.5)

    placed = place({"positive": [positive], "negative": [negative]}, _model(), LATENT)

    assert placed["negative"][1].prompt is placed["negative"][0].prompt


def test_each_row_of_a_pass_is_told_its_own_vector() -> None:
    network = _Listening()
    model = _model(network)
    positive, negative = _condition(0.5), _condition(-0.5)
    guider = classifier_free((positive,), (negative,), 3.0).placed(model, LATENT)

    answer_together(model, [(guider, Question(LATENT, 2.0, 0))])

    (vectors,) = network.vectors
    assert vectors.shape == (4, TOLD.width)
    for rows, condition, is_negative in (
        (slice(0, 2), positive, False),
        (slice(2, 4), negative, True),
    ):
        expected = _vector(condition, negative=is_negative).expand(2, -1)
        torch.testing.assert_close(vectors[rows], expected)


def test_what_is_not_told_anything_is_called_without_a_vector() -> None:
    network = CountingNetwork()
    (placed,) = place({"positive": [_condition(0.5)]}, formula_model(), LATENT)["positive"]

    evaluate(formula_model(network=network), [placed.evaluation(LATENT, 2.0)])

    assert placed.prompt.vector is None
    assert len(network.calls) == 1

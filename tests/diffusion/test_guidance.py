"""Guidance: how pictures are combined, and several runs in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from diffusion.conditioning import Condition
from diffusion.formulas import ClassifierFree, DualClassifierFree, perpendicular
from diffusion.guidance import Guider, PlacedGuider, answer_together, classifier_free
from diffusion.model import DiffusionModel
from diffusion.moment import Moment
from diffusion.samplers.question import Answer, Question
from tests.diffusion.formula_model import CountingNetwork, formula_model


def _condition(value: float, **options: float) -> Condition:
    levels = {key: options.pop(key) for key in ("sigma_from", "sigma_to") if key in options}
    return Condition(torch.full((1, 77, 8), value), **levels, options=options)


POSITIVE, NEGATIVE = _condition(0.5), _condition(-0.25)


def _question(seed: int = 0, *, unconditional: bool = False) -> Question:
    x = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(seed))
    return Question(x, 2.0, 0, unconditional=unconditional)


def _placed(guider: Guider, model: DiffusionModel | None = None) -> PlacedGuider:
    return guider.placed(model or formula_model(), torch.zeros(1, 4, 8, 8))


def _answer(guider: Guider, question: Question, model: DiffusionModel | None = None) -> Answer:
    model = model or formula_model()
    return answer_together(model, [(_placed(guider, model), question)])[0]


def _alone(condition: Condition, question: Question) -> Tensor:
    return _answer(Guider({"positive": (condition,)}, ClassifierFree(1.0)), question).denoised


def _mix(conditions: Sequence[Condition], question: Question) -> Tensor:
    return _answer(Guider({"positive": conditions}, ClassifierFree(1.0)), question).denoised


def test_the_answer_is_drawn_away_from_the_negative() -> None:
    question = _question()

    answer = _answer(classifier_free((POSITIVE,), (NEGATIVE,), 4.0), question)

    low, high = _alone(NEGATIVE, question), _alone(POSITIVE, question)
    torch.testing.assert_close(answer.denoised, low + 4.0 * (high - low))
    assert answer.unconditional is None


@pytest.mark.parametrize("cfg", [1.0, 4.0])
def test_the_unconditional_picture_comes_when_asked_for(cfg: float) -> None:
    question = _question(unconditional=True)

    answer = _answer(classifier_free((POSITIVE,), (NEGATIVE,), cfg), question)

    assert answer.unconditional is not None
    torch.testing.assert_close(answer.unconditional, _alone(NEGATIVE, question))


def test_a_lone_prompt_is_its_own_unconditional_picture() -> None:
    question = _question(unconditional=True)

    answer = _answer(Guider({"positive": (POSITIVE,)}, ClassifierFree(1.0)), question)

    assert answer.unconditional is not None
    assert torch.equal(answer.unconditional, answer.denoised)


def test_several_prompts_of_one_side_are_averaged_by_strength() -> None:
    parts = (_condition(0.9, strength=1.0), _condition(-0.3, strength=3.0))
    question = _question()

    mean = 0.25 * _alone(parts[0], question) + 0.75 * _alone(parts[1], question)
    torch.testing.assert_close(_mix(parts, question), mean)


def test_a_prompt_holds_only_in_its_range() -> None:
    early, late = _condition(0.9, sigma_to=3.0), _condition(-0.3, sigma_from=3.0)
    question = _question()

    torch.testing.assert_close(_mix((early, late), question), _alone(late, question))


@pytest.mark.parametrize("never", [{"sigma_to": 3.0}, {"strength": 0.0}])
def test_where_no_prompt_holds_the_picture_is_empty_and_nothing_is_asked(
    never: dict[str, float],
) -> None:
    network = CountingNetwork()
    guider = Guider({"positive": (_condition(0.9, **never),)}, ClassifierFree(1.0))

    answer = _answer(guider, _question(), formula_model(network=network))

    assert not bool(answer.denoised.any())
    assert network.calls == []


def test_two_jobs_share_a_pass_and_get_their_own_answers() -> None:
    network = CountingNetwork()
    model = formula_model(network=network)
    jobs = [
        (_placed(classifier_free((_condition(0.5),), (_condition(-0.2),), 4.0)), _question(1)),
        (_placed(classifier_free((_condition(0.1),), (_condition(-0.9),), 1.0)), _question(2)),
    ]

    together = answer_together(model, jobs)

    assert [x[0] for x, _ in network.calls] == [3]
    for job, answer in zip(jobs, together, strict=True):
        alone = answer_together(formula_model(), [job])[0]
        torch.testing.assert_close(answer.denoised, alone.denoised)


class TestTwoPromptsAndANegative:
    """Guidance by two prompts."""

    MIDDLE = _condition(0.1)

    def _guided(
        self, formula: DualClassifierFree, network: CountingNetwork | None = None
    ) -> Tensor:
        sides = {"positive": (POSITIVE,), "middle": (self.MIDDLE,), "negative": (NEGATIVE,)}
        return _answer(Guider(sides, formula), _question(), formula_model(network=network)).denoised

    def test_both_differences_are_added(self) -> None:
        first, second, none = (_alone(c, _question()) for c in (POSITIVE, self.MIDDLE, NEGATIVE))

        guided = self._guided(DualClassifierFree(5.0, 2.0))

        torch.testing.assert_close(guided, none + 2.0 * (second - none) + 5.0 * (first - second))

    def test_nested_one_is_drawn_away_from_the_other_first(self) -> None:
        first, second, none = (_alone(c, _question()) for c in (POSITIVE, self.MIDDLE, NEGATIVE))

        guided = self._guided(DualClassifierFree(5.0, 2.0, nested=True))

        inner = second + 5.0 * (first - second)
        torch.testing.assert_close(guided, none + 2.0 * (inner - none))

    @pytest.mark.parametrize(
        ("scales", "rows"), [((1.0, 1.0), 1), ((3.0, 1.0), 2), ((1.0, 3.0), 3)]
    )
    def test_a_prompt_that_the_scales_cancel_is_not_asked(
        self, scales: tuple[float, float], rows: int
    ) -> None:
        network = CountingNetwork()

        self._guided(DualClassifierFree(*scales), network)

        assert [x[0] for x, _ in network.calls] == [rows]


class TestPerpendicularNegative:
    """Guidance away from what the negative prompt does not share with the positive one."""

    def _pictures(self, batch: int = 2) -> tuple[Tensor, Tensor, Tensor]:
        generator = torch.Generator().manual_seed(3)
        first, second, third = torch.randn(3, batch, 4, 8, 8, generator=generator)
        return first, second, third

    def test_what_is_taken_away_is_perpendicular_to_the_prompt(self) -> None:
        positive, negative, empty = self._pictures()

        plain = perpendicular(positive, negative, empty, 1.0, 0.0)
        guided = perpendicular(positive, negative, empty, 1.0, 2.0)

        torch.testing.assert_close(plain, positive)
        taken = (plain - guided).flatten(1)
        assert float((taken * (positive - empty).flatten(1)).sum(1).abs().max()) < 1e-2
        assert float(taken.norm()) > 1.0

    def test_a_negative_that_says_the_same_takes_nothing_away(self) -> None:
        positive, _, empty = self._pictures()

        guided = perpendicular(positive, empty + 3.0 * (positive - empty), empty, 2.0, 1.0)

        torch.testing.assert_close(guided, empty + 2.0 * (positive - empty), rtol=1e-4, atol=1e-4)

    def test_a_batch_equals_its_items(self) -> None:
        pictures = self._pictures()

        both = perpendicular(*pictures, 4.0, 1.5)

        for place in range(2):
            positive, negative, empty = (p[place : place + 1] for p in pictures)
            alone = perpendicular(positive, negative, empty, 4.0, 1.5)
            torch.testing.assert_close(both[place : place + 1], alone)

    def test_a_prompt_that_says_nothing_gives_numbers(self) -> None:
        _, negative, empty = self._pictures()

        assert bool(torch.isfinite(perpendicular(empty, negative, empty, 4.0, 1.0)).all())


@dataclass(frozen=True)
class _Brighter:
    """A correction that adds a number."""

    by: float
    watched: str | None = None

    def __call__(self, moment: Moment, denoised: Tensor, /) -> Tensor:
        return denoised + self.by * moment.pictures["positive"]


def test_corrections_come_after_guidance_and_leave_the_model_as_it_was() -> None:
    plain = formula_model()
    patched = plain.with_correction(_Brighter(0.5)).with_correction(_Brighter(0.25))
    guider, question = classifier_free((POSITIVE,), (NEGATIVE,), 4.0), _question()

    answer = _answer(guider, question, patched)

    before = _answer(guider, question, plain).denoised
    torch.testing.assert_close(answer.denoised, before + 0.75 * _alone(POSITIVE, question))
    assert patched.network is plain.network

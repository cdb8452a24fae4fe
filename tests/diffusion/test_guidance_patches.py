"""Ways to guide that models are patched with, against their formulas."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from diffusion.attention import AttentionWatch, values_alone
from diffusion.blur import gaussian_blur
from diffusion.conditioning import Condition
from diffusion.evaluation import Evaluation, evaluate
from diffusion.formulas import ClassifierFree, perpendicular, rescaled
from diffusion.guidance import Guider, answer_together, classifier_free
from diffusion.guidance_patches import (
    PerpendicularGuidance,
    PerturbedAttentionGuidance,
    RescaledGuidance,
    SelfAttentionGuidance,
)
from diffusion.model import DiffusionModel
from diffusion.samplers.question import Question
from tests.diffusion.formula_model import CountingNetwork, formula_model
from tests.diffusion.tiny_unet import tiny_model

SIGMA = 3.0
X = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))


def _condition(seed: int, **options: object) -> Condition:
    context = torch.randn(1, 77, 8, generator=torch.Generator().manual_seed(seed))
    return Condition(context, options=options)


POSITIVE, NEGATIVE, EMPTY = (_condition(seed) for seed in (1, 2, 3))


def _guided(model: DiffusionModel, cfg: float = 4.0, *, x: Tensor = X) -> Tensor:
    guider = classifier_free((POSITIVE,), (NEGATIVE,), cfg)
    return _answer(model, guider, x)


def _answer(model: DiffusionModel, guider: Guider, x: Tensor = X) -> Tensor:
    placed = guider.placed(model, torch.zeros_like(x))
    return answer_together(model, [(placed, Question(x, SIGMA, 0))])[0].denoised


def _alone(model: DiffusionModel, condition: Condition, x: Tensor = X) -> Tensor:
    return evaluate(model, [Evaluation(x, SIGMA, condition.context)])[0]


class TestRescaling:
    """Guidance that keeps the contrast of the prompt's own picture."""

    def test_without_multiplier_it_is_plain_guidance(self) -> None:
        model = formula_model()

        rescaled_ = _guided(model.with_combination(RescaledGuidance(0.0)))

        torch.testing.assert_close(rescaled_, _guided(model), rtol=1e-4, atol=1e-5)

    def test_fully_rescaled_velocities_deviate_as_the_prompts_own(self) -> None:
        model = formula_model()
        factor = math.hypot(SIGMA, 1.0) / SIGMA

        made = _guided(model.with_combination(RescaledGuidance(1.0)), 9.0)

        def deviation(picture: Tensor) -> Tensor:
            velocity = (X / (SIGMA**2 + 1.0) - picture) * factor
            return velocity.std(dim=(1, 2, 3))

        torch.testing.assert_close(deviation(made), deviation(_alone(model, POSITIVE)))
        assert (deviation(_guided(model, 9.0)) - deviation(made)).abs().min() > 1e-3

    def test_pictures_without_any_contrast_give_numbers(self) -> None:
        flat = torch.ones_like(X)

        assert bool(torch.isfinite(rescaled(flat, SIGMA, flat, flat, 4.0, 0.7)).all())

    @given(st.floats(0.0, 1.0), st.floats(0.0, 20.0))
    def test_between_the_ends_it_is_between_them(self, multiplier: float, cfg: float) -> None:
        positive, negative = X.roll(1, 0), X.flip(-1)

        made, none, full = (
            rescaled(X, SIGMA, positive, negative, cfg, share) for share in (multiplier, 0.0, 1.0)
        )

        torch.testing.assert_close(made, torch.lerp(none, full, multiplier), rtol=1e-3, atol=1e-4)


class TestPerpNeg:
    """The model's own Perp-Neg."""

    def _model(self, network: CountingNetwork | None = None) -> DiffusionModel:
        empty: list[list[Any]] = [[EMPTY.context, {}]]
        return formula_model(network=network).with_combination(PerpendicularGuidance(empty, 1.5))

    @pytest.mark.parametrize("cfg", [1.0, 4.0])
    def test_all_three_prompts_are_asked_in_one_pass(self, cfg: float) -> None:
        network = CountingNetwork()

        made = _guided(self._model(network), cfg)

        assert [x[0] for x, _ in network.calls] == [6]
        plain = formula_model()
        wanted, unwanted, empty = (_alone(plain, it) for it in (POSITIVE, NEGATIVE, EMPTY))
        torch.testing.assert_close(made, perpendicular(wanted, unwanted, empty, cfg, 1.5))

    def test_a_guider_without_negative_prompt_guides_by_nothing(self) -> None:
        made = _answer(self._model(), Guider({"positive": (POSITIVE,)}, ClassifierFree(1.0)))

        torch.testing.assert_close(made, _alone(formula_model(), POSITIVE))


class TestSelfAttention:
    """Guidance away from a picture that is blurred where the model looks."""

    def _expected(self, guided: Tensor, condition: Condition) -> Tensor:
        model, watch = tiny_model(), AttentionWatch()
        asked = Evaluation(X, SIGMA, condition.context, attention=watch)
        plain = evaluate(model, [asked])[0]
        blurred = gaussian_blur(plain.movedim(1, -1), 4, 2.0 / 4).movedim(-1, 1)
        looked_at = watch.attended(8, 8)
        degraded = blurred * looked_at + plain * (1.0 - looked_at)
        again = _alone(model, condition, degraded + X - plain)
        return guided + 0.75 * (degraded - again)

    @pytest.mark.parametrize("cfg", [1.0, 4.0])
    def test_it_is_the_formula(self, cfg: float) -> None:
        model = tiny_model()

        made = _guided(model.with_correction(SelfAttentionGuidance(0.75, 2.0)), cfg)

        expected = self._expected(_guided(model, cfg), NEGATIVE)
        torch.testing.assert_close(made, expected, rtol=1e-4, atol=1e-5)
        assert (made - _guided(model, cfg)).abs().max() > 1e-3

    def test_without_negative_prompt_the_positive_ones_picture_is_blurred(self) -> None:
        model = tiny_model()
        guider = Guider({"positive": (POSITIVE,)}, ClassifierFree(1.0))

        made = _answer(model.with_correction(SelfAttentionGuidance(0.75, 2.0)), guider)

        expected = self._expected(_alone(model, POSITIVE), POSITIVE)
        torch.testing.assert_close(made, expected, rtol=1e-4, atol=1e-5)

    def test_regional_prompts_are_watched_each_in_its_area(self) -> None:
        model = tiny_model().with_correction(SelfAttentionGuidance(0.75, 2.0))
        parts = (
            replace(NEGATIVE, options={"area": (8, 4, 0, 0)}),
            replace(EMPTY, options={"area": (8, 5, 0, 3)}),
        )

        made = _answer(model, classifier_free((POSITIVE,), parts, 4.0))

        assert made.shape == X.shape
        assert bool(torch.isfinite(made).all())

    @pytest.mark.parametrize(("scale", "side"), [(0.0, 8), (0.75, 4)])
    def test_without_scale_or_room_it_changes_nothing(self, scale: float, side: int) -> None:
        model, x = tiny_model(), X[..., :side, :side]
        patched = model.with_correction(SelfAttentionGuidance(scale, 2.0))

        torch.testing.assert_close(_guided(patched, x=x), _guided(model, x=x))

    def test_a_batch_equals_its_items(self) -> None:
        model = tiny_model().with_correction(SelfAttentionGuidance(0.75, 2.0))

        both = _guided(model)

        for item in range(2):
            alone = _guided(model, x=X[item : item + 1])
            torch.testing.assert_close(both[item : item + 1], alone, rtol=1e-4, atol=1e-5)

    def test_no_blur_is_no_blur(self) -> None:
        made = _guided(tiny_model().with_correction(SelfAttentionGuidance(0.75, 0.0)))

        torch.testing.assert_close(made, _guided(tiny_model()), rtol=1e-4, atol=1e-4)


class TestPerturbedAttention:
    """Guidance away from a picture without structure."""

    @pytest.mark.parametrize("cfg", [1.0, 4.0])
    def test_it_is_the_formula(self, cfg: float) -> None:
        model = tiny_model()

        made = _guided(model.with_correction(PerturbedAttentionGuidance(3.0)), cfg)

        asked = Evaluation(X, SIGMA, POSITIVE.context, attention=values_alone)
        perturbed = evaluate(model, [asked])[0]
        expected = _guided(model, cfg) + 3.0 * (_alone(model, POSITIVE) - perturbed)
        torch.testing.assert_close(made, expected, rtol=1e-4, atol=1e-5)

    def test_without_scale_the_model_is_not_asked_again(self) -> None:
        network = CountingNetwork()
        model = formula_model(network=network)

        _guided(model.with_correction(PerturbedAttentionGuidance(0.0)))

        assert len(network.calls) == 1

"""Models patched by nodes: what each patch is, and that the model stays as it was."""

from collections.abc import Callable
from typing import Any

import pytest

from diffusion.errors import DiffusionError
from diffusion.guidance_patches import (
    PerpendicularGuidance,
    PerturbedAttentionGuidance,
    RescaledGuidance,
    SelfAttentionGuidance,
)
from diffusion.masks import Differential
from diffusion.model import DiffusionModel
from diffusion.parameterisation import Prediction, edm, flux_flow, sd3_flow
from nodes.guidance import (
    differential_diffusion,
    perp_neg,
    perturbed_attention_guidance,
    rescale_cfg,
    self_attention_guidance,
)
from nodes.model_sampling import (
    model_sampling_aura_flow,
    model_sampling_continuous_edm,
    model_sampling_continuous_v,
    model_sampling_discrete,
    model_sampling_flux,
    model_sampling_sd3,
)
from tests.diffusion.formula_model import NEGATIVE, formula_model

EMPTY: list[list[Any]] = [list(entry) for entry in NEGATIVE]


def test_guidance_is_patched_with_what_the_inputs_say() -> None:
    model = formula_model()

    assert rescale_cfg(model, 0.3).guidance.combination == RescaledGuidance(0.3)
    assert perp_neg(model, EMPTY, 2.0).guidance.combination == PerpendicularGuidance(EMPTY, 2.0)
    two = perturbed_attention_guidance(self_attention_guidance(model, 0.5, 1.5), 3.0)
    assert two.guidance.corrections == (
        SelfAttentionGuidance(0.5, 1.5),
        PerturbedAttentionGuidance(3.0),
    )
    assert differential_diffusion(model).mask_over_time == Differential(1.0)
    assert model.guidance.combination is None
    assert model.guidance.corrections == ()
    assert model.mask_over_time is None


def test_of_two_ways_to_guide_the_last_counts() -> None:
    model = rescale_cfg(perp_neg(formula_model(), EMPTY), 0.5)

    assert model.guidance.combination == RescaledGuidance(0.5)


def test_models_are_read_as_the_inputs_say() -> None:
    model = formula_model()

    read = model_sampling_discrete(model, "v_prediction", zsnr=True)
    assert read.parameterisation.prediction is Prediction.V
    assert read.parameterisation.sigma_max > 4000
    edm_space = model_sampling_continuous_edm(model, "edm", 80.0, 0.01).parameterisation
    assert edm_space == edm(0.01, 80.0, 0.5)
    angles = model_sampling_continuous_v(model, "v_prediction").parameterisation
    assert angles.timestep(1.0) == 0.5
    assert model_sampling_sd3(model, 2.0).parameterisation == sd3_flow(2.0)
    assert model_sampling_aura_flow(model).parameterisation.timestep(0.5) == 0.5
    flux = model_sampling_flux(model).parameterisation
    assert flux.sigma(0.3) == pytest.approx(flux_flow(1.15).sigma(0.3), rel=1e-6)


@pytest.mark.parametrize(
    "patch",
    [
        lambda model: model_sampling_discrete(model, "lcm"),
        rescale_cfg,
        lambda model: perp_neg(model, EMPTY),
        self_attention_guidance,
        differential_diffusion,
    ],
)
def test_a_patched_model_shares_the_network_with_its_like(
    patch: Callable[[DiffusionModel], DiffusionModel],
) -> None:
    model = formula_model()

    patched = patch(model)

    assert patched is not model
    assert patched.network is model.network


def test_levels_that_make_no_sense_are_one_clear_sentence() -> None:
    with pytest.raises(DiffusionError, match=r"sigma_min.*2 and 1"):
        model_sampling_continuous_edm(formula_model(), "eps", 1.0, 2.0)
    with pytest.raises(DiffusionError, match="shift"):
        model_sampling_sd3(formula_model(), 0.0)

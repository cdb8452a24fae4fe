"""The nodes of custom sampling: what they choose, and that together they are KSampler."""

import dataclasses
from typing import Any

import pytest
import torch

from app.tensors import content_hash
from diffusion.noise import NoNoise, RandomNoise
from diffusion.ramps import ALIGNED
from diffusion.samplers.choice import SamplerChoice, choose
from diffusion.schedules import schedule_sigmas
from graph.context import NodeContext
from graph.errors import Cancelled, NodeInputError
from nodes import guiders, noise, samplers, schedulers, sigmas
from nodes.custom_sampling import sampler_custom, sampler_custom_advanced
from nodes.sampling import k_sampler
from tests.diffusion import formula_model as formula
from tests.nodes.conftest import Told

MODEL = formula.formula_model()
POSITIVE: list[Any] = [*formula.POSITIVE]
NEGATIVE: list[Any] = [*formula.NEGATIVE]
PROMPTS: dict[str, Any] = {"positive": POSITIVE, "negative": NEGATIVE}
LEVELS = MODEL.parameterisation.levels


def _latent() -> dict[str, Any]:
    samples = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    mask = torch.linspace(0.0, 1.0, 64).reshape(1, 8, 8)
    return {"samples": samples, "noise_mask": mask, "batch_index": [2, 5], "custom": "kept"}


@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m_sde", "euler_ancestral", "ddim"])
@pytest.mark.parametrize("denoise", [1.0, 0.6])
def test_both_custom_samplers_with_ksamplers_settings_are_ksampler(
    context: NodeContext, sampler: str, denoise: float
) -> None:
    common: dict[str, Any] = {"seed": 5, "steps": 6, "cfg": 3.0, "denoise": denoise}
    whole = k_sampler(
        context,
        MODEL,
        **common,
        **PROMPTS,
        sampler_name=sampler,
        scheduler="karras",
        latent_image=_latent(),
    )

    levels = schedulers.basic_scheduler(MODEL, "karras", 6, denoise)
    chosen = samplers.k_sampler_select(sampler)
    plain, _ = sampler_custom(
        context,
        MODEL,
        noise_seed=5,
        cfg=3.0,
        **PROMPTS,
        sampler=chosen,
        sigmas=levels,
        latent_image=_latent(),
    )
    advanced, denoised = sampler_custom_advanced(
        context,
        noise.random_noise(5),
        guiders.cfg_guider(MODEL, **PROMPTS, cfg=3.0),
        chosen,
        levels,
        _latent(),
    )

    assert torch.equal(plain["samples"], whole["samples"])
    assert torch.equal(advanced["samples"], whole["samples"])
    assert advanced["custom"] == denoised["custom"] == "kept"
    assert denoised["samples"].shape == whole["samples"].shape


def test_one_prompt_is_guidance_of_scale_one(context: NodeContext) -> None:
    levels = schedulers.basic_scheduler(MODEL, "normal", 4)
    chosen = samplers.k_sampler_select("euler")

    basic, _ = sampler_custom_advanced(
        context,
        noise.random_noise(5),
        guiders.basic_guider(MODEL, POSITIVE),
        chosen,
        levels,
        _latent(),
    )

    plain, _ = sampler_custom(
        context,
        MODEL,
        noise_seed=5,
        cfg=1.0,
        **PROMPTS,
        sampler=chosen,
        sigmas=levels,
        latent_image=_latent(),
    )
    assert torch.equal(basic["samples"], plain["samples"])


def _finished(context: NodeContext, guider: Any) -> torch.Tensor:  # noqa: ANN401
    levels = schedulers.basic_scheduler(MODEL, "normal", 4)
    chosen = samplers.k_sampler_select("euler")
    made, _ = sampler_custom_advanced(
        context, noise.random_noise(5), guider, chosen, levels, _latent()
    )
    samples: torch.Tensor = made["samples"]
    return samples


def test_guiders_of_three_prompts_fall_back_to_two_where_they_should(context: NodeContext) -> None:
    usual = _finished(context, guiders.cfg_guider(MODEL, **PROMPTS, cfg=4.0))
    sides = {"cond1": POSITIVE, "cond2": POSITIVE, "negative": NEGATIVE}

    dual = guiders.dual_cfg_guider(
        MODEL, **sides, cfg_conds=2.0, cfg_cond2_negative=4.0, style="regular"
    )
    nested = guiders.dual_cfg_guider(
        MODEL, **sides, cfg_conds=2.0, cfg_cond2_negative=4.0, style="nested"
    )
    without = guiders.perp_neg_guider(MODEL, POSITIVE, NEGATIVE, NEGATIVE, cfg=4.0, neg_scale=0.0)

    for guider in (dual, nested, without):
        torch.testing.assert_close(_finished(context, guider), usual, rtol=1e-4, atol=1e-4)


def test_steps_are_told_and_a_run_can_be_cancelled(context: NodeContext, told: Told) -> None:
    def cancel() -> None:
        if len(told.progress) == 2:
            raise Cancelled

    stopping = dataclasses.replace(context, raise_if_cancelled=cancel)
    with pytest.raises(Cancelled):
        _finished(stopping, guiders.basic_guider(MODEL, POSITIVE))

    assert [(value, total) for value, total, _ in told.progress] == [(1, 4), (2, 4)]


@pytest.mark.parametrize(
    ("levels", "words"),
    [([], "no noise levels"), ([1.0, 0.1, 2.0, 0.0], "both up and down"), ([0.1, 2.0], None)],
)
def test_odd_levels_are_warned_of(
    context: NodeContext, told: Told, levels: list[float], words: str | None
) -> None:
    sampler_custom(
        context,
        MODEL,
        **PROMPTS,
        sampler=samplers.k_sampler_select("euler"),
        sigmas=torch.tensor(levels),
        latent_image=_latent(),
    )

    assert len(told.warnings) == (words is not None)
    assert all(words in warning for warning in told.warnings if words)


def test_what_is_no_row_of_levels_is_blamed_on_its_input(context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match="input 'sigmas': Noise levels are one row"):
        sampler_custom(
            context,
            MODEL,
            **PROMPTS,
            sampler=samplers.k_sampler_select("euler"),
            sigmas=torch.ones(2, 2),
            latent_image=_latent(),
        )


def test_samplers_and_guiders_of_others_are_refused(context: NodeContext) -> None:
    row = torch.tensor([1.0, 0.0])
    ours: Any = guiders.basic_guider(MODEL, POSITIVE)
    foreign: Any = object()

    for guider, sampler, name in ((foreign, choose("euler"), "guider"), (ours, foreign, "sampler")):
        with pytest.raises(NodeInputError, match=f"input '{name}' takes .* but object came"):
            sampler_custom_advanced(context, noise.disable_noise(), guider, sampler, row, _latent())


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (samplers.k_sampler_select("heun"), choose("heun")),
        (samplers.sampler_euler_ancestral(0.5), choose("euler_ancestral", eta=0.5, s_noise=1.0)),
        (samplers.sampler_euler_cfg_pp("regular"), choose("euler_cfg_pp")),
        (samplers.sampler_lms(6), choose("lms", order=6)),
        (
            samplers.sampler_dpmpp_2m_sde("heun", noise_device="gpu"),
            choose("dpmpp_2m_sde_gpu", eta=1.0, s_noise=1.0, correction="heun"),
        ),
        (
            samplers.sampler_er_sde("ODE", eta=0.7),
            choose("er_sde", power=1.0, s_noise=0.0, max_stage=3),
        ),
        (
            samplers.sampler_er_sde("Reverse-time SDE", eta=0.7),
            choose("er_sde", power=1.7, s_noise=1.0, max_stage=3),
        ),
        (samplers.sampler_er_sde("ER-SDE", 2), choose("er_sde", s_noise=1.0, max_stage=2)),
    ],
)
def test_a_sampler_node_chooses_its_sampler_and_options(
    chosen: SamplerChoice, expected: SamplerChoice
) -> None:
    assert chosen == expected


@pytest.mark.parametrize(
    "chosen",
    [
        samplers.k_sampler_select("euler_ancestral"),
        samplers.sampler_euler_ancestral(),
        samplers.sampler_euler_ancestral_cfg_pp(),
        samplers.sampler_euler_cfg_pp("regular"),
        samplers.sampler_lms(),
        samplers.sampler_dpmpp_2s_ancestral(),
        samplers.sampler_dpmpp_sde(noise_device="cpu"),
        samplers.sampler_dpmpp_2m_sde("midpoint", noise_device="cpu"),
        samplers.sampler_dpmpp_3m_sde(noise_device="gpu"),
        samplers.sampler_dpm_adaptive(),
        samplers.sampler_er_sde("ER-SDE"),
        samplers.sampler_sa_solver(MODEL, use_pece=False, simple_order_2=False),
    ],
    ids=lambda chosen: chosen.name,
)
def test_the_defaults_of_a_sampler_node_are_the_sampler_s_own(
    context: NodeContext, chosen: SamplerChoice
) -> None:
    def made(sampler: SamplerChoice) -> torch.Tensor:
        levels = schedulers.basic_scheduler(MODEL, "karras", 5)
        output, _ = sampler_custom(
            context, MODEL, **PROMPTS, sampler=sampler, sigmas=levels, latent_image=_latent()
        )
        samples: torch.Tensor = output["samples"]
        return samples

    assert torch.equal(made(chosen), made(choose(chosen.name)))


def test_options_that_no_sampler_can_have_are_refused() -> None:
    with pytest.raises(NodeInputError, match="input 'version': 'alternative'"):
        samplers.sampler_euler_cfg_pp("alternative")
    with pytest.raises(NodeInputError, match="input 'r'"):
        samplers.sampler_dpmpp_sde(r=0.0, noise_device="cpu")
    with pytest.raises(NodeInputError, match="'alpha' and 'beta'"):
        schedulers.beta_sampling_scheduler(MODEL, alpha=0.0)


def test_scheduler_nodes_with_the_model_s_ends_are_the_schedules_of_their_names() -> None:
    ends = {"sigma_max": LEVELS.table[-1], "sigma_min": LEVELS.table[0]}

    karras = schedulers.karras_scheduler(9, **ends)
    exponential = schedulers.exponential_scheduler(9, **ends)
    beta = schedulers.beta_sampling_scheduler(MODEL, 9)

    assert tuple(karras.tolist()) == schedule_sigmas("karras", LEVELS, 9)
    assert tuple(exponential.tolist()) == schedule_sigmas("exponential", LEVELS, 9)
    assert tuple(beta.tolist()) == schedule_sigmas("beta", LEVELS, 9)


@pytest.mark.parametrize(
    ("made", "count"),
    [
        (schedulers.basic_scheduler(MODEL, "simple", 20, 0.0), 0),
        (schedulers.basic_scheduler(MODEL, "simple", 20, 0.5), 21),
        (schedulers.polyexponential_scheduler(), 21),
        (schedulers.laplace_scheduler(), 20),
        (schedulers.vp_scheduler(), 21),
        (schedulers.sd_turbo_scheduler(MODEL), 2),
        (schedulers.sd_turbo_scheduler(MODEL, 10, 0.3), 4),
        (schedulers.align_your_steps_scheduler("SDXL"), 11),
        (schedulers.align_your_steps_scheduler("SDXL", 10, 0.5), 6),
        (schedulers.align_your_steps_scheduler("SVD", 10, 0.0), 0),
    ],
)
def test_scheduler_nodes_give_a_row_of_numbers(made: torch.Tensor, count: int) -> None:
    assert made.shape == (count,)
    assert made.dtype == torch.float32


def test_less_denoising_leaves_out_the_first_of_the_published_levels() -> None:
    made = schedulers.align_your_steps_scheduler("SD1", 10, 0.3).tolist()

    assert made == pytest.approx([*ALIGNED["SD1"][7:10], 0.0])


def test_sigma_nodes_cut_turn_and_stretch() -> None:
    row = torch.tensor([8.0, 4.0, 2.0, 0.0])

    assert [part.tolist() for part in sigmas.split_sigmas(row, 1)] == [[8.0, 4.0], [4.0, 2.0, 0.0]]
    high, low = sigmas.split_sigmas_denoise(row, 0.34)
    assert (high.tolist(), low.tolist()) == ([8.0, 4.0, 2.0], [2.0, 0.0])
    assert sigmas.flip_sigmas(row).tolist() == pytest.approx([1e-4, 2.0, 4.0, 8.0])
    assert sigmas.set_first_sigma(row).tolist() == [136.0, 4.0, 2.0, 0.0]
    stretched = sigmas.extend_intermediate_sigmas(row, end_at_sigma=4.0, spacing="linear")
    assert stretched.tolist() == [8.0, 6.0, 4.0, 3.0, 2.0, 0.0]


@pytest.mark.parametrize(
    ("share", "actual", "sigma"),
    [
        (0.0, False, 999999999.9),
        (0.0, True, LEVELS.table[-1]),
        (1.0, False, 0.0),
        (1.0, True, LEVELS.table[0]),
        (0.5, False, LEVELS.sigma_at(0.5)),
        (0.5, True, LEVELS.sigma_at(0.5)),
    ],
)
def test_a_share_of_the_way_is_a_noise_level(share: float, actual: bool, sigma: float) -> None:
    assert sigmas.sampling_percent_to_sigma(MODEL, share, actual) == pytest.approx(sigma)


def test_noise_nodes_say_what_a_run_starts_from() -> None:
    latent = {"samples": torch.zeros(2, 4, 8, 8), "custom": "kept"}
    row = torch.tensor([2.0, 0.0])

    assert noise.random_noise(9) == RandomNoise(9)
    assert noise.disable_noise() == NoNoise()
    noisy = noise.add_noise(MODEL, noise.random_noise(9), row, latent)
    assert float(noisy["samples"].std()) == pytest.approx(2.0 / 0.18215, rel=0.1)
    assert noisy["custom"] == "kept"


def test_samplers_and_noise_have_a_content_but_a_guider_has_the_model_s_identity() -> None:
    one, same, other = samplers.sampler_lms(4), samplers.sampler_lms(4), samplers.sampler_lms(5)

    assert content_hash(one) == content_hash(same) is not None
    assert content_hash(one) != content_hash(other)
    assert content_hash(noise.random_noise(1)) != content_hash(noise.random_noise(2))
    assert content_hash(guiders.basic_guider(MODEL, POSITIVE)) is None

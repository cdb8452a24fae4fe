"""Sampling put together by hand, against the one call that chooses the parts itself."""

from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.custom_sampling import GuidedModel, add_noise, guided, sample_custom
from diffusion.errors import DiffusionError
from diffusion.formulas import ClassifierFree, DualClassifierFree
from diffusion.names import SAMPLER_NAMES, SCHEDULER_NAMES
from diffusion.noise import NoiseSource, NoNoise, RandomNoise
from diffusion.samplers.choice import choose
from diffusion.samplers.registry import find_sampler
from diffusion.sampling import sample
from diffusion.sigmas import flipped, split
from diffusion.span import Span
from tests.diffusion.formula_model import NEGATIVE, POSITIVE, formula_model

SEED, CFG = 7, 4.0
KINDS = ("eps", "v", "sd3", "flux")


def _latent(kind: str, *, mask: bool = False, index: bool = False) -> dict[str, Any]:
    channels = formula_model(kind).latent_format.channels
    samples = torch.randn(2, channels, 8, 8, generator=torch.Generator().manual_seed(1))
    latent: dict[str, Any] = {"samples": samples}
    if mask:
        latent["noise_mask"] = torch.linspace(0.0, 1.0, 64).reshape(1, 8, 8)
    if index:
        latent["batch_index"] = [3, 0]
    return latent


def _sigmas(
    kind: str, schedule: str, sampler: str, *, steps: int = 6, denoise: float = 1.0
) -> Tensor:
    levels = formula_model(kind).parameterisation.levels
    return torch.tensor(Span(steps, denoise).sigmas(schedule, levels, find_sampler(sampler)))


def _guided(kind: str, cfg: float = CFG) -> GuidedModel:
    model = formula_model(kind)
    return guided(model, ClassifierFree(cfg), positive=POSITIVE, negative=NEGATIVE)


def _whole(
    kind: str,
    latent: dict[str, Any],
    sampler: str,
    schedule: str,
    **options: Any,  # noqa: ANN401
) -> Tensor:
    chosen: dict[str, Any] = {"seed": SEED, "steps": 6, "cfg": CFG, **options}
    model = formula_model(kind)
    return sample(model, POSITIVE, NEGATIVE, latent, sampler=sampler, schedule=schedule, **chosen)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_every_sampler_makes_the_latents_that_it_makes_by_name(sampler: str, kind: str) -> None:
    latent = _latent(kind)
    sigmas = _sigmas(kind, "normal", sampler)

    made = sample_custom(_guided(kind), choose(sampler), sigmas, latent, RandomNoise(SEED))

    assert torch.equal(made.samples, _whole(kind, latent, sampler, "normal"))


@pytest.mark.parametrize("schedule", SCHEDULER_NAMES)
@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m_sde", "ddim", "uni_pc"])
@pytest.mark.parametrize("denoise", [1.0, 0.55])
def test_every_schedule_with_masks_and_places_in_a_batch_does_as_well(
    schedule: str, sampler: str, denoise: float
) -> None:
    latent = _latent("eps", mask=True, index=True)
    sigmas = _sigmas("eps", schedule, sampler, denoise=denoise)

    made = sample_custom(_guided("eps"), choose(sampler), sigmas, latent, RandomNoise(SEED))

    whole = _whole("eps", latent, sampler, schedule, denoise=denoise)
    assert torch.equal(made.samples, whole)


def test_without_noise_the_seed_still_counts_for_stochastic_samplers() -> None:
    latent = _latent("eps")
    sigmas = _sigmas("eps", "karras", "euler_ancestral")

    made = sample_custom(_guided("eps"), choose("euler_ancestral"), sigmas, latent, NoNoise(SEED))

    whole = _whole("eps", latent, "euler_ancestral", "karras", add_noise=False)
    assert torch.equal(made.samples, whole)


@pytest.mark.parametrize("step", [0, 1, 3, 6])
def test_a_schedule_cut_in_two_ends_as_the_whole_one(step: int) -> None:
    latent = _latent("eps")
    sigmas = _sigmas("eps", "karras", "heun")
    high, low = split(sigmas, step)

    first = sample_custom(_guided("eps"), choose("heun"), high, latent, RandomNoise(SEED))
    half = {"samples": first.samples}
    second = sample_custom(_guided("eps"), choose("heun"), low, half, NoNoise())

    whole = sample_custom(_guided("eps"), choose("heun"), sigmas, latent, RandomNoise(SEED))
    torch.testing.assert_close(second.samples, whole.samples, rtol=1e-4, atol=1e-4)


def test_no_levels_give_the_latents_back() -> None:
    latent = _latent("eps")

    made = sample_custom(_guided("eps"), choose("euler"), torch.zeros(0), latent, RandomNoise(SEED))

    assert torch.equal(made.samples, latent["samples"])
    assert torch.equal(made.denoised, latent["samples"])


@pytest.mark.parametrize("sampler", ["euler", "heun", "ddim", "dpmpp_2m_sde"])
@pytest.mark.parametrize("steps", [1, 4])
def test_the_denoised_output_is_the_last_step_s_first_guess(sampler: str, steps: int) -> None:
    guesses: list[Tensor] = []
    latent = _latent("eps", mask=True)
    sigmas = _sigmas("eps", "karras", sampler, steps=6)[: steps + 1]

    made = sample_custom(
        _guided("eps"),
        choose(sampler),
        sigmas,
        latent,
        RandomNoise(SEED),
        on_step=lambda step: guesses.append(step.denoised),
    )

    expected = formula_model().latent_format.out_of_model(guesses[-1])
    assert torch.equal(made.denoised, expected)
    assert not torch.equal(made.denoised, made.samples)


class Memory:
    """A journal that outlives the run, but not the process."""

    def __init__(self, records: list[bytes]) -> None:
        self.records = records

    def append(self, record: bytes) -> None:
        self.records.append(record)


@pytest.mark.parametrize("sampler", ["euler", "heun", "dpmpp_2m_sde", "dpmpp_2m_cfg_pp"])
def test_both_outputs_of_a_run_that_was_killed_are_those_of_the_whole_run(sampler: str) -> None:
    written = Memory([])
    sigmas = _sigmas("eps", "karras", sampler)

    def run(journal: Memory) -> tuple[Tensor, Tensor]:
        made = sample_custom(
            _guided("eps"),
            choose(sampler),
            sigmas,
            _latent("eps"),
            RandomNoise(SEED),
            journal=journal,
        )
        return made.samples, made.denoised

    whole = run(written)
    for kept in range(len(written.records) + 1):
        resumed = run(Memory(written.records[:kept]))
        assert torch.equal(resumed[0], whole[0])
        assert torch.equal(resumed[1], whole[1])


def test_levels_that_rise_turn_a_picture_into_noise_that_makes_it_again() -> None:
    latent = _latent("eps")
    sigmas = _sigmas("eps", "karras", "heun", steps=60)

    noise = sample_custom(
        _guided("eps", 1.0), choose("heun"), flipped(sigmas), latent, NoNoise()
    ).samples
    again = sample_custom(
        _guided("eps", 1.0), choose("heun"), sigmas, {"samples": noise}, NoNoise()
    ).samples

    assert float(noise.std()) > 5.0 * float(latent["samples"].std())
    assert (again - latent["samples"]).abs().max() < 0.05 * latent["samples"].abs().max()


def test_a_stochastic_sampler_refuses_levels_that_rise() -> None:
    sigmas = flipped(_sigmas("eps", "karras", "euler"))

    with pytest.raises(DiffusionError, match="'lcm' adds noise"):
        sample_custom(_guided("eps"), choose("lcm"), sigmas, _latent("eps"), NoNoise())


def test_noise_of_another_shape_is_refused() -> None:
    class Odd:
        seed = 0

        def generate_noise(self, latent: Any, /) -> Tensor:  # noqa: ANN401
            return torch.zeros(1, *latent["samples"].shape[1:])

    odd: NoiseSource = Odd()
    sigmas = _sigmas("eps", "karras", "euler")

    with pytest.raises(DiffusionError, match=r"noise is shaped \[1, 4, 8, 8\].*\[2, 4, 8, 8\]"):
        sample_custom(_guided("eps"), choose("euler"), sigmas, _latent("eps"), odd)


def test_two_prompts_guide_with_a_scale_each() -> None:
    def made(formula: DualClassifierFree | ClassifierFree, **sides: Any) -> Tensor:  # noqa: ANN401
        model = guided(formula_model(), formula, **sides)
        sigmas = _sigmas("eps", "karras", "euler")
        return sample_custom(
            model, choose("euler"), sigmas, _latent("eps"), RandomNoise(SEED)
        ).samples

    sides = {"positive": POSITIVE, "negative": NEGATIVE}
    both = made(DualClassifierFree(4.0, 4.0), **sides, middle=POSITIVE)
    alone = made(ClassifierFree(4.0), **sides)
    shared = made(DualClassifierFree(3.0, 3.0), **sides, middle=NEGATIVE)

    # Where both prompts are one, only the second scale counts; where the second is the negative
    # one, only the first.
    torch.testing.assert_close(both, alone, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(shared, made(ClassifierFree(3.0), **sides), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("sigmas", "amount"), [([5.0, 2.0, 1.0], 4.0), ([3.0], 3.0), ([1.0, 0.0], 1.0)]
)
def test_noise_is_added_up_to_the_difference_of_the_levels(
    sigmas: list[float], amount: float
) -> None:
    latent, model = _latent("eps"), formula_model()

    noisy = add_noise(model, RandomNoise(SEED), torch.tensor(sigmas), latent)

    noise = RandomNoise(SEED).generate_noise(latent)
    expected = latent["samples"] + noise * amount / model.latent_format.scale
    torch.testing.assert_close(noisy, expected, rtol=1e-5, atol=1e-5)


def test_without_levels_no_noise_is_added() -> None:
    latent = _latent("eps")

    noisy = add_noise(formula_model(), RandomNoise(SEED), torch.zeros(0), latent)

    assert torch.equal(noisy, latent["samples"])

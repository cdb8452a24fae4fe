"""`sample` against the reference latents, and its own promises."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.driver import Step
from diffusion.errors import DiffusionError
from diffusion.model import DiffusionModel
from diffusion.names import SAMPLER_NAMES
from diffusion.samplers.registry import SAMPLERS
from diffusion.sampling import sample
from tests.diffusion.formula_model import NEGATIVE, POSITIVE, CountingNetwork, formula_model
from tests.diffusion.golden_samples import Tolerance, our_latent, references, settings
from tests.support.list_journal import ListJournal

STOCHASTIC = {
    name
    for name in SAMPLER_NAMES
    if any(part in name for part in ("ancestral", "sde", "ddpm", "lcm", "seeds", "sa_solver"))
}


def _sample(
    latent: dict[str, Any],
    *,
    kind: str = "eps",
    model: DiffusionModel | None = None,
    positive: Sequence[tuple[object, dict[str, object]]] = POSITIVE,
    **changes: object,
) -> Tensor:
    options: dict[str, Any] = {
        "seed": 7,
        "steps": 6,
        "cfg": 4.0,
        "sampler": "euler",
        "schedule": "normal",
    }
    return sample(model or formula_model(kind), positive, NEGATIVE, latent, **(options | changes))


def _empty(batch: int = 1, channels: int = 4) -> dict[str, Any]:
    return {"samples": torch.zeros(batch, channels, 8, 8)}


@pytest.mark.parametrize("key", sorted(settings()["samplers"]))
def test_latents_agree_with_the_reference(key: str) -> None:
    assert Tolerance().holds(our_latent(key), references()[key])


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
@pytest.mark.parametrize("kind", ["eps", "sd3"])
def test_a_run_resumed_from_any_step_is_bit_identical(sampler: str, kind: str) -> None:
    latent = _empty(channels=formula_model(kind).latent_format.channels)
    journal = ListJournal()
    whole = _sample(latent, kind=kind, sampler=sampler, journal=journal)

    for known in range(0, len(journal.written) + 1, 2):
        again = ListJournal(journal.written[:known])
        resumed = _sample(latent, kind=kind, sampler=sampler, journal=again)
        assert torch.equal(resumed, whole)
        assert len(again.written) == len(journal.written) - known


@pytest.mark.parametrize("sampler", sorted(set(SAMPLER_NAMES) - STOCHASTIC - {"dpm_adaptive"}))
def test_an_item_of_a_batch_equals_the_picture_made_alone(sampler: str) -> None:
    batch = _sample(_empty(4) | {"batch_index": [0, 1, 2, 3]}, sampler=sampler)

    for place in range(4):
        alone = _sample(_empty(1) | {"batch_index": [place]}, sampler=sampler)
        assert (alone[0] - batch[place]).abs().max() <= 1e-4


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_few_steps_end_in_numbers(sampler: str, steps: int) -> None:
    made = _sample(_empty(), sampler=sampler, steps=steps)

    assert bool(torch.isfinite(made).all())


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_more_steps_than_the_model_has_levels_are_no_trouble(sampler: str) -> None:
    made = _sample(_empty(), sampler=sampler, steps=1100, schedule="simple", last_step=40)

    assert bool(torch.isfinite(made).all())


@pytest.mark.parametrize("sampler", sorted(STOCHASTIC))
def test_the_seed_decides_the_noise_of_stochastic_samplers(sampler: str) -> None:
    first, again, other = (_sample(_empty(), sampler=sampler, seed=seed) for seed in (3, 3, 4))

    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


def test_every_step_is_reported_once_with_the_guess_so_far() -> None:
    steps: list[Step] = []

    made = _sample(_empty(), sampler="heun", steps=5, on_step=steps.append)

    assert [(step.step, step.total) for step in steps] == [(n, 5) for n in range(1, 6)]
    assert [step.sigma for step in steps] == sorted((s.sigma for s in steps), reverse=True)
    units = formula_model().latent_format
    torch.testing.assert_close(units.out_of_model(steps[-1].denoised), made)


def test_a_callback_that_raises_ends_the_run_within_the_step() -> None:
    network = CountingNetwork()

    def stop(step: Step) -> None:
        if step.step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _sample(_empty(), model=formula_model(network=network), on_step=stop)
    assert len(network.calls) == 2


def test_guidance_takes_one_pass_a_step_and_none_for_the_negative_at_cfg_one() -> None:
    network = CountingNetwork()
    _sample(_empty(3), model=formula_model(network=network), steps=2)
    assert [x[0] for x, _ in network.calls] == [6, 6]

    network = CountingNetwork()
    _sample(_empty(3), model=formula_model(network=network), steps=2, cfg=1.0)
    assert [x[0] for x, _ in network.calls] == [3, 3]


def test_the_network_is_called_in_its_own_dtype_and_the_latent_stays_float32() -> None:
    network = CountingNetwork()
    model = formula_model(network=network, dtype=torch.bfloat16)

    made = _sample(_empty(), model=model)

    assert network.dtypes == {torch.bfloat16}
    assert made.dtype == torch.float32
    exact = _sample(_empty())
    assert (made - exact).abs().max() < 0.05 * exact.abs().max()


def test_stopping_and_going_on_later_is_the_same_as_one_run() -> None:
    whole = _sample(_empty(), steps=8)
    half = _sample(_empty(), steps=8, last_step=3)
    rest = _sample({"samples": half}, steps=8, start_step=3, add_noise=False)

    torch.testing.assert_close(rest, whole, rtol=1e-4, atol=1e-4)


def test_denoise_zero_gives_the_latent_back() -> None:
    latent = {"samples": torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))}

    assert torch.equal(_sample(latent, denoise=0.0), latent["samples"])
    assert torch.equal(_sample(latent, start_step=6), latent["samples"])


def test_outside_the_mask_the_latent_is_kept() -> None:
    samples = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    mask = torch.zeros(1, 64, 64)
    mask[..., 32:] = 1.0

    made = _sample({"samples": samples, "noise_mask": mask}, steps=5)

    torch.testing.assert_close(made[..., :3], samples[..., :3], rtol=0, atol=1e-4)
    assert (made[..., 5:] - samples[..., 5:]).abs().min() > 1e-3


def test_cfg_zero_follows_the_negative_prompt() -> None:
    swapped = sample(
        formula_model(),
        NEGATIVE,
        POSITIVE,
        _empty(),
        seed=7,
        steps=6,
        cfg=1.0,
        sampler="euler",
        schedule="normal",
    )

    torch.testing.assert_close(_sample(_empty(), cfg=0.0), swapped, rtol=1e-5, atol=1e-5)


def test_an_empty_latent_of_another_family_gets_the_right_channels() -> None:
    assert torch.equal(
        _sample(_empty(channels=4), kind="sd3"), _sample(_empty(channels=16), kind="sd3")
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"steps": 0}, ["at least 1 step", "0"]),
        ({"sampler": "eulr"}, ["eulr", "euler"]),
        ({"schedule": "karas"}, ["karas", "karras"]),
        ({"denoise": 1.5}, ["denoise", "1.5"]),
        ({"positive": []}, ["conditioning", "empty"]),
        ({"positive": [("a cat", {})]}, ["text embedding", "str"]),
    ],
)
def test_bad_settings_are_one_clear_sentence(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(DiffusionError) as caught:
        _sample(_empty(), **changes)
    text = str(caught.value)
    assert all(word in text for word in words)
    assert "\n" not in text


def test_latents_of_another_family_are_named() -> None:
    with pytest.raises(DiffusionError, match=r"16 channels.*SD 3.*eps works on 4"):
        _sample({"samples": torch.ones(1, 16, 8, 8)})


def test_a_latent_with_nan_is_refused() -> None:
    with pytest.raises(DiffusionError, match="latent holds NaN"):
        _sample({"samples": torch.full((1, 4, 8, 8), torch.nan)})


def test_a_model_that_answers_nan_is_stopped_at_once() -> None:
    context = torch.full((1, 77, 8), torch.nan)

    with pytest.raises(DiffusionError, match="NaN or infinity at step 1 of 6"):
        _sample(_empty(), positive=[(context, {})])


def test_a_batch_index_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(DiffusionError, match="each of the 2 latents"):
        _sample(_empty(2) | {"batch_index": [0]})


def test_every_sampler_has_its_name_in_the_list_in_order() -> None:
    assert tuple(SAMPLERS) == SAMPLER_NAMES

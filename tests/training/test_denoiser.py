from pathlib import Path

import pytest
import torch

from training.denoiser import (
    Denoiser,
    DenoiserRecipe,
    Examples,
    build_denoiser,
    denoising_loss,
    draw_batch,
    level_weight,
    signal_levels,
    train_denoiser,
)
from training.examples import token_ids
from training.scenes import training_scenes


@pytest.fixture(scope="module")
def examples() -> Examples:
    scenes = training_scenes(16, seed=2)
    latents = torch.randn(16, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    return Examples(latents, token_ids([scene.caption for scene in scenes]), token_ids([""])[0])


def test_a_few_steps_lower_the_loss(examples: Examples, tmp_path: Path) -> None:
    def loss_of(denoiser: Denoiser) -> float:
        generator = torch.Generator().manual_seed(9)
        with torch.no_grad():
            return denoising_loss(
                denoiser, examples.latents, examples.tokens, signal_levels(), generator
            ).item()

    recipe = DenoiserRecipe(steps=8, batch=4)
    trained = train_denoiser(examples, recipe, tmp_path / "denoiser.pt")
    assert loss_of(trained) < 0.97 * loss_of(build_denoiser())


def test_dropped_captions_become_the_empty_prompt(examples: Examples) -> None:
    generator = torch.Generator().manual_seed(0)
    recipe = DenoiserRecipe(batch=4000, dropped=0.12)
    _, tokens = draw_batch(examples, recipe, generator)
    empty = (tokens == examples.empty).all(dim=1).float().mean().item()
    assert empty == pytest.approx(0.12, abs=0.02)


def test_the_levels_are_those_of_stable_diffusion() -> None:
    levels = signal_levels()
    assert levels[0].item() == pytest.approx(1.0 - 0.00085)
    sigmas = ((1.0 - levels) / levels).sqrt()
    assert (sigmas[0].item(), sigmas[-1].item()) == pytest.approx((0.0292, 14.6146), rel=2e-3)


def test_the_caption_reaches_the_prediction(examples: Examples) -> None:
    denoiser = build_denoiser()
    x, timesteps = examples.latents[:2], torch.tensor([500, 500])
    with torch.no_grad():
        told = denoiser.predict(x, timesteps, examples.tokens[:2])
        untold = denoiser.predict(x, timesteps, examples.empty.expand(2, -1))
    assert not torch.allclose(told, untold)


def test_the_loss_of_an_easy_level_counts_at_most_five_times_on_the_picture() -> None:
    levels = signal_levels()
    ratio = levels / (1.0 - levels)
    # An error e of the noise is one of e / √ratio of the picture.
    counted = level_weight(levels) * ratio
    assert counted.max().item() == pytest.approx(5.0)
    assert torch.equal(level_weight(levels)[ratio < 5.0], torch.ones(int((ratio < 5.0).sum())))

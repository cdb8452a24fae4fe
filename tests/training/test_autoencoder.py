from pathlib import Path

import pytest
import torch

from training.autoencoder import (
    AutoencoderRecipe,
    build_autoencoder,
    encode,
    latent_statistics,
    signal_to_noise,
    train_autoencoder,
)
from training.examples import picture_bytes
from training.scenes import training_scenes


def test_a_few_steps_lower_the_error(tmp_path: Path) -> None:
    pictures = picture_bytes(training_scenes(8, seed=1))
    before = signal_to_noise(build_autoencoder(), pictures)
    recipe = AutoencoderRecipe(steps=15, batch=4)
    autoencoder = train_autoencoder(pictures, recipe, tmp_path / "autoencoder.pt")
    assert signal_to_noise(autoencoder, pictures) > before + 1.0


def test_latents_are_an_eighth_of_the_picture_in_each_direction() -> None:
    pictures = picture_bytes(training_scenes(3, seed=1))
    assert encode(build_autoencoder(), pictures, batch=2).shape == (3, 4, 8, 8)


def test_normalised_latents_have_mean_nought_and_variance_one() -> None:
    torch.manual_seed(0)
    latents = 3.0 * torch.randn(50, 4, 8, 8) + torch.tensor([1.0, -2.0, 0.0, 5.0])[:, None, None]
    normal = latent_statistics(latents).normalise(latents)
    assert normal.mean(dim=(0, 2, 3)).abs().max() < 1e-5
    # One deviation for all channels: the channels' own means count towards it.
    spread = (latents.var() / latents.var(dim=(0, 2, 3)).mean()).item()
    assert normal.var().item() * spread == pytest.approx(1.0, rel=0.02)


def test_each_group_of_the_first_norm_has_several_channels() -> None:
    # With one channel a group the norm would take away the picture's mean colour.
    norm = build_autoencoder().decoder.conv_norm_out
    assert norm.num_channels // norm.num_groups >= 2

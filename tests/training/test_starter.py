"""The shipped model itself, through the code that loads and samples any checkpoint."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from diffusion.checkpoints import load_checkpoint
from diffusion.model import DiffusionModel
from diffusion.sampling import sample
from diffusion.text_encoder import TextEncoder
from diffusion.vae import VAE
from training.examples import picture_bytes
from training.measure import Request, mark, requests
from training.scenes import Picture, training_scenes

STARTER = Path(__file__).parents[2] / "models" / "checkpoints" / "starter.safetensors"
LARGEST_FILE = 45_000_000


@dataclass(frozen=True)
class Starter:
    """The three parts, all of which the shipped file has."""

    model: DiffusionModel
    clip: TextEncoder
    vae: VAE


@pytest.fixture(scope="module")
def starter() -> Starter:
    loaded = load_checkpoint(STARTER)
    assert loaded.clip is not None
    assert loaded.vae is not None
    return Starter(loaded.model, loaded.clip, loaded.vae)


def draw(starter: Starter, request: Request) -> Picture:
    latents = sample(
        starter.model,
        starter.clip.encode(request.prompt),
        starter.clip.encode(""),
        {"samples": torch.zeros(1, 4, 8, 8)},
        seed=request.seed,
        steps=16,
        cfg=4.0,
        sampler="euler",
        schedule="normal",
    )
    image = starter.vae.decode(latents)[0]
    return (image * 255.0).round().to(torch.uint8).numpy()


def test_the_file_is_small() -> None:
    assert STARTER.stat().st_size <= LARGEST_FILE


def test_its_family_and_size_are_recognised(starter: Starter) -> None:
    assert starter.model.family == "starter"
    assert starter.model.native_size == (64, 64)


def test_it_draws_combinations_that_training_never_showed(starter: Starter) -> None:
    asked = [request for request in requests() if request.held_out][:8]
    marked = [mark(request, draw(starter, request)) for request in asked]
    assert sum(found.colours for found in marked) >= 7
    assert sum(found.place is not False for found in marked) >= 7
    assert sum(found.shape for found in marked) >= 5


def test_the_seed_alone_decides_the_picture(starter: Starter) -> None:
    request = requests()[0]
    first, again = draw(starter, request), draw(starter, request)
    assert np.array_equal(first, again)


def test_its_latents_have_unit_variance_and_decode_to_their_pictures(starter: Starter) -> None:
    pictures = picture_bytes(training_scenes(16, seed=99)).permute(0, 2, 3, 1).float() / 255.0
    latents = starter.vae.encode(pictures)
    model_units = starter.model.latent_format.into_model(latents)
    assert model_units.std().item() == pytest.approx(1.0, abs=0.1)
    error = (starter.vae.decode(latents) - pictures).square().mean().item()
    assert -10.0 * np.log10(error) > 29.0


def test_its_previews_are_nearer_to_the_picture_than_one_flat_colour(starter: Starter) -> None:
    pictures = picture_bytes(training_scenes(32, seed=99)).permute(0, 2, 3, 1).float() / 255.0
    latents = starter.model.latent_format.into_model(starter.vae.encode(pictures))
    preview = starter.model.latent_format.preview(latents)
    assert preview is not None
    small = pictures.reshape(-1, 8, 8, 8, 8, 3).mean(dim=(2, 4))
    flat = small.mean(dim=(0, 1, 2))
    assert (preview - small).abs().mean() < 0.65 * (flat - small).abs().mean()

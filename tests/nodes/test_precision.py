"""A picture computed in bfloat16 is the picture computed in float32, nearly."""

import dataclasses
import math

import torch

from graph.context import NodeContext
from nodes.conditioning import clip_text_encode
from nodes.latent import empty_latent_image
from nodes.loaders import load_checkpoint
from nodes.sampling import k_sampler
from nodes.vae import vae_decode
from tests.nodes.conftest import STARTER

PROMPTS = ("a red circle", "a blue square above a yellow circle")
# Peak signal-to-noise ratio in decibels; 35 is less than the eye sees.
LEAST = 35.0


def _pictures(context: NodeContext, precision: str) -> torch.Tensor:
    context = dataclasses.replace(context, services={"precision": precision})
    model, clip, vae = load_checkpoint(context, STARTER.name)
    negative = clip_text_encode("", clip)
    pictures = []
    for seed, prompt in enumerate(PROMPTS):
        latents = k_sampler(
            context,
            model,
            seed,
            6,
            4.0,
            sampler_name="euler",
            scheduler="normal",
            positive=clip_text_encode(prompt, clip),
            negative=negative,
            latent_image=empty_latent_image(64, 64),
        )
        pictures.append(vae_decode(context, latents, vae))
    return torch.cat(pictures)


def test_the_starters_pictures_in_bfloat16_are_those_in_float32(context: NodeContext) -> None:
    folder = context.folders.models["checkpoints"][0]
    folder.mkdir(parents=True)
    (folder / STARTER.name).symlink_to(STARTER)

    exact, rough = (_pictures(context, precision) for precision in ("fp32", "bf16"))

    errors = (exact - rough).square().mean(dim=(1, 2, 3))
    assert errors.min() > 0.0
    assert 10 * math.log10(1.0 / float(errors.mean())) >= LEAST

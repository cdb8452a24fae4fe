"""Nodes that say which noise a run starts from."""

from typing import Annotated

from graph.decorator import node
from graph.sockets import Int
from nodes.types import Latent, Model, Noise, Sigmas

_CATEGORY = "sampling/custom_sampling/noise"


@node("RandomNoise", category=_CATEGORY)
def random_noise(
    noise_seed: Annotated[int, Int(0, 2**64 - 1, control_after_generate=True)] = 0,
) -> Noise:
    """Noise from a seed.

    Args:
        noise_seed: The same seed makes the same noise.
    """
    from diffusion.noise import RandomNoise

    return RandomNoise(noise_seed)


@node("DisableNoise", category=_CATEGORY)
def disable_noise() -> Noise:
    """No noise, for latents that have theirs already."""
    from diffusion.noise import NoNoise

    return NoNoise()


@node("AddNoise", category="_for_testing/custom_sampling/noise")
def add_noise(model: Model, noise: Noise, sigmas: Sigmas, latent_image: Latent) -> Latent:
    """Mix noise into latents, as much as noise levels leave out between their first and last.

    Args:
        model: Knows how noise is mixed in.
        noise: Which noise.
        sigmas: The noise levels; without any the latents stay as they are.
        latent_image: What it is mixed into.
    """
    from diffusion.custom_sampling import add_noise as mixed

    return {**latent_image, "samples": mixed(model, noise, sigmas, latent_image)}

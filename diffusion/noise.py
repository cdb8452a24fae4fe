"""Noise, always drawn on the CPU, so that a picture does not depend on the machine's GPU.

`draw_noise` makes the noise a run starts from, and `RandomNoise` is the wish for it;
`IndependentNoise` makes the fresh noise of stochastic samplers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

_SEEDS = 2**64


def _generator(seed: int) -> torch.Generator:
    generator = torch.Generator(device="cpu")
    generator.manual_seed(seed % _SEEDS)
    return generator


def draw_noise(shape: Sequence[int], seed: int, batch_index: Sequence[int] | None = None) -> Tensor:
    """The noise of a batch.

    Args:
        shape: [B, C, h, w].
        seed: 0 to 2^64 − 1.
        batch_index: Which items of a larger batch these are, B numbers. Without it, one draw makes
            the whole batch; with it, items are drawn one by one and those asked for are kept, so
            that any picture of a batch can be made again alone.

    Returns:
        Float32 on the CPU, unit variance.
    """
    generator = _generator(seed)
    if batch_index is None:
        return torch.randn(list(shape), generator=generator)
    wanted = set(batch_index)
    drawn: dict[int, Tensor] = {}
    for index in range(max(wanted) + 1):
        item = torch.randn([1, *shape[1:]], generator=generator)
        if index in wanted:
            drawn[index] = item
    return torch.cat([drawn[index] for index in batch_index])


class NoiseSource(Protocol):
    """What a NOISE socket carries: ours, or another pack's."""

    @property
    def seed(self) -> int:
        """Of the fresh noise of stochastic samplers."""
        ...

    def generate_noise(self, latent: Mapping[str, Any], /) -> Tensor:
        """Unit variance noise for the latents of a LATENT, shaped as its samples, on the CPU."""
        ...


@dataclass(frozen=True)
class RandomNoise:
    """Noise from a seed."""

    seed: int

    def generate_noise(self, latent: Mapping[str, Any], /) -> Tensor:
        """Draw it, each item's own where the latent says its place in a batch."""
        return draw_noise(latent["samples"].shape, self.seed, latent.get("batch_index"))


@dataclass(frozen=True)
class NoNoise:
    """No noise at all: zeros.

    Attributes:
        seed: Of the fresh noise of stochastic samplers, which is not left out.
    """

    seed: int = 0

    def generate_noise(self, latent: Mapping[str, Any], /) -> Tensor:
        """Zeros in the latents' shape."""
        return torch.zeros(latent["samples"].shape)


class IndependentNoise:
    """A new draw at every step, whatever the levels are."""

    def __init__(self, like: Tensor, seed: int) -> None:
        self._like = like
        self._generator = _generator(seed)

    def __call__(self, sigma: float, sigma_next: float) -> Tensor:  # noqa: ARG002
        """Unit variance noise of the batch's shape, on its device."""
        noise = torch.randn(self._like.shape, generator=self._generator)
        return noise.to(self._like.device)

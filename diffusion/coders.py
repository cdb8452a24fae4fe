"""What kinds of autoencoders do differently around their encoder and decoder.

Encoders take pixels in −1..1, [B, 3, H, W], and decoders give them. Sources: Kingma and Welling
2013, arXiv:1312.6114 (KL); van den Oord et al. 2017, arXiv:1711.00937 (VQ); Rombach et al. 2022,
arXiv:2112.10752 (both, for latents).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn


# Distances computed at once between elements and the codebook: 256 MB of float32.
_MOST_DISTANCES = 2**26


class Coder(Protocol):
    """A kind of autoencoder around its module."""

    @property
    def module(self) -> nn.Module:
        """What holds the weights, with an `encoder` and a `decoder`."""

    @property
    def channels(self) -> int:
        """Channels of its latents."""

    @property
    def factor(self) -> int:
        """Pixels along a side of one latent element."""

    def enter(self, latents: Tensor) -> Tensor:
        """From LATENT units to what the decoder takes."""

    def leave(self, encoded: Tensor) -> Tensor:
        """From what the encoder gives to LATENT units."""


@dataclass(frozen=True, eq=False)
class KLCoder:
    """Around diffusers' `AutoencoderKL`: the mean of the posterior, no noise."""

    module: nn.Module

    @property
    def channels(self) -> int:
        """Channels of its latents."""
        return int(_config(self.module).latent_channels)

    @property
    def factor(self) -> int:
        """Pixels along a side of one latent element."""
        return int(2 ** (len(_config(self.module).block_out_channels) - 1))

    def enter(self, latents: Tensor) -> Tensor:
        """From LATENT units to what the decoder takes."""
        return _through(self.module, "post_quant_conv", latents)

    def leave(self, encoded: Tensor) -> Tensor:
        """From what the encoder gives to LATENT units."""
        return _through(self.module, "quant_conv", encoded).chunk(2, dim=1)[0]


@dataclass(frozen=True, eq=False)
class VQCoder:
    """Around diffusers' `VQModel`: each element becomes the closest word of a codebook."""

    module: nn.Module

    @property
    def channels(self) -> int:
        """Channels of its latents."""
        return int(self._codebook.shape[1])

    @property
    def factor(self) -> int:
        """Pixels along a side of one latent element."""
        return int(2 ** (len(_config(self.module).block_out_channels) - 1))

    @property
    def _codebook(self) -> Tensor:
        weight: Any = self.module.get_submodule("quantize.embedding").weight
        codebook: Tensor = weight
        return codebook

    def enter(self, latents: Tensor) -> Tensor:
        """From LATENT units to what the decoder takes: quantised first."""
        return _through(self.module, "post_quant_conv", quantised(latents, self._codebook))

    def leave(self, encoded: Tensor) -> Tensor:
        """From what the encoder gives to LATENT units: not quantised, as diffusion is trained."""
        return _through(self.module, "quant_conv", encoded)


def quantised(latents: Tensor, codebook: Tensor) -> Tensor:
    """Each element replaced by the closest word of a codebook.

    Args:
        latents: [B, D, h, w].
        codebook: [words, D].
    """
    elements = latents.movedim(1, -1).reshape(-1, latents.shape[1])
    at_once = max(_MOST_DISTANCES // len(codebook), 1)
    words = [torch.cdist(part, codebook).argmin(dim=1) for part in torch.split(elements, at_once)]
    found = codebook[torch.cat(words)]
    batch, _, height, width = latents.shape
    return found.reshape(batch, height, width, -1).movedim(-1, 1).contiguous()


def _config(module: nn.Module) -> Any:  # noqa: ANN401 - diffusers types it loosely
    config: Any = module.config
    return config


def _through(module: nn.Module, name: str, value: Tensor) -> Tensor:
    """Through a layer that not every autoencoder has."""
    layer = getattr(module, name, None)
    answer: Tensor = value if layer is None else layer(value)
    return answer

"""The autoencoder between pictures and latents: diffusers' AutoencoderKL.

IMAGE is float32 [B, H, W, 3] in 0..1; latents are in LATENT units, [B, C, H/8, W/8] for the usual
four levels. Sources: Rombach et al. 2022, arXiv:2112.10752; Kingma and
Welling 2013, arXiv:1312.6114.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from diffusion.errors import DiffusionError
from diffusion.layouts import vae_name
from diffusion.modules import Placement, assemble, reading
from diffusion.residency import in_use
from diffusion.shapes import vae_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    OnItem = Callable[[int, int], None]

_OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}


@dataclass(frozen=True, eq=False)
class VAE:
    """An autoencoder.

    Attributes:
        module: A diffusers `AutoencoderKL`.
        device: Where its weights are.
        dtype: What it computes in.
    """

    module: nn.Module
    device: torch.device
    dtype: torch.dtype

    @property
    def channels(self) -> int:
        """Channels of its latents."""
        config: Any = self.module.config
        return int(config.latent_channels)

    @property
    def factor(self) -> int:
        """Pixels along a side of one latent element."""
        config: Any = self.module.config
        return int(2 ** (len(config.block_out_channels) - 1))

    def decode(self, latents: Tensor, on_item: OnItem | None = None) -> Tensor:
        """Turn latents into pictures, one after the other so that a batch needs no more memory.

        Args:
            latents: [B, C, h, w] in LATENT units.
            on_item: Told how many pictures of how many are done; may raise to cancel.

        Returns:
            IMAGE [B, h·factor, w·factor, 3], float32 on the CPU.

        Raises:
            DiffusionError: The latents have another number of channels, or numbers overflowed.
        """
        if latents.ndim != 4 or latents.shape[1] != self.channels:
            raise DiffusionError(
                f"expected latents of shape [batch, {self.channels}, height, width], got "
                f"{list(latents.shape)}: they were made for a model of another family"
            )
        pixels = self._one_by_one(self._decode_one, latents, on_item)
        return pixels.div_(2.0).add_(0.5).clamp_(0.0, 1.0).movedim(1, -1).contiguous()

    def encode(self, image: Tensor, on_item: OnItem | None = None) -> Tensor:
        """Turn pictures into latents: the mean of the posterior, no noise.

        Args:
            image: IMAGE [B, H, W, 3 or more]; sides are cropped about the centre to multiples of
                `factor`, channels beyond three ignored.
            on_item: Told how many pictures of how many are done; may raise to cancel.

        Returns:
            [B, C, H/factor, W/factor] float32 on the CPU, in LATENT units.

        Raises:
            DiffusionError: The picture is smaller than one latent element or has no three colours,
                or numbers overflowed.
        """
        if image.ndim != 4 or image.shape[-1] < 3:
            raise DiffusionError(
                "expected pictures of shape [batch, height, width, 3], got "
                f"{list(image.shape)}: make them RGB first"
            )
        height, width = image.shape[1:3]
        if min(height, width) < self.factor:
            raise DiffusionError(
                f"the picture is {width}×{height} pixels, but this autoencoder needs at least "
                f"{self.factor}×{self.factor}; scale it up first"
            )
        return self._one_by_one(self._encode_one, _cropped(image, self.factor), on_item)

    def _decode_one(self, latent: Tensor) -> Tensor:
        module: Any = self.module
        pixels: Tensor = module.decode(latent.to(self.device, self.dtype), return_dict=False)[0]
        return pixels

    def _encode_one(self, picture: Tensor) -> Tensor:
        module: Any = self.module
        pixels = picture[..., :3].movedim(-1, 1).to(self.device, self.dtype) * 2.0 - 1.0
        latent: Tensor = module.encode(pixels, return_dict=False)[0].mode()
        return latent

    def _one_by_one(
        self, turn: Callable[[Tensor], Tensor], items: Tensor, on_item: OnItem | None
    ) -> Tensor:
        """Turn the items of a batch into float32 on the CPU, in no more memory than one needs."""
        turned = []
        for number, item in enumerate(torch.split(items, 1), 1):
            with in_use(self.module), torch.inference_mode():
                answer = turn(item).float().cpu()
            if not bool(answer.isfinite().all()):
                raise DiffusionError(
                    f"the autoencoder answered NaN or infinity for item {number} of {len(items)}: "
                    "use float32, or a sound picture and checkpoint"
                )
            turned.append(answer)
            if on_item:
                on_item(number, len(items))
        # Put together outside inference mode, whose tensors could not be changed in place later.
        return torch.cat(turned)


def _cropped(image: Tensor, factor: int) -> Tensor:
    """The picture with sides cropped about the centre to multiples of a factor."""
    for axis in (1, 2):
        size = image.shape[axis]
        image = image.narrow(axis, (size % factor) // 2, size // factor * factor)
    return image


def vae_from_original(
    tensors: Mapping[str, Tensor],
    norm_groups: int,
    placement: Placement,
) -> VAE:
    """Build an autoencoder from tensors in the original layout.

    Args:
        tensors: Without the `first_stage_model.` prefix.
        norm_groups: Groups of its group norms.
        placement: Where it goes.

    Raises:
        DiffusionError: Tensors are missing or of another shape.
    """
    with reading(placement.what):
        shape = vae_shape(tensors, norm_groups=norm_groups)
    levels = len(shape["block_out_channels"])
    renamed = {new: t for old, t in tensors.items() if (new := vae_name(old, levels))}
    return vae_from_config(renamed, shape, placement)


def vae_from_diffusers(
    tensors: Mapping[str, Tensor],
    norm_groups: int,
    placement: Placement,
) -> VAE:
    """Build an autoencoder from tensors under diffusers' names, without its configuration."""
    with reading(placement.what):
        shape = vae_shape(tensors, norm_groups=norm_groups)
    return vae_from_config(tensors, shape, placement)


def vae_from_config(
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    placement: Placement,
) -> VAE:
    """Build an autoencoder from tensors under diffusers' names and its configuration."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL  # noqa: PLC0415

    def make() -> nn.Module:
        module: nn.Module = AutoencoderKL.from_config(dict(config))
        return module

    current = {_without_age(name): tensor for name, tensor in tensors.items()}
    module = assemble(make, current, placement)
    return VAE(module, placement.device, placement.dtype)


def _without_age(name: str) -> str:
    """Diffusers before 0.17 called the parts of the attention by other names."""
    match = re.fullmatch(r"(.+\.attentions\.0\.)(query|key|value|proj_attn)(\..+)", name)
    return match[1] + _OLD_ATTENTION[match[2]] + match[3] if match else name

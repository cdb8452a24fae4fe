"""The autoencoder between pictures and latents.

IMAGE is float32 [B, H, W, 3] in 0..1; latents are in LATENT units, [B, C, H/8, W/8] for the usual
four levels. Sources: Rombach et al. 2022, arXiv:2112.10752; Kingma and
Welling 2013, arXiv:1312.6114.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from diffusion.errors import DiffusionError
from diffusion.residency import in_use
from diffusion.tiled_vae import decoded_tiles, encoded_tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor, nn

    from diffusion.coders import Coder
    from diffusion.tiling import Tiling

    OnItem = Callable[[int, int], None]
    Area = tuple[slice, slice]


@dataclass(frozen=True, eq=False)
class VAE:
    """An autoencoder.

    Attributes:
        coder: Which kind it is, around its module.
        device: Where its weights are.
        dtype: What it computes in.
    """

    coder: Coder
    device: torch.device
    dtype: torch.dtype

    @property
    def module(self) -> nn.Module:
        """What holds its weights."""
        return self.coder.module

    @property
    def channels(self) -> int:
        """Channels of its latents."""
        return self.coder.channels

    @property
    def factor(self) -> int:
        """Pixels along a side of one latent element."""
        return self.coder.factor

    def decode(
        self, latents: Tensor, on_item: OnItem | None = None, *, tiling: Tiling | None = None
    ) -> Tensor:
        """Turn latents into pictures, one after the other so that a batch needs no more memory.

        Args:
            latents: [B, C, h, w] in LATENT units.
            on_item: Told how many pictures, or tiles of pictures, of how many are done; may raise
                to cancel.
            tiling: Decode tile by tile, which is nearly the same in much less memory.

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
        batch, _, height, width = latents.shape
        image = torch.zeros(batch, height * self.factor, width * self.factor, 3)
        steps = _Steps(batch, self._tiles(height, width, tiling), on_item)
        with in_use(self.module), torch.inference_mode():
            for number, latent in enumerate(torch.split(latents, 1)):
                for (rows, columns), pixels in self._decoded(latent, tiling):
                    image[number, rows, columns] += _sound(pixels, number, batch)[0].movedim(0, -1)
                    steps.done()
        return image.div_(2.0).add_(0.5).clamp_(0.0, 1.0)

    def encode(
        self, image: Tensor, on_item: OnItem | None = None, *, tiling: Tiling | None = None
    ) -> Tensor:
        """Turn pictures into latents: the mean of the posterior, no noise.

        Args:
            image: IMAGE [B, H, W, 3 or more]; sides are cropped about the centre to multiples of
                `factor`, channels beyond three ignored.
            on_item: As for `decode`.
            tiling: Encode tile by tile, which is nearly the same in much less memory.

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
        batch, tiles = len(image), self._tiles(height // self.factor, width // self.factor, tiling)
        steps = _Steps(batch, tiles, on_item)
        latents = []
        with in_use(self.module), torch.inference_mode():
            for number, picture in enumerate(torch.split(_cropped(image, self.factor), 1)):
                for encoded in self._encoded(picture, tiling):
                    if encoded is None:
                        steps.done()
                    else:
                        latents.append(_sound(self.coder.leave(encoded), number, batch))
        # Put together outside inference mode, whose tensors could not be changed in place later.
        return torch.cat(latents)

    def _tiles(self, height: int, width: int, tiling: Tiling | None) -> int:
        return 1 if tiling is None else len(tiling.grid(height, width, self.factor))

    def _decoded(self, latent: Tensor, tiling: Tiling | None) -> Iterator[tuple[Area, Tensor]]:
        """Parts of a picture, [1, 3, h, w] in −1..1, and where each is to be added."""
        decoder: Any = self.module.decoder
        entered = self.coder.enter(latent.to(self.device, self.dtype))
        if tiling is None:
            yield (slice(None), slice(None)), decoder(entered)
            return
        for box, tile in decoded_tiles(decoder, entered, tiling, self.factor):
            yield box.area(self.factor), tile * box.weights(self.factor).to(tile)

    def _encoded(self, picture: Tensor, tiling: Tiling | None) -> Iterator[Tensor | None]:
        """None for each part of a picture that is done, and at last what the encoder gives."""
        encoder: Any = self.module.encoder
        pixels = picture[..., :3].movedim(-1, 1).to(self.device, self.dtype) * 2.0 - 1.0
        if tiling is None:
            yield encoder(pixels)
            yield None
        else:
            yield from encoded_tiles(encoder, pixels, tiling, self.factor)


class _Steps:
    """Counts tiles of pictures."""

    def __init__(self, pictures: int, tiles: int, on_item: OnItem | None) -> None:
        self._total = pictures * tiles
        self._done = 0
        self._on_item = on_item

    def done(self) -> None:
        """Tell of one more."""
        self._done += 1
        if self._on_item:
            self._on_item(self._done, self._total)


def _sound(answer: Tensor, number: int, batch: int) -> Tensor:
    """Float32 on the CPU.

    Raises:
        DiffusionError: It is not all numbers.
    """
    if not bool(answer.isfinite().all()):
        raise DiffusionError(
            f"the autoencoder answered NaN or infinity for item {number + 1} of {batch}: "
            "use float32, or a sound picture and checkpoint"
        )
    return answer.float().cpu()


def _cropped(image: Tensor, factor: int) -> Tensor:
    """The picture with sides cropped about the centre to multiples of a factor."""
    for axis in (1, 2):
        size = image.shape[axis]
        image = image.narrow(axis, (size % factor) // 2, size // factor * factor)
    return image

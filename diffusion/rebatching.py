"""Lists of batches cut into batches of another size.

Neighbours in the list are put together where they have one size; the order stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from diffusion.batches import as_images, as_latents, as_masks, repeat_to
from diffusion.regions import PIXELS
from diffusion.resize import resize


def rebatch_images(images: Sequence[Tensor], size: int) -> list[Tensor]:
    """Cut pictures into batches.

    Args:
        images: IMAGE each.
        size: Of a batch; a last one before pictures of another size may be smaller.
    """
    runs = _runs([tuple(as_images(image).shape[1:]) for image in images])
    return [part for run in runs for part in torch.split(torch.cat([images[i] for i in run]), size)]


def rebatch_latents(latents: Sequence[Mapping[str, Any]], size: int) -> list[dict[str, Any]]:
    """Cut latents into batches, each with its masks and its places in a batch.

    Latents without `batch_index` are numbered through the list. A mask of ones is left out.

    Args:
        latents: LATENT each.
        size: Of a batch; a last one before latents of another size may be smaller.
    """
    items = list(_numbered(latents))
    runs = _runs([tuple(item.samples.shape[1:]) for item in items])
    return [part for run in runs for part in _cut([items[i] for i in run], size)]


@dataclass(frozen=True)
class _Numbered:
    """A LATENT that says everything: samples [B, C, h, w], masks [B, 1, 8h, 8w], places."""

    samples: Tensor
    masks: Tensor
    places: list[int]


def _numbered(latents: Sequence[Mapping[str, Any]]) -> Iterator[_Numbered]:
    start = 0
    for latent in latents:
        samples = as_latents(latent["samples"])
        places = latent.get("batch_index", range(start, start + len(samples)))
        yield _Numbered(samples, _masks(latent, samples), list(places))
        start += len(samples)


def _masks(latent: Mapping[str, Any], samples: Tensor) -> Tensor:
    height, width = (side * PIXELS for side in samples.shape[-2:])
    if latent.get("noise_mask") is None:
        return torch.ones(len(samples), 1, height, width)
    masks = as_masks(latent["noise_mask"])[:, None]
    if masks.shape[-2:] != (height, width):
        masks = resize(masks, width, height, "bilinear")
    return repeat_to(masks, len(samples))


def _cut(items: Sequence[_Numbered], size: int) -> Iterator[dict[str, Any]]:
    places = [place for item in items for place in item.places]
    samples = torch.cat([item.samples for item in items])
    masks = torch.cat([item.masks for item in items])
    for start in range(0, len(samples), size):
        part = slice(start, start + size)
        latent: dict[str, Any] = {"samples": samples[part], "batch_index": places[part]}
        if not bool((masks[part] == 1.0).all()):
            latent["noise_mask"] = masks[part]
        yield latent


def _runs(shapes: Sequence[object]) -> list[range]:
    """Places in a list of neighbours that are equal."""
    changes = [place for place in range(1, len(shapes)) if shapes[place] != shapes[place - 1]]
    return [range(*ends) for ends in pairwise((0, *changes, len(shapes)))] if shapes else []

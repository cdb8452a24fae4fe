"""The reference latents and schedules in tests/data/sampling, and how to compute ours."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from diffusion.sampling import sample
from tests.diffusion.formula_model import NEGATIVE, POSITIVE, formula_model

_DATA = Path(__file__).parents[1] / "data" / "sampling"


@dataclass(frozen=True)
class Tolerance:
    """How near is near enough: a share of the largest value, or of one where all are smaller."""

    share: float = 1e-4

    def holds(self, ours: Tensor, reference: Tensor) -> bool:
        scale = max(1.0, float(reference.abs().max()))
        return float((ours - reference).abs().max()) <= self.share * scale


@cache
def settings() -> dict[str, Any]:
    """Everything in sampling.json."""
    content: dict[str, Any] = json.loads((_DATA / "sampling.json").read_text())
    return content


@cache
def references() -> dict[str, Tensor]:
    """Every tensor in sampling.safetensors."""
    return load_file(_DATA / "sampling.safetensors")


def start_latent(key: str, channels: int) -> dict[str, Tensor]:
    """The LATENT that a reference run started from."""
    shape = (2, channels, 8, 8)
    samples = torch.zeros(shape)
    if any(part in key for part in ("img2img", "inpaint", "advanced")):
        samples = torch.linspace(-1.5, 1.5, samples.numel()).reshape(shape)
    latent = {"samples": samples}
    if settings()["samplers"][key]["mask"]:
        mask = torch.zeros(1, 1, 8, 8)
        mask[..., 4:] = 1.0
        mask[:, :, 0, :] = 0.5
        latent["noise_mask"] = mask
    return latent


def our_latent(key: str) -> Tensor:
    """What we compute for a reference run."""
    case = settings()["samplers"][key]
    model = formula_model(case["kind"])
    return sample(
        model,
        POSITIVE,
        NEGATIVE,
        start_latent(key, model.latent_format.channels),
        seed=case["seed"],
        steps=case["steps"],
        cfg=case["cfg"],
        sampler=case["sampler"],
        schedule=case["scheduler"],
        denoise=case["denoise"],
        start_step=case["start"],
        last_step=case["last"],
        add_noise=case["add_noise"],
        force_full_denoise=case["force_full_denoise"],
    )

"""A checkpoint of SD 1.5's shape from end to end: against the reference numbers, and its memory.

Slow: it makes 2.1 GB of random weights in `cache/` and needs 10 GB of memory.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from benchmarks.random_checkpoint import random_sd15
from diffusion.assembly import Checkpoint
from diffusion.checkpoints import load_checkpoint
from diffusion.sampling import sample

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

_DATA = Path(__file__).parents[1] / "data" / "sd15"
SETTINGS: dict[str, Any] = json.loads((_DATA / "settings.json").read_text())
LATENTS = sorted(key for key, setting in SETTINGS.items() if "steps" in setting)


@pytest.fixture(scope="module")
def checkpoint() -> Iterator[Checkpoint]:
    threads = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    yield load_checkpoint(random_sd15())
    torch.set_num_threads(threads)


@cache
def _references() -> dict[str, Tensor]:
    return load_file(_DATA / "references.safetensors")


def _agrees(ours: Tensor, key: str) -> bool:
    reference = _references()[key]
    near = 2e-5 * float(reference.abs().max())
    return ours.shape == reference.shape and float((ours - reference).abs().max()) <= near


def _embedded(checkpoint: Checkpoint, prompt: str, stop_at_clip_layer: int = -1) -> list[Any]:
    assert checkpoint.clip is not None
    return checkpoint.clip.with_skip(stop_at_clip_layer).encode(prompt)


def _gradient() -> Tensor:
    """Red to the right, green to the bottom, blue in the corner between: [1, 128, 128, 3]."""
    ramp = torch.linspace(0, 1, 128)
    red, green = ramp.expand(128, 128), ramp[:, None].expand(128, 128)
    return torch.stack([red, green, red * green], dim=-1).unsqueeze(0)


@pytest.mark.parametrize("key", sorted(key for key in SETTINGS if key.startswith("cond/")))
def test_embeddings_are_the_references(checkpoint: Checkpoint, key: str) -> None:
    setting = SETTINGS[key]

    ((embeddings, _),) = _embedded(
        checkpoint, setting["prompt"], setting.get("stop_at_clip_layer", -1)
    )

    assert _agrees(embeddings, key)


@pytest.mark.parametrize("key", LATENTS)
def test_latents_are_the_references(checkpoint: Checkpoint, key: str) -> None:
    setting = SETTINGS[key]
    # A picture that starts from another has its latents for a start, others begin at zero.
    start = _references()["latent/encode_gradient"]
    if "size" in setting:
        start = torch.zeros_like(_references()[key])

    latents = sample(
        checkpoint.model,
        _embedded(checkpoint, setting["positive"]),
        _embedded(checkpoint, setting["negative"]),
        {"samples": start},
        seed=setting["seed"],
        steps=setting["steps"],
        cfg=setting["cfg"],
        sampler=setting["sampler"],
        schedule=setting["scheduler"],
        denoise=setting.get("denoise", 1.0),
    )

    assert _agrees(latents, key)


def test_the_decoded_picture_is_the_reference(checkpoint: Checkpoint) -> None:
    key = "image/euler_normal_4_seed42"
    assert checkpoint.vae is not None

    assert _agrees(checkpoint.vae.decode(_references()[SETTINGS[key]["of"]]), key)


def test_the_encoded_picture_is_the_reference(checkpoint: Checkpoint) -> None:
    assert checkpoint.vae is not None

    assert _agrees(checkpoint.vae.encode(_gradient()), "latent/encode_gradient")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's numbers are Linux's")
def test_loading_never_holds_the_weights_twice() -> None:
    command = [sys.executable, "-m", "benchmarks.load_memory", str(random_sd15())]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)

    result = json.loads(done.stdout)

    assert result["weights"] > 4.2e9
    assert result["peak"] <= 1.25 * result["weights"]

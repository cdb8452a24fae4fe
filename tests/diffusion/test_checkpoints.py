"""Whole models from single files: what becomes of every part."""

import json
import time
from pathlib import Path

import pytest
import torch
from torch import Tensor

from diffusion.assembly import Checkpoint
from diffusion.checkpoints import load_checkpoint
from diffusion.parameterisation import Prediction
from diffusion.precision import Precision
from diffusion.site import Site
from tests.diffusion.checkpoint_runs import network_module, short_run
from tests.support.checkpoints import (
    TINY_CONFIG,
    TINY_METADATA,
    tiny_tensors,
    write_tiny_checkpoint,
)
from tests.support.tensors import noise

UNET = "model.diffusion_model."
TEXT = "cond_stage_model.transformer.text_model."
VAE = "first_stage_model."


def _load(path: Path, tensors: dict[str, Tensor] | None = None, **metadata: str) -> Checkpoint:
    notes = TINY_METADATA | {f"safelight.{name}": text for name, text in metadata.items()}
    return load_checkpoint(write_tiny_checkpoint(path, tensors, metadata=notes))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.safetensors"


def test_a_checkpoint_becomes_a_model_a_text_encoder_and_an_autoencoder(path: Path) -> None:
    checkpoint = _load(path)

    assert checkpoint.model.family == "SD 1.x"
    assert checkpoint.model.native_size == (64, 64)
    assert checkpoint.model.parameterisation.prediction is Prediction.EPS
    assert checkpoint.model.latent_format.scale == 0.18215
    assert checkpoint.vae is not None
    picture = checkpoint.vae.decode(short_run(checkpoint))
    assert picture.shape == (1, 64, 64, 3)
    assert picture.std() > 0.1


def test_a_tiny_checkpoint_is_loaded_in_a_blink(path: Path) -> None:
    _load(path)  # imports
    began = time.process_time()

    load_checkpoint(path)

    assert time.process_time() - began < 1.0


def test_metadata_tells_the_prediction(path: Path) -> None:
    odd = _load(path, config=json.dumps(TINY_CONFIG | {"prediction": "v_prediction"}))

    assert odd.model.parameterisation.prediction is Prediction.V


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_any_storage_is_computed_in_float32_on_a_cpu(path: Path, dtype: torch.dtype) -> None:
    checkpoint = _load(path, tiny_tensors(dtype=dtype))

    assert checkpoint.model.dtype == torch.float32
    assert checkpoint.vae is not None
    assert checkpoint.clip is not None
    for module in (
        checkpoint.clip.parts[0].module,
        checkpoint.vae.module,
        network_module(checkpoint),
    ):
        assert {tensor.dtype for tensor in module.state_dict().values()} == {torch.float32}
    assert short_run(checkpoint).isfinite().all()


def test_another_dtype_is_for_the_unet_and_the_text_encoder(path: Path) -> None:
    checkpoint = load_checkpoint(write_tiny_checkpoint(path), Site(precision=Precision.BF16))

    assert checkpoint.model.dtype == torch.bfloat16
    assert checkpoint.vae is not None
    assert checkpoint.vae.dtype == torch.float32
    exact = short_run(load_checkpoint(path))
    assert 0.0 < (short_run(checkpoint) - exact).abs().max() < 0.1 * exact.abs().max()


def test_moving_averages_and_training_buffers_are_ignored(path: Path, tmp_path: Path) -> None:
    tensors = tiny_tensors()
    averages = {
        f"model_ema.{name.removeprefix('model.').replace('.', '')}": torch.full_like(tensor, 9.0)
        for name, tensor in tensors.items()
        if name.startswith(UNET)
    }
    others = {
        "model_ema.decay": torch.tensor(0.99),
        "first_stage_model.loss.logvar": torch.zeros(()),
        "lora_te.alpha": torch.zeros(1),
    }

    full = _load(path, tensors | averages | others)

    assert torch.equal(short_run(full), short_run(_load(tmp_path / "y.safetensors")))


def test_names_from_before_text_model_are_read_as_well(path: Path, tmp_path: Path) -> None:
    old = {
        name.replace("transformer.text_model.", "transformer."): t
        for name, t in tiny_tensors().items()
    }

    assert torch.equal(short_run(_load(path, old)), short_run(_load(tmp_path / "y.safetensors")))


def test_a_file_may_lack_the_text_encoder_or_the_autoencoder(path: Path) -> None:
    tensors = tiny_tensors()
    alone = {name: tensor for name, tensor in tensors.items() if name.startswith(UNET)}

    checkpoint = _load(path, alone)

    assert checkpoint.clip is None
    assert checkpoint.vae is None
    assert checkpoint.model.network(noise(1, 4, 8, 8), torch.ones(1), noise(1, 77, 64)).std() > 0.1


def test_progress_goes_up_to_the_size_of_the_parts(path: Path) -> None:
    write_tiny_checkpoint(path)
    told: list[tuple[int, int]] = []

    load_checkpoint(path, on_progress=lambda done, total: told.append((done, total)))

    size = sum(t.nbytes for n, t in tiny_tensors().items() if n.startswith((UNET, TEXT, VAE)))
    assert {total for _, total in told} == {size}
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (size, size)
    # At each hundredth at most: of a large model there would be thousands.
    assert 10 < len(told) <= 101


def test_a_load_ends_when_its_report_raises(path: Path) -> None:
    write_tiny_checkpoint(path)

    def cancel(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_checkpoint(path, on_progress=cancel)

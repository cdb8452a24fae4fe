"""Whole models out of pickled files are those of .safetensors, to the bit."""

from pathlib import Path

import pytest
import torch
from torch import nn

from diffusion.checkpoints import load_checkpoint
from diffusion.errors import DiffusionError
from diffusion.parts import load_vae
from tests.support.checkpoints import TINY_METADATA, tiny_tensors, write_tiny_checkpoint
from tests.support.tensors import noise

VAE = "first_stage_model."


def _same(ours: nn.Module, theirs: nn.Module) -> bool:
    left, right = ours.state_dict(), theirs.state_dict()
    return list(left) == list(right) and all(torch.equal(left[k], right[k]) for k in left)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_checkpoint_of_lightnings_is_the_same_model(tmp_path: Path, *, zipped: bool) -> None:
    content = {
        "epoch": 3,
        "global_step": 470_000,
        "pytorch-lightning_version": "1.4.2",
        "state_dict": tiny_tensors(),
        "optimizer_states": [{"state": {0: {"step": 1, "exp_avg": torch.zeros(3)}}}],
        "lr_schedulers": [{"base_lrs": [1e-4]}],
        **TINY_METADATA,
    }
    path = tmp_path / "x.ckpt"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)

    ours = load_checkpoint(path)
    theirs = load_checkpoint(write_tiny_checkpoint(tmp_path / "x.safetensors"))

    assert ours.clip
    assert theirs.clip
    assert ours.vae
    assert theirs.vae
    assert _same(ours.model.network.module, theirs.model.network.module)  # type: ignore[attr-defined]
    assert _same(ours.clip.parts[0].module, theirs.clip.parts[0].module)
    assert _same(ours.vae.module, theirs.vae.module)


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_autoencoder_of_its_own_is_read(tmp_path: Path, *, wrapped: bool) -> None:
    tensors = {n.removeprefix(VAE): t for n, t in tiny_tensors().items() if n.startswith(VAE)}
    content = {"state_dict": tensors} if wrapped else tensors
    path = tmp_path / "x.vae.pt"
    torch.save({**content, **TINY_METADATA}, path)
    latents = noise(1, 4, 2, 2)

    theirs = load_vae(write_tiny_checkpoint(tmp_path / "x.safetensors"))

    assert torch.equal(load_vae(path).decode(latents), theirs.decode(latents))


def test_an_embedding_is_no_autoencoder(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save({"string_to_param": {"*": torch.ones(1, 768)}}, path)

    with pytest.raises(DiffusionError, match=r"x\.pt has no autoencoder"):
        load_vae(path)

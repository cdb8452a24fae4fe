"""Everything that can be wrong with a checkpoint ends in one sentence."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from diffusion.assembly import Checkpoint
from diffusion.autoencoders import vae_from_original
from diffusion.checkpoints import load_checkpoint
from diffusion.clip import clip_from_tensors
from diffusion.errors import DiffusionError
from diffusion.families import FAMILIES
from diffusion.family import CLIP_L
from diffusion.modules import Placement
from diffusion.overrides import overridden
from diffusion.unet import unet_from_tensors
from tests.support.checkpoints import (
    TINY_CONFIG,
    TINY_METADATA,
    tiny_tensors,
    write_tiny_checkpoint,
)

if TYPE_CHECKING:
    from collections.abc import Callable

UNET = "model.diffusion_model."
TEXT = "cond_stage_model.transformer.text_model."
VAE = "first_stage_model."


def _load(path: Path, tensors: dict[str, Tensor] | None = None, **metadata: str) -> Checkpoint:
    notes = TINY_METADATA | {f"safelight.{name}": text for name, text in metadata.items()}
    return load_checkpoint(write_tiny_checkpoint(path, tensors, metadata=notes))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.safetensors"


@pytest.mark.parametrize("part", [UNET, VAE, TEXT])
def test_any_missing_tensor_is_told_in_a_sentence(part: str) -> None:
    family = overridden(FAMILIES["sd1"], "x", TINY_METADATA)
    tensors = {n.removeprefix(part): t for n, t in tiny_tensors().items() if n.startswith(part)}
    tensors.pop("embeddings.position_ids", None)
    place = Placement("the part", torch.device("cpu"), torch.float32)
    loads: dict[str, Callable[..., object]] = {
        UNET: partial(unet_from_tensors, family=family, placement=place),
        TEXT: partial(clip_from_tensors, kind=CLIP_L, family=family, placement=place),
        VAE: partial(vae_from_original, norm_groups=family.vae_groups, placement=place),
    }

    for missing in sorted(tensors)[::6]:
        rest = {name: tensor for name, tensor in tensors.items() if name != missing}
        with pytest.raises(DiffusionError, match=r"the part (is incomplete|has levels of)"):
            loads[part](rest)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.999])
def test_a_truncated_checkpoint_is_refused_in_a_sentence(path: Path, share: float) -> None:
    content = write_tiny_checkpoint(path).read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(
        DiffusionError, match=r"x\.safetensors .* is no complete .*download it again"
    ):
        load_checkpoint(path)


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(DiffusionError, match=r"there is no weights file .*gone\.safetensors"):
        load_checkpoint(tmp_path / "gone.safetensors")


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (
            "out.0.weight",
            (17,),
            r"UNet of x\.safetensors has 1 tensors .*: conv_norm_out\.weight is",
        ),
        ("time_embed.0.weight", (16, 64), r"is \[16, 64\] where \[64, 16\] was expected"),
        (
            "input_blocks.0.0.weight",
            (16, 7, 3, 3),
            "UNet of 7 input channels where 4, or 9 for inpainting, were expected",
        ),
        ("out.2.weight", (), "UNet of x.safetensors has tensors of an unexpected shape"),
        (
            "input_blocks.1.0.out_layers.3.weight",
            (17, 16, 3, 3),
            "level of 17 channels, which heads",
        ),
    ],
)
def test_a_tensor_of_another_shape_is_told_in_a_sentence(
    path: Path, name: str, shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(DiffusionError, match=message):
        _load(path, tiny_tensors() | {UNET + name: torch.zeros(shape)})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "metadata 'safelight.config' of x.safetensors cannot be read"),
        ('{"unet": {"norm_num_groups": 5}}', "the UNet of x.safetensors cannot be built"),
        ('{"unet": {"norm_num_groups": 8, "attention_head_dim": 8}}', "the autoencoder of"),
        ('{"text": {"act": "loud"}}', "the UNet of"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused_in_a_sentence(
    path: Path, config: str, message: str
) -> None:
    with pytest.raises(DiffusionError, match=message) as caught:
        _load(path, config=config)

    assert "\n" not in str(caught.value)


def test_another_activation_must_be_one_that_exists(path: Path) -> None:
    config = json.dumps(TINY_CONFIG | {"text": {"head_dim": 32, "act": "loud"}})

    with pytest.raises(DiffusionError, match=r"text encoder of .* cannot be built .*loud"):
        _load(path, config=config)

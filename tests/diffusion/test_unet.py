"""The UNet that we read from a file against the one that diffusers makes of the same tensors."""

import json
from pathlib import Path

import pytest
import torch

from benchmarks.random_checkpoint import Sizes
from diffusion.assembly import Checkpoint
from diffusion.checkpoints import load_checkpoint
from diffusion.errors import DiffusionError
from tests.diffusion.reference_modules import reference_unet
from tests.support.checkpoints import TINY, tiny_tensors, write_tiny_checkpoint
from tests.support.tensors import noise

# Deeper, attention at every level, entered by linear layers: as the starter model's.
LINEAR = Sizes(
    unet=(16, 32, 48),
    attended=(True, True, True),
    unet_layers=2,
    linear=True,
    vae=(8, 8),
    vae_layers=1,
    text=24,
    text_layers=1,
)
# No attention at the finest level, as in no SD, but the names tell it.
LATE = Sizes(
    unet=(8, 16, 16),
    attended=(False, True, False),
    unet_layers=3,
    vae=(8, 8),
    vae_layers=1,
    text=16,
    text_layers=1,
)


def _loaded(path: Path, sizes: Sizes, unet: dict[str, int], *, dtype: torch.dtype) -> Checkpoint:
    config = {"unet": unet, "vae": {"norm_num_groups": 4}, "text": {"head_dim": 8}}
    metadata = {"safelight.family": "sd1", "safelight.config": json.dumps(config)}
    tensors = tiny_tensors(sizes=sizes, dtype=dtype)
    return load_checkpoint(write_tiny_checkpoint(path, tensors, metadata=metadata))


@pytest.mark.parametrize(
    ("sizes", "unet", "heads"),
    [
        (TINY, {"attention_head_dim": 8, "norm_num_groups": 8}, (2, 4)),
        (TINY, {"norm_num_groups": 16}, 8),
        (LINEAR, {"attention_head_dim": 16, "norm_num_groups": 4}, (1, 2, 3)),
        (LATE, {"attention_head_dim": 4, "norm_num_groups": 8}, (2, 4, 4)),
    ],
    ids=["conv", "eight heads", "linear", "late attention"],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_the_unet_answers_what_diffusers_answers(
    tmp_path: Path,
    sizes: Sizes,
    unet: dict[str, int],
    heads: int | tuple[int, ...],
    dtype: torch.dtype,
) -> None:
    ours = _loaded(tmp_path / "x.safetensors", sizes, unet, dtype=dtype).model.network
    tensors = tiny_tensors(sizes=sizes, dtype=dtype)
    reference = reference_unet(tensors, sizes, heads=heads, groups=unet["norm_num_groups"])
    x, context = noise(2, 4, 8, 12), noise(2, 77, sizes.text)
    timestep = torch.tensor([999.0, 3.5])

    expected = reference(x, timestep, context).sample
    answer = ours(x, timestep, context)

    assert answer.shape == x.shape
    assert answer.std() > 0.1
    assert (answer - expected).abs().max() <= 1e-5 * expected.abs().max()


def test_a_prompt_of_another_width_is_refused_in_a_sentence(tmp_path: Path) -> None:
    network = load_checkpoint(write_tiny_checkpoint(tmp_path / "x.safetensors")).model.network

    with pytest.raises(DiffusionError, match="encoded 768 wide, but this model attends to 64: use"):
        network(torch.zeros(1, 4, 8, 8), torch.ones(1), torch.zeros(1, 77, 768))

"""What tests of checkpoints do with one that is loaded."""

import torch
from torch import Tensor, nn

from diffusion.assembly import Checkpoint
from diffusion.sampling import sample


def short_run(checkpoint: Checkpoint) -> Tensor:
    """A short run through text encoder and UNet."""
    assert checkpoint.clip is not None
    return sample(
        checkpoint.model,
        checkpoint.clip.encode("a (red:1.2) cat"),
        checkpoint.clip.encode(""),
        {"samples": torch.zeros(1, 4, 8, 8)},
        seed=3,
        steps=2,
        cfg=4.0,
        sampler="euler",
        schedule="normal",
    )


def network_module(checkpoint: Checkpoint) -> nn.Module:
    """The UNet itself."""
    module = getattr(checkpoint.model.network, "module", None)
    assert isinstance(module, nn.Module)
    return module

"""A UNet of few random weights, for what needs a network with real attention."""

from functools import cache

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import nn

from diffusion.latents import SD15_LATENTS
from diffusion.model import DiffusionModel
from diffusion.parameterisation import stable_diffusion
from diffusion.unet import UNet


@cache
def tiny_module(channels: int) -> nn.Module:
    """Two levels, so that the middle sees a quarter of the places, in two layers of attention."""
    with torch.random.fork_rng():
        torch.manual_seed(11)
        module: nn.Module = UNet2DConditionModel(
            in_channels=channels,
            out_channels=4,
            block_out_channels=(16, 32),
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            layers_per_block=1,
            transformer_layers_per_block=(1, 2),
            cross_attention_dim=8,
            attention_head_dim=8,
            norm_num_groups=8,
        )
    return module.requires_grad_(False).eval()


def tiny_model(channels: int = 4) -> DiffusionModel:
    """A model around it; 9 channels make it an inpainting model."""
    return DiffusionModel(
        network=UNet(tiny_module(channels)),
        parameterisation=stable_diffusion(),
        latent_format=SD15_LATENTS,
        family="tiny",
        device=torch.device("cpu"),
        dtype=torch.float32,
        extra_channels=channels - 4,
    )

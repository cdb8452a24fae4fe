"""A picture by SDXL through the nodes, against diffusers' own pipeline on the same weights."""

import math
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import (
    StableDiffusionXLPipeline,
)
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from torch import Tensor

from diffusion.noise import draw_noise
from graph.context import NodeContext
from nodes.conditioning import clip_text_encode
from nodes.latent import empty_latent_image
from nodes.loaders import load_checkpoint
from nodes.prompts_sdxl import clip_text_encode_sdxl
from nodes.sampling import k_sampler
from nodes.types import Conditioning
from nodes.vae import vae_decode
from tests.diffusion.reference_modules import reference_unet, reference_vae
from tests.support.checkpoints import TINY_SDXL, tiny_tensors, write_tiny_family

# 999 / (steps − 1) is whole, so that both count the same timesteps.
STEPS, SEED, CFG, SIDE = 4, 7, 5.0, 64


@pytest.fixture(scope="module")
def pipeline() -> Any:  # noqa: ANN401 - diffusers types it loosely
    """Plain diffusers; prompts come embedded, so that it needs no text encoder."""
    tensors = tiny_tensors(sizes=TINY_SDXL, dtype=torch.float32)
    vae = reference_vae(tensors, TINY_SDXL, groups=4)
    vae.register_to_config(scaling_factor=0.13025)  # type: ignore[operator]
    pipe = StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=None,
        text_encoder_2=None,
        tokenizer=None,
        tokenizer_2=None,
        unet=reference_unet(tensors, TINY_SDXL, heads=(2, 4, 4), groups=8),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"
        ),
        add_watermarker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers'
@pytest.mark.parametrize("sized", [False, True], ids=["CLIPTextEncode", "CLIPTextEncodeSDXL"])
def test_a_picture_is_diffusers_picture(
    context: NodeContext,
    pipeline: Any,  # noqa: ANN401 - diffusers types it loosely
    sized: bool,
) -> None:
    folder = context.folders.models["checkpoints"][0]
    folder.mkdir(parents=True)
    write_tiny_family(folder / "x.safetensors", "SDXL")
    model, clip, vae = load_checkpoint(context, "x.safetensors")
    if sized:
        sizes = {"width": 96, "height": 80, "crop_w": 8, "crop_h": 16}
        target = {"target_width": 64, "target_height": 48}
        positive, negative = (
            clip_text_encode_sdxl(clip, **sizes, **target, text_g=text, text_l=text)
            for text in ("a cat", "blurry")
        )
    else:
        positive, negative = (clip_text_encode(text, clip) for text in ("a cat", "blurry"))

    latents = k_sampler(
        context,
        model,
        SEED,
        STEPS,
        CFG,
        sampler_name="euler",
        scheduler="normal",
        positive=positive,
        negative=negative,
        latent_image=empty_latent_image(SIDE, SIDE),
    )
    picture = vae_decode(context, latents, vae)

    vectors: list[Tensor] = []
    hook = pipeline.unet.add_embedding.register_forward_pre_hook(
        lambda _, args: vectors.append(args[0])
    )
    more = {"original_size": (80, 96), "crops_coords_top_left": (16, 8), "target_size": (48, 64)}
    expected = _theirs(pipeline, positive, negative, more if sized else {})
    hook.remove()
    assert picture.shape == (1, SIDE, SIDE, 3)
    assert picture.std() > 0.05
    assert (picture - expected).abs().max() <= 1e-4
    assert model.told is not None
    ours = [
        model.told.vector(side[0][1], width=SIDE, height=SIDE, negative=side is negative)
        for side in (negative, positive)
    ]
    assert torch.allclose(torch.cat(ours), vectors[0], atol=1e-6)


def _theirs(
    pipeline: Any,  # noqa: ANN401 - diffusers types it loosely
    positive: Conditioning,
    negative: Conditioning,
    more: dict[str, Any],
) -> Tensor:
    sizes = {**more, **{f"negative_{name}": size for name, size in more.items()}}
    top = float(pipeline.scheduler.sigmas.max())
    noise = draw_noise(torch.Size((1, 4, SIDE // 8, SIDE // 8)), SEED)
    # The pipeline scales noise by the highest level; training pictures were still in it.
    noise = noise * math.sqrt(1.0 + top**2) / top
    answer = pipeline(
        prompt_embeds=positive[0][0],
        pooled_prompt_embeds=positive[0][1]["pooled_output"],
        negative_prompt_embeds=negative[0][0],
        negative_pooled_prompt_embeds=negative[0][1]["pooled_output"],
        latents=noise,
        width=SIDE,
        height=SIDE,
        num_inference_steps=STEPS,
        guidance_scale=CFG,
        output_type="pt",
        **sizes,
    )
    picture: Tensor = answer.images.movedim(1, -1)
    return picture

"""The modules of a checkpoint as diffusers itself makes them: its converters, configs by hand."""

from collections.abc import Mapping

from diffusers.loaders.single_file_utils import (
    convert_ldm_clip_checkpoint,
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from benchmarks.random_checkpoint import Sizes


def reference_unet(
    tensors: Mapping[str, Tensor], sizes: Sizes, *, heads: int | tuple[int, ...], groups: int
) -> nn.Module:
    """A UNet2DConditionModel; `heads` is the number of heads of each level."""
    kinds = ["CrossAttn" if attended else "" for attended in sizes.attended]
    depths = [max(sizes.depth(level), 1) for level in range(len(sizes.unet))]
    depths[-1] = max(depths)  # the middle's, too
    told = {
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": sizes.vector,
    }
    module: nn.Module = UNet2DConditionModel(
        in_channels=sizes.channels,
        out_channels=4,
        block_out_channels=sizes.unet,
        layers_per_block=sizes.unet_layers,
        down_block_types=tuple(f"{kind}DownBlock2D" for kind in kinds),
        up_block_types=tuple(f"{kind}UpBlock2D" for kind in reversed(kinds)),
        cross_attention_dim=sizes.context,
        transformer_layers_per_block=depths,
        **(told if sizes.vector else {}),
        attention_head_dim=heads,
        use_linear_projection=sizes.linear,
        norm_num_groups=groups,
    )
    state = convert_ldm_unet_checkpoint(dict(tensors), module.config)
    module.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return module.requires_grad_(False).eval()


def reference_vae(tensors: Mapping[str, Tensor], sizes: Sizes, *, groups: int) -> nn.Module:
    """An AutoencoderKL."""
    levels = len(sizes.vae)
    module: nn.Module = AutoencoderKL(
        block_out_channels=sizes.vae,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=sizes.vae_layers,
        latent_channels=4,
        norm_num_groups=groups,
    )
    state = convert_ldm_vae_checkpoint(dict(tensors), module.config)
    module.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return module.requires_grad_(False).eval()


def reference_text(tensors: Mapping[str, Tensor], sizes: Sizes, *, heads: int) -> nn.Module:
    """A CLIPTextModel with CLIP's own activation."""
    config = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=sizes.text,
        intermediate_size=4 * sizes.text,
        num_hidden_layers=sizes.text_layers,
        num_attention_heads=heads,
        hidden_act="quick_gelu",
        bos_token_id=49406,
        eos_token_id=49407,
    )
    module: nn.Module = CLIPTextModel(config)
    state = convert_ldm_clip_checkpoint(dict(tensors))
    known = module.state_dict()
    named = {name.removeprefix("text_model."): tensor for name, tensor in state.items()}
    prefix = "text_model." if any(name.startswith("text_model.") for name in known) else ""
    module.load_state_dict(
        {prefix + name: tensor.float() for name, tensor in named.items() if prefix + name in known}
    )
    return module.requires_grad_(False).eval()


def reference_open_text(tensors: Mapping[str, Tensor], sizes: Sizes, *, heads: int) -> nn.Module:
    """A CLIPTextModelWithProjection of OpenCLIP's weights."""
    config = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=sizes.open_text,
        projection_dim=sizes.open_text,
        intermediate_size=4 * sizes.open_text,
        num_hidden_layers=sizes.open_text_layers,
        num_attention_heads=heads,
        hidden_act="gelu",
        bos_token_id=49406,
        eos_token_id=49407,
    )
    module: nn.Module = CLIPTextModelWithProjection(config)
    prefix = f"{sizes.open_text_place}."
    state = convert_open_clip_checkpoint(module, dict(tensors), prefix=prefix)
    # diffusers leaves SD 2.x's projection out, which its UNet is not told of.
    state["text_projection.weight"] = tensors[f"{prefix}text_projection"].T
    module.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return module.requires_grad_(False).eval()

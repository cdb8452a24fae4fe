"""The layout is checked with diffusers' own reader of single files, which knows nothing of ours."""

import torch
from diffusers.loaders.single_file_utils import (
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
)

from training.autoencoder import build_autoencoder
from training.denoiser import build_denoiser
from training.layout import Weights, autoencoder_layout, text_encoder_layout, unet_layout


def same(read: Weights, written: Weights) -> bool:
    return read.keys() == written.keys() and all(
        torch.equal(read[name], written[name]) for name in written
    )


def test_diffusers_reads_the_network_back_whole() -> None:
    unet = build_denoiser().unet
    written = unet_layout(unet.state_dict(), layers_per_block=1)
    assert all(name.startswith("model.diffusion_model.") for name in written)
    assert same(convert_ldm_unet_checkpoint(dict(written), dict(unet.config)), unet.state_dict())


def test_diffusers_reads_the_autoencoder_back_whole() -> None:
    autoencoder = build_autoencoder()
    written = autoencoder_layout(autoencoder.state_dict(), blocks=4)
    assert all(name.startswith("first_stage_model.") for name in written)
    read = convert_ldm_vae_checkpoint(dict(written), dict(autoencoder.config))
    assert same(read, autoencoder.state_dict())


def test_attention_of_the_autoencoder_is_kept_as_convolutions() -> None:
    written = autoencoder_layout(build_autoencoder().state_dict(), blocks=4)
    assert written["first_stage_model.encoder.mid.attn_1.q.weight"].shape == (128, 128, 1, 1)
    assert written["first_stage_model.decoder.mid.attn_1.proj_out.weight"].shape == (128, 128, 1, 1)


def test_the_decoder_counts_its_blocks_from_the_picture() -> None:
    written = autoencoder_layout(build_autoencoder().state_dict(), blocks=4)
    assert written["first_stage_model.decoder.up.0.block.1.conv1.weight"].shape[0] == 16
    assert written["first_stage_model.decoder.up.3.block.0.conv1.weight"].shape[0] == 128
    assert "first_stage_model.decoder.up.0.upsample.conv.weight" not in written


def test_the_text_encoder_has_one_name_for_both_spellings_of_transformers() -> None:
    weight = torch.zeros(1)
    expected = "cond_stage_model.transformer.text_model.final_layer_norm.bias"
    assert list(text_encoder_layout({"final_layer_norm.bias": weight})) == [expected]
    assert list(text_encoder_layout({"text_model.final_layer_norm.bias": weight})) == [expected]


def test_the_text_encoder_has_the_names_of_stable_diffusion() -> None:
    written = text_encoder_layout(build_denoiser().text_encoder.state_dict())
    prefix = "cond_stage_model.transformer.text_model"
    for name in (
        "embeddings.token_embedding.weight",
        "embeddings.position_embedding.weight",
        "encoder.layers.2.self_attn.q_proj.bias",
        "encoder.layers.0.mlp.fc1.weight",
        "encoder.layers.0.layer_norm2.weight",
        "final_layer_norm.weight",
    ):
        assert f"{prefix}.{name}" in written

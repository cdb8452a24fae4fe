"""What a checkpoint is recognised as, and what is said of one that is not."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.families import FAMILIES, Sight, autoencoder_family, family_for, recognise
from diffusion.weights import Weights

BLOCK = "input_blocks.1.1."
ATTENTION = BLOCK + "transformer_blocks.0.attn2.to_k.weight"
# How each family's published UNet looks.
SIGHTS = {
    "sd1": Sight(768, linear=False),
    "sd2": Sight(1024, linear=True),
    "sdxl": Sight(2048, linear=True, vector=2816),
    "sdxl_refiner": Sight(1280, linear=True, vector=2560),
    "starter": Sight(128, linear=True),
}


def _unet(sight: Sight) -> dict[str, Tensor]:
    side = () if sight.linear else (1, 1)
    tensors = {
        ATTENTION: torch.empty(320, sight.context),
        BLOCK + "proj_in.weight": torch.empty(320, 320, *side),
    }
    if sight.vector:
        tensors["label_emb.0.0.weight"] = torch.empty(1280, sight.vector)
    return tensors


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_recognised_by_its_unet(name: str) -> None:
    unet = _unet(SIGHTS[name])

    assert Sight.of(unet) == SIGHTS[name]
    assert recognise(unet, Weights("x", unet)) == FAMILIES[name]


@pytest.mark.parametrize(
    ("sight", "name"),
    [
        (Sight(64, linear=False), "sd1"),
        (Sight(64, linear=True), "sd2"),
        (Sight(32 + 48, linear=True, vector=48 + 1536), "sdxl"),
        (Sight(32, linear=True, vector=32 + 1280), "sdxl_refiner"),
    ],
)
def test_widths_do_not_matter(sight: Sight, name: str) -> None:
    assert family_for(sight, "x", {}) == FAMILIES[name]


@pytest.mark.parametrize("name", FAMILIES)
def test_metadata_may_name_the_family(name: str) -> None:
    metadata = {"safelight.family": name}

    assert recognise(_unet(Sight(7, linear=False)), Weights("x", {}, metadata)) == FAMILIES[name]


def test_names_of_diffusers_tell_as_much() -> None:
    stem = "down_blocks.1.attentions.0."
    tensors = {
        stem + "transformer_blocks.0.attn2.to_k.weight": torch.empty(640, 2048),
        stem + "proj_in.weight": torch.empty(640, 640),
        "add_embedding.linear_1.weight": torch.empty(1280, 2816),
    }

    assert Sight.of(tensors) == SIGHTS["sdxl"]


@pytest.mark.parametrize("vector", [1536, 2048])
def test_an_unclip_model_is_of_no_family(vector: int) -> None:
    sight = replace(SIGHTS["sd2"], vector=vector)

    with pytest.raises(
        DiffusionError, match=rf"attends to embeddings 1024 wide and is .* {vector}"
    ):
        family_for(sight, "x", {})


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "x is of a model family that is not known: it has no tensors; expected a model of"),
        (
            ["lora_unet_down_blocks_0.lora_up.weight", "lora_te_text_model.alpha"],
            "x is a LoRA: its 2 tensors are under lora_te_text_model, lora_unet_down_blocks_0",
        ),
        (["control_model.zero_convs.0.0.weight"], "x is a ControlNet: "),
        (["first_stage_model.decoder.conv_in.weight"], r"x is an autoencoder \(VAE\): "),
        (["decoder.conv_in.weight", "encoder.conv_in.weight"], r"x is an autoencoder \(VAE\): "),
        (["text_model.embeddings.token_embedding.weight"], "x is a text encoder: "),
        (["transformer.resblocks.0.ln_1.bias"], "x is a text encoder: "),
        (["encoder.block.0.layer.0.SelfAttention.q.weight"], "x is a T5 text encoder: "),
        (["double_blocks.0.img_attn.qkv.weight"], "x is a Flux model: "),
        (["model.diffusion_model.joint_blocks.0.x"], "x is an SD 3 model: "),
        (["emb_params"], "x is a textual-inversion embedding: "),
        (["conv_first.weight", "body.0.rdb1.conv1.weight"], "x is an upscale model: "),
        ([f"{letter}.x" for letter in "abcdefgh"], "its 8 tensors are under a, b, c, d, e, f, …"),
        ([ATTENTION], "x is a UNet of an unknown kind: its 1 tensors are under input_blocks"),
    ],
)
def test_what_is_no_checkpoint_is_called_by_its_name(names: list[str], message: str) -> None:
    tensors = {name: torch.zeros(1) for name in names}

    with pytest.raises(DiffusionError, match=message) as caught:
        recognise(tensors, Weights("x", tensors))

    assert "SD 1.x, SD 2.x, SDXL, SDXL refiner and starter" in str(caught.value)


def test_an_unknown_name_in_the_metadata_is_refused_with_the_closest() -> None:
    message = r"metadata of x names an unknown family 'startr'; did you mean 'starter'\?"

    with pytest.raises(DiffusionError, match=message):
        family_for(SIGHTS["sd1"], "x", {"safelight.family": "startr"})


def test_an_autoencoder_alone_is_sd1s_unless_it_says_otherwise() -> None:
    assert autoencoder_family(Weights("x", {})) == FAMILIES["sd1"]
    assert autoencoder_family(Weights("x", {}, {"safelight.family": "starter"})).vae_groups == 4

"""LDM's VQ autoencoders against diffusers' VQModel on the same random weights."""

import re
from pathlib import Path

import pytest
import torch
from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint
from diffusers.models.autoencoders.vq_model import VQModel
from safetensors.torch import save_file
from torch import Tensor, nn

from diffusion.coders import VQCoder, quantised
from diffusion.parts import load_vae
from tests.support.tensors import noise, picture

# As in the paper's model zoo: f4 has attention in the middle only, f8 at its coarsest level, too.
_KINDS = {
    "f4": {"attended": (False, False, False), "latent_channels": 3},
    "f8": {"attended": (False, False, False, True), "latent_channels": 4},
    "f4 without attention": {"attended": (False,) * 3, "latent_channels": 3, "middle": False},
}
_ATTENTION = {
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}


@pytest.fixture(scope="module", params=_KINDS)
def reference(request: pytest.FixtureRequest) -> nn.Module:
    kind = _KINDS[request.param]
    attended, channels = kind["attended"], kind["latent_channels"]
    assert isinstance(attended, tuple)
    torch.manual_seed(0)
    module: nn.Module = VQModel(
        block_out_channels=(32,) * len(attended),
        down_block_types=[f"{'Attn' * a}DownEncoderBlock2D" for a in attended],
        up_block_types=[f"{'Attn' * a}UpDecoderBlock2D" for a in reversed(attended)],
        layers_per_block=2,
        latent_channels=channels,
        num_vq_embeddings=64,
        vq_embed_dim=channels,
        mid_block_add_attention=kind.get("middle", True),
    )
    nn.init.normal_(module.get_submodule("quantize.embedding").weight)  # type: ignore[arg-type]
    return module.requires_grad_(False).eval()


def _original(reference: nn.Module) -> dict[str, Tensor]:
    """The weights under the names of the latent-diffusion repository, written out by hand."""
    state = reference.state_dict()
    levels = len([name for name in state if name.endswith("resnets.0.conv1.weight")]) // 2 - 1
    return {
        _original_name(name, levels): _as_convolution(name, tensor)
        for name, tensor in state.items()
    }


def _original_name(name: str, levels: int) -> str:
    name = name.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    name = name.replace("mid_block.attentions.0", "mid.attn_1")
    name = re.sub(r"(down|up)samplers\.0", r"\1sample", name)
    for new, old in _ATTENTION.items():
        name = re.sub(rf"(attn_1|attentions\.\d)\.{new}\.", rf"\1.{old}.", name)
    name = re.sub(r"down_blocks\.(\d)", r"down.\1", name)
    name = re.sub(r"up_blocks\.(\d)", lambda m: f"up.{levels - 1 - int(m[1])}", name)
    return name.replace(".resnets.", ".block.").replace(".attentions.", ".attn.")


def _as_convolution(name: str, tensor: Tensor) -> Tensor:
    linear = re.search(r"attentions\.\d\.to_.*weight", name)
    return tensor[:, :, None, None] if linear else tensor


def test_the_names_are_those_that_diffusers_knows(reference: nn.Module) -> None:
    tensors = {f"first_stage_model.{name}": t for name, t in _original(reference).items()}

    converted = convert_ldm_vae_checkpoint(tensors, reference.config)

    missing = reference.state_dict().keys() - converted.keys()
    assert all(name.startswith("quantize.") or ".attentions." in name for name in missing)


@pytest.mark.parametrize("layout", ["in a checkpoint", "alone", "diffusers"])
def test_it_decodes_and_encodes_as_diffusers_does(
    reference: nn.Module, tmp_path: Path, layout: str
) -> None:
    tensors = reference.state_dict() if layout == "diffusers" else _original(reference)
    prefix = "first_stage_model." if layout == "in a checkpoint" else ""
    path = tmp_path / "vq.safetensors"
    save_file({prefix + name: t.contiguous() for name, t in tensors.items()}, path)

    vae = load_vae(path)

    assert isinstance(vae.coder, VQCoder)
    latents = noise(2, vae.channels, 5, 7)
    decoded = reference.decode(latents).sample.movedim(1, -1)  # type: ignore[operator]
    assert (vae.decode(latents) - (decoded / 2 + 0.5).clamp(0, 1)).abs().max() <= 1e-4
    image = picture(2, 5 * vae.factor, 7 * vae.factor, 3)
    encoded = reference.encode(image.movedim(-1, 1) * 2 - 1).latents  # type: ignore[operator]
    assert vae.encode(image).shape == latents.shape
    assert (vae.encode(image) - encoded).abs().max() <= 1e-4


def test_each_element_becomes_the_closest_word_however_many_there_are() -> None:
    codebook = noise(5000, 3, seed=1)
    latents = noise(1, 3, 160, 100)

    found = quantised(latents, codebook)

    assert found.shape == latents.shape
    for row, column in ((0, 0), (80, 50), (159, 99)):
        distances = (codebook - latents[0, :, row, column]).norm(dim=1)
        assert torch.equal(found[0, :, row, column], codebook[distances.argmin()])


def test_a_word_of_the_codebook_stays_itself() -> None:
    codebook = noise(16, 4)
    latents = codebook[:6].reshape(1, 2, 3, 4).movedim(-1, 1)

    assert torch.equal(quantised(latents, codebook), latents)

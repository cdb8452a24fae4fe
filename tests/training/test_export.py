import json
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL
from safetensors import safe_open
from torch import Tensor

from training.autoencoder import (
    LatentStatistics,
    as_input,
    build_autoencoder,
    encode,
    latent_statistics,
)
from training.denoiser import build_denoiser
from training.examples import picture_bytes
from training.export import (
    SCALE,
    PreviewFactors,
    StarterParts,
    export,
    fit_previews,
    fold_statistics,
    layout,
)
from training.scenes import training_scenes

LARGEST_FILE = 45_000_000


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    return picture_bytes(training_scenes(6, seed=4))


@pytest.fixture(scope="module")
def parts(pictures: Tensor) -> StarterParts:
    autoencoder = build_autoencoder().eval()
    statistics = latent_statistics(encode(autoencoder, pictures))
    previews = PreviewFactors(torch.eye(4)[:, :3], torch.tensor([0.1, 0.2, 0.3]))
    return StarterParts(autoencoder, build_denoiser(), statistics, previews, {"scenes": 6})


@pytest.fixture(scope="module")
def folded(parts: StarterParts) -> AutoencoderKL:
    autoencoder = build_autoencoder().eval()
    autoencoder.load_state_dict(fold_statistics(parts.autoencoder.state_dict(), parts.statistics))
    return autoencoder


@torch.inference_mode()
def test_folded_latents_have_unit_variance_after_the_factor_of_sd(
    parts: StarterParts, folded: AutoencoderKL, pictures: Tensor
) -> None:
    plain = parts.autoencoder.encode(as_input(pictures)).latent_dist.mean
    latents = folded.encode(as_input(pictures)).latent_dist.mean * SCALE
    assert torch.allclose(latents, parts.statistics.normalise(plain), atol=1e-4)


@torch.inference_mode()
def test_folding_moves_the_spread_of_the_posterior_along(
    parts: StarterParts, folded: AutoencoderKL, pictures: Tensor
) -> None:
    plain = parts.autoencoder.encode(as_input(pictures)).latent_dist.std
    moved = folded.encode(as_input(pictures)).latent_dist.std
    assert torch.allclose(moved * SCALE * parts.statistics.deviation, plain, rtol=1e-4)


@torch.inference_mode()
def test_folding_changes_no_decoded_picture(parts: StarterParts, pictures: Tensor) -> None:
    # In double precision, since the untrained network enlarges every rounding.
    plain, folded = build_autoencoder().double().eval(), build_autoencoder().double().eval()
    mean, deviation = parts.statistics.mean.double(), parts.statistics.deviation
    folded.load_state_dict(fold_statistics(plain.state_dict(), LatentStatistics(mean, deviation)))

    def there_and_back(autoencoder: AutoencoderKL) -> Tensor:
        latents = autoencoder.encode(as_input(pictures).double()).latent_dist.mean
        decoded: Tensor = autoencoder.decode(latents).sample
        return decoded

    assert torch.allclose(there_and_back(plain), there_and_back(folded), atol=1e-5, rtol=0.0)


def test_folding_leaves_the_given_weights_alone(parts: StarterParts) -> None:
    weights = parts.autoencoder.state_dict()
    before = weights["quant_conv.bias"].clone()
    fold_statistics(weights, LatentStatistics(torch.ones(4), 7.0))
    assert torch.equal(weights["quant_conv.bias"], before)


def test_every_weight_is_in_the_file_in_half_precision(parts: StarterParts, tmp_path: Path) -> None:
    path = tmp_path / "checkpoints" / "starter.safetensors"
    export(parts, path)
    modules = (parts.autoencoder, parts.denoiser.unet, parts.denoiser.text_encoder)
    weights = sum(weight.numel() for module in modules for weight in module.parameters())
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert tensors.keys() == layout(parts).keys()
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    assert sum(tensor.numel() for tensor in tensors.values()) == weights
    assert path.stat().st_size < LARGEST_FILE
    assert [other.name for other in path.parent.iterdir()] == ["starter.safetensors"]


def test_the_metadata_says_what_shapes_cannot(parts: StarterParts, tmp_path: Path) -> None:
    path = tmp_path / "starter.safetensors"
    export(parts, path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert metadata["safelight.family"] == "starter"
    assert json.loads(metadata["safelight.config"]) == {
        "unet": {"attention_head_dim": 64, "norm_num_groups": 32, "use_linear_projection": True},
        "vae": {"norm_num_groups": 4},
        "text": {"head_dim": 64, "eos_token_id": 49407, "act": "quick_gelu"},
        "prediction": "epsilon",
        "latent": {
            "scale": 0.18215,
            "channels": 4,
            "rgb_factors": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]],
            "rgb_bias": [0.1, 0.2, 0.3],
        },
        "native_size": [64, 64],
        "licence": "Apache-2.0",
        "trained": {"scenes": 6},
    }


def test_preview_factors_are_found_when_latents_are_a_linear_map_of_colours() -> None:
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(20, 4, 8, 8, generator=generator)
    factors, bias = torch.randn(4, 3, generator=generator) / 20, torch.tensor([0.1, -0.2, 0.3])
    colours = (latents.movedim(1, -1) @ factors + bias).movedim(-1, 1)
    pictures = ((colours + 1.0) * 127.5).round().byte().repeat_interleave(8, 2)
    fitted = fit_previews(latents, pictures.repeat_interleave(8, 3))
    assert torch.allclose(fitted.factors, factors, atol=2e-3)
    assert torch.allclose(fitted.bias, bias, atol=2e-3)

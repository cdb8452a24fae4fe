"""Writing the starter model as one file in the original layout.

The weights are float16. Sampling works on latents of mean 0 and variance 1; the statistics that
bring them there are folded into the autoencoder's quantiser convolutions, so that SD's factor of
0.18215 is right for this file too. What tensor names and shapes cannot tell travels in the file's
safetensors metadata, all values being strings:

- `safelight.family`: `starter`.
- `safelight.config`: JSON, an object with
  - `unet`: `attention_head_dim` (channels a head), `norm_num_groups`, `use_linear_projection`;
  - `vae`: `norm_num_groups`;
  - `text`: `head_dim` (channels a head), `eos_token_id`, `act`;
  - `prediction`: `epsilon`;
  - `latent`: `scale` (LATENT to model units), `channels`, `rgb_factors` (a row of red, green and
    blue for each channel) and `rgb_bias`, which turn model-unit latents into previews in −1..1;
  - `native_size`: `[width, height]` in pixels;
  - `licence`: of the weights;
  - `trained`: how, for whoever asks (figures of the run).
- `modelspec.title`, `modelspec.license`: for tools that read the common model metadata.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from training.autoencoder import LatentStatistics, as_input
from training.denoiser import END_OF_TEXT, HEAD_WIDTH, Denoiser
from training.layout import Weights, autoencoder_layout, text_encoder_layout, unet_layout

SCALE = 0.18215
LICENCE = "Apache-2.0"


@dataclass(frozen=True)
class PreviewFactors:
    """The linear map from model-unit latents to red, green and blue in −1..1.

    Attributes:
        factors: [channels, 3].
        bias: [3].
    """

    factors: Tensor
    bias: Tensor


@dataclass(frozen=True)
class StarterParts:
    """All that the file holds, still in diffusers' and transformers' modules."""

    autoencoder: AutoencoderKL
    denoiser: Denoiser
    statistics: LatentStatistics
    previews: PreviewFactors
    trained: Mapping[str, object]


def export(parts: StarterParts, path: Path) -> None:
    """Write the checkpoint; an existing file is replaced only by a whole one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    half = {name: weight.half().contiguous() for name, weight in layout(parts).items()}
    save_file(half, unfinished, metadata(parts))
    unfinished.chmod(0o644)  # safetensors writes for the owner alone
    unfinished.replace(path)


def layout(parts: StarterParts) -> Weights:
    """Every tensor of the file under its name there, still in its own precision."""
    autoencoder, unet = parts.autoencoder, parts.denoiser.unet
    folded = fold_statistics(autoencoder.state_dict(), parts.statistics)
    levels = len(autoencoder.config.block_out_channels)
    return {
        **unet_layout(unet.state_dict(), unet.config.layers_per_block),
        **text_encoder_layout(parts.denoiser.text_encoder.state_dict()),
        **autoencoder_layout(folded, levels),
    }


def metadata(parts: StarterParts) -> dict[str, str]:
    """The file's metadata; the module's docstring is its schema."""
    unet, text = parts.denoiser.unet.config, parts.denoiser.text_encoder.config
    config = {
        "unet": {
            "attention_head_dim": HEAD_WIDTH,
            "norm_num_groups": unet.norm_num_groups,
            "use_linear_projection": unet.use_linear_projection,
        },
        "vae": {"norm_num_groups": parts.autoencoder.config.norm_num_groups},
        "text": {
            "head_dim": text.hidden_size // text.num_attention_heads,
            "eos_token_id": END_OF_TEXT,
            "act": text.hidden_act,
        },
        "prediction": "epsilon",
        "latent": {
            "scale": SCALE,
            "channels": unet.in_channels,
            "rgb_factors": [_rounded(row) for row in parts.previews.factors],
            "rgb_bias": _rounded(parts.previews.bias),
        },
        "native_size": [64, 64],
        "licence": LICENCE,
        "trained": dict(parts.trained),
    }
    return {
        "format": "pt",
        "safelight.family": "starter",
        "safelight.config": json.dumps(config, sort_keys=True),
        "modelspec.title": "Safelight starter model",
        "modelspec.license": LICENCE,
    }


def fold_statistics(weights: Mapping[str, Tensor], statistics: LatentStatistics) -> Weights:
    """Fold the latents' mean and deviation into the quantiser convolutions.

    Afterwards the encoder gives (z − mean) / (deviation · 0.18215) where it gave z, its log
    variance moves along, and the decoder takes the same back.

    Args:
        weights: An AutoencoderKL's state dict; not changed.
        statistics: Of the latents in the autoencoder's own units.
    """
    mean, unit = statistics.mean, statistics.deviation * SCALE
    channels = len(mean)
    quantiser, bias = weights["quant_conv.weight"].clone(), weights["quant_conv.bias"].clone()
    quantiser[:channels] /= unit
    bias[:channels] = (bias[:channels] - mean) / unit
    bias[channels:] -= 2.0 * math.log(unit)
    after = weights["post_quant_conv.weight"]
    return {
        **weights,
        "quant_conv.weight": quantiser,
        "quant_conv.bias": bias,
        "post_quant_conv.weight": after * unit,
        "post_quant_conv.bias": weights["post_quant_conv.bias"] + after[:, :, 0, 0] @ mean,
    }


def fit_previews(latents: Tensor, pictures: Tensor) -> PreviewFactors:
    """Fit the preview map by least squares.

    Args:
        latents: Model-unit latents, [N, C, h, w].
        pictures: Their pictures as bytes, [N, 3, 8h, 8w].
    """
    small = functional.avg_pool2d(as_input(pictures), 8)
    known = latents.movedim(1, -1).reshape(-1, latents.shape[1])
    known = torch.cat([known, torch.ones(len(known), 1)], dim=1)
    solved = torch.linalg.lstsq(known, small.movedim(1, -1).reshape(-1, 3)).solution
    return PreviewFactors(solved[:-1], solved[-1])


def _rounded(values: Tensor) -> list[float]:
    return [round(value, 4) for value in values.tolist()]

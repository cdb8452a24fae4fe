"""Checkpoints of random weights in the original single-file layout: SD's shapes, or any other.

Each tensor is drawn from a generator seeded with its own name, so that a file depends neither on
the order of its tensors nor on a library's initialisation. `SD15` at seed 0 in float16 is the
checkpoint that the reference numbers in tests/data/sd15 were made with.
"""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

# Ends of residual branches are damped, so that activations stay finite through the depth.
_DAMPED = (
    "out_layers.3",
    "proj_out",
    "to_out.0",
    "ff.net.2",
    ".conv2.",
    "out_proj",
    "mlp.fc2",
    "mlp.c_proj",
)
_WORDS, _PLACES = 49408, 77


@dataclass(frozen=True)
class Sizes:
    """Widths and depths; by default those of SD 1.5.

    Attributes:
        unet: Channels of each level, the finest first.
        attended: Whether a level looks at the prompt.
        unet_layers: ResNet layers of a level.
        depths: Transformer blocks behind a layer of each level; one wherever it is attended if
            empty. The middle has as many as the deepest level.
        linear: Whether attention is entered by linear layers instead of 1×1 convolutions.
        channels: That go in: a latent's, and more for inpainting.
        vector: Width of what the UNet is told besides the prompt; 0 for nothing.
        vae: Channels of each level, the finest first.
        vae_layers: ResNet layers of an encoder's level.
        text: Width of CLIP's own text encoder; 0 for none.
        text_layers: Its depth.
        text_place: Where its tensors are.
        open_text: Width of OpenCLIP's, in OpenCLIP's layout; 0 for none.
        open_text_layers: Its depth.
        open_text_place: Where its tensors are.
    """

    unet: tuple[int, ...] = (320, 640, 1280, 1280)
    attended: tuple[bool, ...] = (True, True, True, False)
    unet_layers: int = 2
    depths: tuple[int, ...] = ()
    linear: bool = False
    channels: int = 4
    vector: int = 0
    vae: tuple[int, ...] = (128, 256, 512, 512)
    vae_layers: int = 2
    text: int = 768
    text_layers: int = 12
    text_place: str = "cond_stage_model.transformer.text_model"
    open_text: int = 0
    open_text_layers: int = 0
    open_text_place: str = "cond_stage_model.model"

    @property
    def context(self) -> int:
        """Width of the embeddings that the UNet attends to."""
        return self.text + self.open_text

    def depth(self, level: int) -> int:
        """Transformer blocks behind a layer of a level."""
        if self.depths:
            return self.depths[level]
        return int(self.attended[level])


SD15 = Sizes()
SD21 = Sizes(linear=True, text=0, open_text=1024, open_text_layers=24)
SDXL = Sizes(
    unet=(320, 640, 1280),
    attended=(False, True, True),
    depths=(0, 2, 10),
    linear=True,
    vector=2816,
    text_place="conditioner.embedders.0.transformer.text_model",
    open_text=1280,
    open_text_layers=32,
    open_text_place="conditioner.embedders.1.model",
)
REFINER = Sizes(
    unet=(384, 768, 1536, 1536),
    attended=(False, True, True, False),
    depths=(0, 4, 4, 0),
    linear=True,
    vector=2560,
    text=0,
    open_text=1280,
    open_text_layers=32,
    open_text_place="conditioner.embedders.0.model",
)


def write_random_sd15(path: Path, dtype: torch.dtype = torch.float16, seed: int = 0) -> None:
    """Write a checkpoint of SD 1.5's shape: 2.1 GB in float16, 4.3 GB in float32."""
    save_file(random_tensors(SD15, dtype, seed), path, metadata={"format": "pt"})


def random_sd15() -> Path:
    """A checkpoint of SD 1.5's shape in float16, written into `cache/` when first needed."""
    path = Path(__file__).parents[1] / "cache" / "benchmarks" / "random_sd15.safetensors"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        write_random_sd15(unfinished)
        unfinished.replace(path)
    return path


def random_tensors(sizes: Sizes, dtype: torch.dtype, seed: int = 0) -> dict[str, Tensor]:
    """All tensors of a checkpoint, the buffers that the original files carry among them."""
    tensors = {
        name: _drawn(name, shape, seed).to(dtype) for name, shape in tensor_shapes(sizes).items()
    }
    if sizes.text:
        tensors[f"{sizes.text_place}.embeddings.position_ids"] = torch.arange(_PLACES).unsqueeze(0)
    betas = torch.linspace(math.sqrt(0.00085), math.sqrt(0.012), 1000, dtype=torch.float64) ** 2
    tensors["betas"] = betas.float()
    tensors["alphas_cumprod"] = torch.cumprod(1 - betas, 0).float()
    return tensors


def _drawn(name: str, shape: tuple[int, ...], seed: int) -> Tensor:
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    noise = torch.randn(
        shape, generator=torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
    )
    if len(shape) == 1:
        return noise * 0.02 + (1.0 if name.endswith(".weight") else 0.0)
    if "token_embedding" in name:
        return noise * 0.3
    if "position" in name:
        return noise * 0.1
    gain = 0.5 if any(part in name for part in _DAMPED) else 1.0
    if name.endswith("decoder.conv_out.weight"):
        gain = 0.6  # pictures that do not saturate
    return noise * (gain / math.sqrt(math.prod(shape[1:])))


class _Names(dict[str, tuple[int, ...]]):
    """Shapes by name, layer by layer."""

    def linear(self, name: str, out: int, into: int, *, bias: bool = True) -> None:
        self[f"{name}.weight"] = (out, into)
        if bias:
            self[f"{name}.bias"] = (out,)

    def conv(self, name: str, out: int, into: int, side: int) -> None:
        self[f"{name}.weight"] = (out, into, side, side)
        self[f"{name}.bias"] = (out,)

    def norm(self, name: str, width: int) -> None:
        self[f"{name}.weight"] = self[f"{name}.bias"] = (width,)


def tensor_shapes(sizes: Sizes) -> Mapping[str, tuple[int, ...]]:
    """The shape of every weight by its original name."""
    names = _Names()
    _unet(names, sizes)
    _vae(names, sizes)
    if sizes.text:
        _text(names, sizes)
    if sizes.open_text:
        _open_text(names, sizes)
    return names


def _unet(names: _Names, sizes: Sizes) -> None:
    root = "model.diffusion_model"
    first, last = sizes.unet[0], len(sizes.unet) - 1
    time = 4 * first
    names.linear(f"{root}.time_embed.0", time, first)
    names.linear(f"{root}.time_embed.2", time, time)
    if sizes.vector:
        names.linear(f"{root}.label_emb.0.0", time, sizes.vector)
        names.linear(f"{root}.label_emb.0.2", time, time)
    names.conv(f"{root}.input_blocks.0.0", first, sizes.channels, 3)
    skips, width = [first], first
    for level, out in enumerate(sizes.unet):
        for _ in range(sizes.unet_layers):
            block = f"{root}.input_blocks.{len(skips)}"
            _unet_layer(names, block, width, out, sizes, depth=sizes.depth(level))
            width = out
            skips.append(width)
        if level != last:
            names.conv(f"{root}.input_blocks.{len(skips)}.0.op", width, width, 3)
            skips.append(width)
    _resnet(names, f"{root}.middle_block.0", width, width, time)
    middle = max(sizes.depth(level) for level in range(len(sizes.unet)))
    _attention(names, f"{root}.middle_block.1", width, sizes, depth=middle)
    _resnet(names, f"{root}.middle_block.2", width, width, time)
    block_number = 0
    for level in reversed(range(len(sizes.unet))):
        for layer in range(sizes.unet_layers + 1):
            block = f"{root}.output_blocks.{block_number}"
            out, attended = sizes.unet[level], sizes.attended[level]
            into = width + skips.pop()
            _unet_layer(names, block, into, out, sizes, depth=sizes.depth(level))
            width = out
            if level and layer == sizes.unet_layers:
                names.conv(f"{block}.{2 if attended else 1}.conv", width, width, 3)
            block_number += 1
    names.norm(f"{root}.out.0", width)
    names.conv(f"{root}.out.2", 4, width, 3)


def _unet_layer(
    names: _Names, block: str, into: int, out: int, sizes: Sizes, *, depth: int
) -> None:
    _resnet(names, f"{block}.0", into, out, 4 * sizes.unet[0])
    if depth:
        _attention(names, f"{block}.1", out, sizes, depth=depth)


def _resnet(names: _Names, name: str, into: int, out: int, time: int) -> None:
    names.norm(f"{name}.in_layers.0", into)
    names.conv(f"{name}.in_layers.2", out, into, 3)
    names.linear(f"{name}.emb_layers.1", out, time)
    names.norm(f"{name}.out_layers.0", out)
    names.conv(f"{name}.out_layers.3", out, out, 3)
    if into != out:
        names.conv(f"{name}.skip_connection", out, into, 1)


def _attention(names: _Names, name: str, width: int, sizes: Sizes, *, depth: int) -> None:
    names.norm(f"{name}.norm", width)
    for end in ("proj_in", "proj_out"):
        if sizes.linear:
            names.linear(f"{name}.{end}", width, width)
        else:
            names.conv(f"{name}.{end}", width, width, 1)
    for number in range(depth):
        _transformer(names, f"{name}.transformer_blocks.{number}", width, sizes)


def _transformer(names: _Names, block: str, width: int, sizes: Sizes) -> None:
    for attention, seen in (("attn1", width), ("attn2", sizes.context)):
        names.linear(f"{block}.{attention}.to_q", width, width, bias=False)
        names.linear(f"{block}.{attention}.to_k", width, seen, bias=False)
        names.linear(f"{block}.{attention}.to_v", width, seen, bias=False)
        names.linear(f"{block}.{attention}.to_out.0", width, width)
    names.linear(f"{block}.ff.net.0.proj", 8 * width, width)
    names.linear(f"{block}.ff.net.2", width, 4 * width)
    for number in (1, 2, 3):
        names.norm(f"{block}.norm{number}", width)


def _vae(names: _Names, sizes: Sizes) -> None:
    root, top, last = "first_stage_model", sizes.vae[-1], len(sizes.vae) - 1
    names.conv(f"{root}.encoder.conv_in", sizes.vae[0], 3, 3)
    width = sizes.vae[0]
    for level, out in enumerate(sizes.vae):
        for layer in range(sizes.vae_layers):
            _vae_resnet(names, f"{root}.encoder.down.{level}.block.{layer}", width, out)
            width = out
        if level != last:
            names.conv(f"{root}.encoder.down.{level}.downsample.conv", width, width, 3)
    for side in ("encoder", "decoder"):
        for number in (1, 2):
            _vae_resnet(names, f"{root}.{side}.mid.block_{number}", top, top)
        names.norm(f"{root}.{side}.mid.attn_1.norm", top)
        for part in ("q", "k", "v", "proj_out"):
            names.conv(f"{root}.{side}.mid.attn_1.{part}", top, top, 1)
    names.norm(f"{root}.encoder.norm_out", top)
    names.conv(f"{root}.encoder.conv_out", 8, top, 3)
    names.conv(f"{root}.decoder.conv_in", top, 4, 3)
    for level in reversed(range(len(sizes.vae))):
        out = sizes.vae[level]
        for layer in range(sizes.vae_layers + 1):
            _vae_resnet(names, f"{root}.decoder.up.{level}.block.{layer}", width, out)
            width = out
        if level:
            names.conv(f"{root}.decoder.up.{level}.upsample.conv", width, width, 3)
    names.norm(f"{root}.decoder.norm_out", width)
    names.conv(f"{root}.decoder.conv_out", 3, width, 3)
    names.conv(f"{root}.quant_conv", 8, 8, 1)
    names.conv(f"{root}.post_quant_conv", 4, 4, 1)


def _vae_resnet(names: _Names, name: str, into: int, out: int) -> None:
    names.norm(f"{name}.norm1", into)
    names.conv(f"{name}.conv1", out, into, 3)
    names.norm(f"{name}.norm2", out)
    names.conv(f"{name}.conv2", out, out, 3)
    if into != out:
        names.conv(f"{name}.nin_shortcut", out, into, 1)


def _text(names: _Names, sizes: Sizes) -> None:
    root, width = sizes.text_place, sizes.text
    names[f"{root}.embeddings.token_embedding.weight"] = (_WORDS, width)
    names[f"{root}.embeddings.position_embedding.weight"] = (_PLACES, width)
    for number in range(sizes.text_layers):
        layer = f"{root}.encoder.layers.{number}"
        for part in ("k", "q", "v", "out"):
            names.linear(f"{layer}.self_attn.{part}_proj", width, width)
        names.norm(f"{layer}.layer_norm1", width)
        names.norm(f"{layer}.layer_norm2", width)
        names.linear(f"{layer}.mlp.fc1", 4 * width, width)
        names.linear(f"{layer}.mlp.fc2", width, 4 * width)
    names.norm(f"{root}.final_layer_norm", width)


def _open_text(names: _Names, sizes: Sizes) -> None:
    root, width = sizes.open_text_place, sizes.open_text
    names[f"{root}.token_embedding.weight"] = (_WORDS, width)
    names[f"{root}.positional_embedding"] = (_PLACES, width)
    names[f"{root}.text_projection"] = (width, width)
    for number in range(sizes.open_text_layers):
        layer = f"{root}.transformer.resblocks.{number}"
        names[f"{layer}.attn.in_proj_weight"] = (3 * width, width)
        names[f"{layer}.attn.in_proj_bias"] = (3 * width,)
        names.linear(f"{layer}.attn.out_proj", width, width)
        names.norm(f"{layer}.ln_1", width)
        names.norm(f"{layer}.ln_2", width)
        names.linear(f"{layer}.mlp.c_fc", 4 * width, width)
        names.linear(f"{layer}.mlp.c_proj", width, 4 * width)
    names.norm(f"{root}.ln_final", width)

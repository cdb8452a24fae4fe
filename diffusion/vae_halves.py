"""Decoders and encoders in two halves: one that sees the whole picture, and one that is local.

Group norms aside, all but attention is local. Attention works at the latents' resolution, where the
whole picture takes a sixty-fourth of the memory. So a decoder begins with the whole picture and
goes on tile by tile; an encoder the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch.nn import functional

from diffusion.shared_norms import SharedNorm, with_shared_norms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor, nn

Stage: TypeAlias = "Callable[[Tensor], Tensor]"

# Scores of attention computed at once: 128 MB of float32.
_MOST_SCORES = 2**25


@dataclass(frozen=True)
class Halves:
    """A decoder or encoder, parted; its weights are those of the module it was made of.

    Attributes:
        whole: Stages that see the whole picture.
        local: Stages that may see a tile.
        norms: The group norms, of which those in the local stages may share statistics.
    """

    whole: tuple[Stage, ...]
    local: tuple[Stage, ...]
    norms: tuple[SharedNorm, ...] = ()


def through(stages: Iterable[Stage], x: Tensor) -> Tensor:
    """Through one stage after the other."""
    for stage in stages:
        x = stage(x)
    return x


def decoder_halves(decoder: nn.Module) -> Halves:
    """Part a decoder of diffusers', `Decoder` or `DecoderTiny`; the latter is local altogether."""
    if not hasattr(decoder, "up_blocks"):
        return Halves((), (decoder,))
    twin, norms = _twin(decoder)
    blocks = list(twin.up_blocks)
    last = max((n for n, block in enumerate(blocks) if _attentions(block)), default=0)
    whole = (twin.conv_in, twin.mid_block, *blocks[:last], _layers(blocks[last]))
    end = (twin.conv_norm_out, twin.conv_act, twin.conv_out)
    local = (*(blocks[last].upsamplers or ()), *blocks[last + 1 :], *end)
    return Halves(whole, local, norms)


def encoder_halves(encoder: nn.Module) -> Halves:
    """Part an encoder of diffusers', `Encoder` or `EncoderTiny`; the latter is local altogether."""
    if not hasattr(encoder, "down_blocks"):
        return Halves((), (encoder,))
    twin, norms = _twin(encoder)
    blocks = list(twin.down_blocks)
    first = min((n for n, b in enumerate(blocks) if _attentions(b)), default=len(blocks) - 1)
    end = (twin.mid_block, twin.conv_norm_out, twin.conv_act, twin.conv_out)
    return Halves((*blocks[first:], *end), (twin.conv_in, *blocks[:first]), norms)


def _twin(module: nn.Module) -> tuple[Any, tuple[SharedNorm, ...]]:
    from diffusers.models.attention_processor import Attention  # noqa: PLC0415

    twin, norms = with_shared_norms(module)
    for part in twin.modules():
        if isinstance(part, Attention):
            part.set_processor(_InPortions())
    return twin, tuple(norms)


def _attentions(block: Any) -> list[Any]:  # noqa: ANN401 - diffusers types its blocks loosely
    return list(getattr(block, "attentions", None) or ())


def _layers(block: Any) -> Stage:  # noqa: ANN401
    """A block without what makes its result larger."""

    def run(x: Tensor) -> Tensor:
        for resnet, attention in zip_longest(block.resnets, _attentions(block)):
            x = resnet(x, None)
            x = x if attention is None else attention(x)
        return x

    return run


class _InPortions:
    """Self-attention of a map [B, C, h, w], some queries at a time: no device needs all scores."""

    def __call__(
        self,
        attn: Any,  # noqa: ANN401 - diffusers' Attention
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,  # noqa: ARG002 - as diffusers calls it
        attention_mask: Tensor | None = None,  # noqa: ARG002
        temb: Tensor | None = None,  # noqa: ARG002
    ) -> Tensor:
        """Answer the map with what it attends to added."""
        rows = attn.group_norm(hidden_states.flatten(2)).transpose(1, 2)
        key, value = (_by_head(to(rows), attn.heads) for to in (attn.to_k, attn.to_v))
        at_once = max(_MOST_SCORES // (rows.shape[1] * attn.heads), 1)
        answer = hidden_states.clone(memory_format=torch.contiguous_format)
        places = answer.flatten(2).transpose(1, 2)
        portions = (torch.split(part, at_once, dim=1) for part in (rows, places))
        for part, place in zip(*portions, strict=True):
            query = _by_head(attn.to_q(part), attn.heads)
            seen = functional.scaled_dot_product_attention(query, key, value)
            place.add_(attn.to_out[0](seen.transpose(1, 2).flatten(2)))
        return answer


def _by_head(rows: Tensor, heads: int) -> Tensor:
    """From [B, n, C] to [B, heads, n, C / heads]."""
    batch, length, _ = rows.shape
    return rows.reshape(batch, length, heads, -1).transpose(1, 2)

"""CLIP's text encoder: prompts as the embeddings that a UNet attends to.

Weights of words act on the result: an embedding is moved away from the empty prompt's, or towards
it, by the weight of its token. Sources: Radford et al. 2021, arXiv:2103.00020; Rombach et al. 2022,
arXiv:2112.10752.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from diffusion.modules import Placement, assemble, reading
from diffusion.shapes import text_shape
from diffusion.tokens import Token, tokenise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn

    from diffusion.family import Family

_LAST = -1
# Chunks encoded in one pass: enough to be fast, few enough that a novel fits in memory.
_PASS = 16


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """A text encoder and the layer it is read at. Frozen: clip skip makes another object.

    Attributes:
        module: A transformers `CLIPTextModel`; shared by the copies that differ in `layer`.
        device: Where its weights are.
        layer: −1 for the last layer, −2 for the one before it, and so on.
    """

    module: nn.Module
    device: torch.device
    layer: int = _LAST

    def with_skip(self, stop_at_clip_layer: int) -> TextEncoder:
        """The same encoder, read at another layer.

        Args:
            stop_at_clip_layer: −1 is the last layer; beyond the first one means the last, too.
        """
        reachable = -self._layers() <= stop_at_clip_layer <= _LAST
        return replace(self, layer=stop_at_clip_layer if reachable else _LAST)

    def encode(self, prompt: str) -> list[list[Any]]:
        """Encode a weighted prompt of any length.

        Returns:
            CONDITIONING: `[[embeddings [1, 77·chunks, width], {"pooled_output": [1, width]}]]`,
            float32 on the CPU.
        """
        chunks = tokenise(prompt)
        # The empty prompt is what weights are measured from; it rides along only when needed.
        weighted = any(token.weight != 1.0 for chunk in chunks for token in chunk)
        hidden, pooled = self._run([*chunks, *(tokenise("") if weighted else [])])
        if weighted:
            empty, hidden = hidden[-1], hidden[:-1]
            weights = torch.tensor([[token.weight for token in chunk] for chunk in chunks])
            hidden = empty + (hidden - empty) * weights.unsqueeze(-1)
        return [[hidden.flatten(0, 1).unsqueeze(0), {"pooled_output": pooled[:1]}]]

    def _run(self, chunks: Sequence[Sequence[Token]]) -> tuple[Tensor, Tensor]:
        """Embeddings [chunks, 77, width] and pooled embeddings [chunks, width]."""
        ids = torch.tensor([[token.id for token in chunk] for chunk in chunks])
        hidden, pooled = [], []
        for part in torch.split(ids, _PASS):
            with torch.inference_mode():
                answer = self.module(part.to(self.device), output_hidden_states=self.layer != _LAST)
                layer = answer.last_hidden_state
                if self.layer != _LAST:
                    norm = self.module.get_submodule("final_layer_norm")
                    layer = norm(answer.hidden_states[self.layer])
            hidden.append(layer.float().cpu())
            pooled.append(answer.pooler_output.float().cpu())
        # Put together outside inference mode, whose tensors could not be changed in place later.
        return torch.cat(hidden), torch.cat(pooled)

    def _layers(self) -> int:
        config: Any = self.module.config
        return int(config.num_hidden_layers)


def text_encoder_from_original(
    tensors: Mapping[str, Tensor],
    family: Family,
    placement: Placement,
) -> TextEncoder:
    """Build an encoder from a checkpoint's tensors.

    Args:
        tensors: `embeddings.token_embedding.weight` and so on, without prefix.
        family: Tells what shapes cannot.
        placement: Where it goes.

    Raises:
        DiffusionError: Tensors are missing or of another shape.
    """
    with reading(placement.what):
        shape = text_shape(tensors, head_width=family.text_head_width, activation=family.activation)
    return text_encoder_from_config(tensors, shape, placement)


def text_encoder_from_config(
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    placement: Placement,
) -> TextEncoder:
    """Build an encoder from tensors under transformers' names and its configuration."""
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415
    from transformers.models.clip.configuration_clip import CLIPTextConfig  # noqa: PLC0415
    from transformers.models.clip.modeling_clip import CLIPTextModel  # noqa: PLC0415

    def make() -> nn.Module:
        try:
            return CLIPTextModel(CLIPTextConfig(**config))
        except StrictDataclassError as error:
            raise ValueError(error) from error

    module = assemble(make, tensors, placement)
    # Positions are no weights, so they are not in the file and still on the meta device.
    embeddings = module.get_submodule("embeddings")
    count = tensors["embeddings.position_embedding.weight"].shape[0]
    positions = torch.arange(count, device=placement.device).unsqueeze(0)
    embeddings.register_buffer("position_ids", positions, persistent=False)
    return TextEncoder(module, placement.device)

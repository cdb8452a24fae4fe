"""One CLIP text encoder: chunks of tokens as embeddings.

Sources: Radford et al. 2021, arXiv:2103.00020; for OpenCLIP's, Cherti et al. 2022,
arXiv:2212.07143.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from diffusion.modules import Placement, assemble, reading
from diffusion.residency import in_use
from diffusion.shapes import text_shape
from diffusion.tokens import END

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn

    from diffusion.family import Family, TextKind
    from diffusion.tokens import Token

# Chunks encoded in one pass: enough to be fast, few enough that a novel fits in memory.
_PASS = 16


@dataclass(frozen=True, eq=False)
class Clip:
    """A text encoder and how a model reads it. Frozen: clip skip makes another object.

    Attributes:
        module: A transformers `CLIPTextModel`; it may carry a `text_projection`.
        device: Where its weights are.
        name: `l`, `h` or `g`, by size.
        padding: The token that fills a chunk after its end.
        layer: −1 for the last layer, −2 for the one before it, and so on; None for the last one
            through the last norm.
        normed: Whether other layers go through the last norm, too.
    """

    module: nn.Module
    device: torch.device
    name: str = "l"
    padding: int = END
    layer: int | None = None
    normed: bool = True

    @property
    def width(self) -> int:
        """Of its embeddings."""
        return int(self._config.hidden_size)

    @property
    def layers(self) -> int:
        """Its depth."""
        return int(self._config.num_hidden_layers)

    @property
    def _config(self) -> Any:  # noqa: ANN401 - transformers types it loosely
        config: Any = self.module.config
        return config

    def at_layer(self, layer: int) -> Clip:
        """The same encoder, read at another layer; beyond the first one means the last, normed."""
        reachable = -self.layers <= layer <= -1
        return replace(self, layer=layer if reachable else None)

    def run(self, chunks: Sequence[Sequence[Token]]) -> tuple[Tensor, Tensor]:
        """Embed chunks of tokens.

        Args:
            chunks: Each of 77 tokens; their weights are not looked at.

        Returns:
            Embeddings [chunks, 77, width] and pooled embeddings [chunks, width of the projection],
            float32 on the CPU.
        """
        hidden, pooled = [], []
        with in_use(self.module):
            for start in range(0, len(chunks), _PASS):
                with torch.inference_mode():
                    answers = self._pass(chunks[start : start + _PASS])
                hidden.append(answers[0].float().cpu())
                pooled.append(answers[1].float().cpu())
        # Put together outside inference mode, whose tensors could not be changed in place later.
        return torch.cat(hidden), torch.cat(pooled)

    def _pass(self, chunks: Sequence[Sequence[Token]]) -> tuple[Tensor, Tensor]:
        module: Any = self.module
        ids = torch.tensor([[token.id for token in chunk] for chunk in chunks], device=self.device)
        words = module.embeddings.token_embedding(ids)
        for row, chunk in enumerate(chunks):
            for place, token in enumerate(chunk):
                if token.vector is not None:
                    words[row, place] = token.vector.to(words)
        hidden = module.embeddings(inputs_embeds=words)
        mask = _causal(ids.shape[1], hidden)
        wanted = hidden
        for number, layer in enumerate(module.encoder.layers, 1 - self.layers):
            hidden = layer(hidden, mask)
            if self.layer is not None and number == self.layer + 1:
                wanted = hidden
        last = module.final_layer_norm(hidden)
        if self.layer is None:
            wanted = last
        elif self.normed:
            wanted = module.final_layer_norm(wanted)
        ends = (ids == END).int().argmax(dim=1)
        pooled = last[torch.arange(len(ids), device=self.device), ends]
        projection = getattr(module, "text_projection", None)
        return wanted, projection(pooled) if projection else pooled


def _causal(length: int, like: Tensor) -> Tensor:
    """A mask that hides what comes later, [1, 1, length, length]."""
    hidden = torch.full((length, length), float("-inf"), device=like.device, dtype=like.dtype)
    return hidden.triu(1)[None, None]


def clip_from_tensors(
    tensors: Mapping[str, Tensor], kind: TextKind, family: Family, placement: Placement
) -> Clip:
    """Build an encoder from a file's tensors.

    Args:
        tensors: Under transformers' names, `embeddings.token_embedding.weight` and so on.
        kind: Which of the family's encoders it is.
        family: Tells what shapes cannot.
        placement: Where it goes.

    Raises:
        DiffusionError: Tensors are missing or of another shape.
    """
    with reading(placement.what):
        shape = text_shape(tensors, head_width=family.text_head_width, activation=kind.activation)
    return clip_from_config(tensors, shape, kind, placement)


def clip_from_config(
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    kind: TextKind,
    placement: Placement,
) -> Clip:
    """Build an encoder from tensors under transformers' names and its configuration."""
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415
    from torch import nn  # noqa: PLC0415
    from transformers.models.clip.configuration_clip import CLIPTextConfig  # noqa: PLC0415
    from transformers.models.clip.modeling_clip import CLIPTextModel  # noqa: PLC0415

    def make() -> nn.Module:
        try:
            module = CLIPTextModel(CLIPTextConfig(**config))
        except StrictDataclassError as error:
            raise ValueError(error) from error
        projection = tensors.get("text_projection.weight")
        if projection is not None:
            module.text_projection = nn.Linear(projection.shape[1], projection.shape[0], bias=False)
        return module

    module = assemble(make, tensors, placement)
    # Positions are no weights, so they are not in the file and still on the meta device.
    embeddings = module.get_submodule("embeddings")
    count = tensors["embeddings.position_embedding.weight"].shape[0]
    positions = torch.arange(count, device=placement.device).unsqueeze(0)
    embeddings.register_buffer("position_ids", positions, persistent=False)
    layer = None if kind.layer == -1 and kind.normed else kind.layer
    return Clip(module, placement.device, kind.name, kind.padding, layer, kind.normed)

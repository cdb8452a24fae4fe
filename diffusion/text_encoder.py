"""A model's text encoder: prompts as the embeddings that a UNet attends to.

It is one CLIP, or two side by side as in SDXL. Weights of words act on the result: an embedding is
moved away from the empty prompt's, or towards it, by the weight of its token. Sources: Rombach et
al. 2022, arXiv:2112.10752; Podell et al. 2023, arXiv:2307.01952, section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from diffusion.tokens import Token, tokenise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from diffusion.clip import Clip
    from diffusion.embeddings import Embeddings
    from diffusion.prompts import Span
    from diffusion.tokens import FindVectors

Chunks: TypeAlias = "list[list[Token]]"


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """All text encoders of a model. Frozen: clip skip makes another object.

    Attributes:
        parts: In the order in which their embeddings lie side by side; the last one's pooled
            embedding is the model's.
        embeddings: Those that prompts may name; None where there are none to be had.
    """

    parts: tuple[Clip, ...]
    embeddings: Embeddings | None = None

    def with_skip(self, stop_at_clip_layer: int) -> TextEncoder:
        """The same encoders, read at another layer.

        Args:
            stop_at_clip_layer: −1 is the last layer; beyond the first one means the last, too.
        """
        parts = tuple(part.at_layer(stop_at_clip_layer) for part in self.parts)
        return replace(self, parts=parts)

    def tokenise(self, prompt: str | Sequence[Span]) -> dict[str, Chunks]:
        """A weighted prompt of any length as chunks of tokens, for each part by its name."""
        told: dict[str, None] = {}

        def find(part: Clip) -> FindVectors | None:
            if self.embeddings is None:
                return None
            return self.embeddings.for_encoder(part.name, part.width, told.setdefault)

        chunks = {
            part.name: tokenise(prompt, padding=part.padding, find=find(part))
            for part in self.parts
        }
        for warning in told:
            if self.embeddings:
                self.embeddings.warn(warning)
        return chunks

    def encode_tokens(
        self, tokens: Mapping[str, Sequence[Sequence[Token]]]
    ) -> tuple[Tensor, Tensor]:
        """Encode chunks of tokens.

        Args:
            tokens: For each part by its name. Where one has fewer chunks than another, empty ones
                follow.

        Returns:
            Embeddings [1, 77·chunks, width] and the pooled embedding [1, width], float32 on the
            CPU.
        """
        length = max(len(tokens[part.name]) for part in self.parts)
        embedded = []
        for part in self.parts:
            chunks, empty = tokens[part.name], tokenise("", padding=part.padding)
            chunks = [*chunks, *empty * (length - len(chunks))]
            embedded.append(_encode(part, chunks, empty))
        return torch.cat([hidden for hidden, _ in embedded], dim=-1), embedded[-1][1]

    def encode(self, prompt: str) -> list[list[Any]]:
        """Encode a weighted prompt of any length.

        Returns:
            CONDITIONING: `[[embeddings [1, 77·chunks, width], {"pooled_output": [1, width]}]]`,
            float32 on the CPU.
        """
        embeddings, pooled = self.encode_tokens(self.tokenise(prompt))
        return [[embeddings, {"pooled_output": pooled}]]


def _encode(
    part: Clip, chunks: Sequence[Sequence[Token]], empty: Sequence[Sequence[Token]]
) -> tuple[Tensor, Tensor]:
    """Embeddings [1, 77·chunks, width], weighted, and the first chunk's pooled [1, width]."""
    # The empty prompt is what weights are measured from; it rides along only when needed.
    weighted = any(token.weight != 1.0 for chunk in chunks for token in chunk)
    hidden, pooled = part.run([*chunks, *(empty if weighted else [])])
    if weighted:
        without, hidden = hidden[-1], hidden[:-1]
        weights = torch.tensor([[token.weight for token in chunk] for chunk in chunks])
        hidden = without + (hidden - without) * weights.unsqueeze(-1)
    return hidden.flatten(0, 1).unsqueeze(0), pooled[:1]

"""Prompts in the syntax of AUTOMATIC1111's web UI, encoded.

A prompt that changes from step to step becomes an entry for each stretch of steps (`timing.py`),
one with AND an entry for each member (`composing.py`). Weights of words multiply their embeddings,
which are then scaled so that each chunk has the mean it had before: that keeps strong weights from
washing out the picture. (Without this syntax, embeddings are drawn away from the empty prompt's
instead: `text_encoder.py`.)
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from diffusion.composing import MEMBER, WEIGHT
from diffusion.prompting.composition import members
from diffusion.prompting.editing import read_editing, schedule
from diffusion.prompting.emphasis import emphasised
from diffusion.text_encoder import TextEncoder
from diffusion.timing import END_STEP, OF_STEPS, START_STEP
from diffusion.tokens import Token


def encode_webui(encoder: TextEncoder, prompt: str, steps: int) -> list[list[Any]]:
    """Encode a prompt.

    Args:
        encoder: The model's.
        prompt: See `prompting/editing.py`, `emphasis.py` and `composition.py`.
        steps: How many steps the picture will take.

    Returns:
        CONDITIONING, float32 on the CPU.

    Raises:
        DiffusionError: The prompt's brackets are too deep.
    """
    encoded: dict[str, tuple[Tensor, Tensor]] = {}
    entries: list[list[Any]] = []
    parts = members(prompt)
    for number, member in enumerate(parts):
        stretches = schedule(read_editing(member.text), steps)
        for stretch in stretches:
            if stretch.text not in encoded:
                encoded[stretch.text] = _encode(encoder, stretch.text)
            context, pooled = encoded[stretch.text]
            options: dict[str, Any] = {"pooled_output": pooled}
            if len(stretches) > 1:
                options |= {START_STEP: stretch.first, END_STEP: stretch.end, OF_STEPS: steps}
            if len(parts) > 1 or member.weight != 1.0:
                options |= {MEMBER: number, WEIGHT: member.weight}
            entries.append([context, options])
    return entries


def _encode(encoder: TextEncoder, text: str) -> tuple[Tensor, Tensor]:
    """Embeddings [1, 77·chunks, width] and pooled [1, width]."""
    segments = [encoder.tokenise(segment) for segment in emphasised(text)]
    embedded, pooled = [], torch.zeros(0)
    length = max(sum(len(segment[part.name]) for segment in segments) for part in encoder.parts)
    for part in encoder.parts:
        chunks = [chunk for segment in segments for chunk in segment[part.name]]
        chunks += encoder.tokenise("")[part.name] * (length - len(chunks))
        hidden, pools = part.run(chunks)
        embedded.append(_weighted(hidden, chunks).flatten(0, 1).unsqueeze(0))
        pooled = pools[:1]
    return torch.cat(embedded, dim=-1), pooled


def _weighted(hidden: Tensor, chunks: Sequence[Sequence[Token]]) -> Tensor:
    """Multiply embeddings [chunks, 77, width] by weights, the mean of each chunk restored."""
    weights = torch.tensor([[token.weight for token in chunk] for chunk in chunks])
    changed = hidden * weights.unsqueeze(-1)
    mean, now = (part.mean(dim=(1, 2), keepdim=True) for part in (hidden, changed))
    return changed * torch.where(now == 0.0, 1.0, mean / now)

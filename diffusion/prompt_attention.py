"""Attention of a UNet, with the keys and values of a prompt computed once.

What a layer makes of the prompt is the same at every step of a run. The prompts seen last are known
by their content, so that nobody has to say when a run begins, and each knows what the layers made.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from diffusion.thrift import attend

if TYPE_CHECKING:
    from torch import Tensor, nn

KeyValue: TypeAlias = "tuple[Tensor, Tensor]"
# All that is remembered, in bytes: some prompts of SD 1.x in float32, two of SDXL's.
_BUDGET = 256 * 2**20


class KnownPrompt:
    """A prompt and what layers made of it.

    Attributes:
        context: Its embeddings, [B, tokens, width].
    """

    def __init__(self, context: Tensor) -> None:
        self.context = context
        self._made: dict[nn.Module, KeyValue] = {}

    @property
    def size(self) -> int:
        """Bytes of what the layers made."""
        return sum(key.nbytes + value.nbytes for key, value in [*self._made.values()])

    def key_value(self, attention: Any) -> KeyValue:  # noqa: ANN401 - diffusers types it loosely
        """A layer's keys and values of the prompt, [B, tokens, inner width] each."""
        made = self._made.get(attention)
        if made is None:
            made = attention.to_k(self.context), attention.to_v(self.context)
            self._made[attention] = made
        return made


class PromptMemory:
    """The prompts seen last. May be used by several threads.

    Args:
        budget: Bytes that what the layers made of them may take.
    """

    def __init__(self, budget: int = _BUDGET) -> None:
        self._budget = budget
        self._known: list[KnownPrompt] = []
        self._lock = Lock()

    def known(self, context: Tensor) -> KnownPrompt:
        """The prompt with these embeddings, remembered from now on if it was not before."""
        with self._lock:
            prompt = next((p for p in self._known if _same(p.context, context)), None)
            if prompt is None:
                prompt = KnownPrompt(context)
            else:
                self._known.remove(prompt)
            self._known.append(prompt)
            while sum(p.size for p in self._known) > self._budget and len(self._known) > 1:
                self._known.pop(0)
            return prompt

    def forget(self) -> None:
        """Forget them all, because the layers have changed."""
        with self._lock:
            self._known.clear()


def _same(one: Tensor, other: Tensor) -> bool:
    return (
        one.shape == other.shape
        and one.dtype == other.dtype
        and one.device == other.device
        and torch.equal(one, other)
    )


class PromptAttention:
    """Computes a layer's attention, to itself or to a prompt, as diffusers' processors do."""

    def __call__(
        self,
        attn: Any,  # noqa: ANN401 - diffusers types it loosely
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        known: KnownPrompt | None = None,
    ) -> Tensor:
        """Answer [B, places, width].

        Args:
            attn: The layer.
            hidden_states: What asks, [B, places, width].
            encoder_hidden_states: What is attended to, [B, tokens, width]; None for itself.
            attention_mask: Not used by the UNets that are read.
            known: The prompt, if it is that and known.
        """
        query = attn.to_q(hidden_states)
        if encoder_hidden_states is None:
            key, value = attn.to_k(hidden_states), attn.to_v(hidden_states)
        elif known is not None and known.context is encoder_hidden_states:
            key, value = known.key_value(attn)
        else:
            key, value = attn.to_k(encoder_hidden_states), attn.to_v(encoder_hidden_states)
        query, key, value = (
            part.unflatten(-1, (attn.heads, -1)).transpose(1, 2) for part in (query, key, value)
        )
        answer = attend(query, key, value, attention_mask)
        out: Tensor = attn.to_out[0](answer.transpose(1, 2).flatten(-2))
        return out

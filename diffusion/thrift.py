"""Less memory at the price of time, for a run that had too little of it a moment ago.

While a thread is thrifty the network is asked about one latent at a time, and attention looks at
the queries in portions, so that no device has to hold all scores. The answers are the same to
rounding.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

# Scores of attention computed at once: 128 MB of float32.
_MOST_SCORES = 2**25
_thrifty: ContextVar[bool] = ContextVar("thrifty", default=False)


@contextmanager
def thrifty(wanted: bool = True) -> Iterator[None]:
    """Be thrifty in this thread until the block ends, if that is wanted."""
    token = _thrifty.set(wanted)
    try:
        yield
    finally:
        _thrifty.reset(token)


def is_thrifty() -> bool:
    """Whether this thread is to use little memory."""
    return _thrifty.get()


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Scaled dot-product attention, in portions where this thread is thrifty.

    Args:
        query: [B, heads, places, width].
        key: [B, heads, tokens, width].
        value: Likewise.
        mask: What is added to the scores, or None.
    """
    scores_of_a_place = query.shape[0] * query.shape[1] * key.shape[2]
    at_once = max(_MOST_SCORES // scores_of_a_place, 1)
    if mask is not None or at_once >= query.shape[2] or not is_thrifty():
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    answer = torch.empty_like(query)
    portions = (torch.split(part, at_once, 2) for part in (query, answer))
    for asked, place in zip(*portions, strict=True):
        place.copy_(functional.scaled_dot_product_attention(asked, key, value))
    return answer

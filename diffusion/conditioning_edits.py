"""CONDITIONING, `[[context [B, tokens, width], {…}], …]`, combined and changed.

Nothing here changes what it is given.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from diffusion.conditioning import ConditioningEntry
from diffusion.errors import DiffusionError

Entries = list[list[Any]]

_POOLED = "pooled_output"
# What else of a prompt is an embedding of its words.
_WORDS = (_POOLED, "conditioning_lyrics")


def with_options(conditioning: Sequence[ConditioningEntry], **options: object) -> Entries:
    """Say something more of every entry."""
    return [[entry[0], {**entry[1], **options}] for entry in conditioning]


def concatenated(to: Sequence[ConditioningEntry], more: Sequence[ConditioningEntry]) -> Entries:
    """Let every entry attend to the tokens of another's first entry, too.

    Args:
        to: Keeps its options.
        more: Its first entry's tokens come after.

    Raises:
        DiffusionError: There is nothing to add, or it is of another width.
    """
    added = _first(more)[0]
    joined = []
    for context, options in to:
        _require_one_width(context, added)
        first, second = _one_batch(context, added)
        joined.append([torch.cat((first, second), dim=1), dict(options)])
    return joined


def averaged(
    to: Sequence[ConditioningEntry], other: Sequence[ConditioningEntry], strength: float
) -> Entries:
    """Mix every entry with the first entry of another, token by token.

    Args:
        to: Keeps its options and number of tokens; a shorter other goes on as zeros.
        other: Its first entry is mixed in.
        strength: Of `to`, in 0..1; the other has the rest.

    Raises:
        DiffusionError: There is nothing to mix in, or it is of another width.
    """
    theirs, their_options = _first(other)[:2]
    their_pooled = their_options.get(_POOLED)
    mixed = []
    for context, options in to:
        _require_one_width(context, theirs)
        changed = dict(options)
        if their_pooled is not None:
            own = options.get(_POOLED, their_pooled)
            changed[_POOLED] = _mix(own, their_pooled, strength)
        mixed.append([_mix(context, _of_length(theirs, context.shape[1]), strength), changed])
    return mixed


def zeroed(conditioning: Sequence[ConditioningEntry]) -> Entries:
    """Say nothing, at the same length."""
    return [
        [torch.zeros_like(context), {**options, **_zeroed_words(options)}]
        for context, options in conditioning
    ]


def _zeroed_words(options: Mapping[str, Any]) -> dict[str, Tensor]:
    return {
        name: torch.zeros_like(options[name]) for name in _WORDS if options.get(name) is not None
    }


def _first(conditioning: Sequence[ConditioningEntry]) -> ConditioningEntry:
    if not conditioning:
        raise DiffusionError("the conditioning is empty: connect a prompt")
    return conditioning[0]


def _require_one_width(first: Tensor, second: Tensor) -> None:
    if first.shape[-1] != second.shape[-1]:
        raise DiffusionError(
            f"embeddings {first.shape[-1]} wide were expected, as the other prompt's are, but "
            f"these are {second.shape[-1]} wide: encode both with one text encoder"
        )


def _mix(own: Tensor, other: Tensor, strength: float) -> Tensor:
    return own * strength + other * (1.0 - strength)


def _of_length(context: Tensor, tokens: int) -> Tensor:
    missing = tokens - context.shape[1]
    if missing <= 0:
        return context[:, :tokens]
    return torch.cat((context, context.new_zeros(len(context), missing, context.shape[2])), dim=1)


def _one_batch(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Bring the batches of two prompts to one length; one prompt for all repeats."""
    length = max(len(first), len(second))
    if {len(first), len(second)} - {1, length}:
        raise DiffusionError(
            f"prompts for {len(first)} and for {len(second)} pictures cannot be joined: make both "
            "for as many pictures, or one for all"
        )
    return first.expand(length, -1, -1), second.expand(length, -1, -1)

r"""Prompt weights: which words of a prompt count for more.

`(words)` weigh 1.1 times what is around them, nested ones 1.1² and so on; `(words:1.3)` weigh 1.3
whatever is around them. `\(` and `\)` are literal parentheses; square brackets mean nothing. A
parenthesis without a partner is text.
"""

import math
from dataclasses import dataclass

_EMPHASIS = 1.1
# While the structure is read, escaped parentheses stand as control characters that no one types.
_ESCAPES = {"\\(": "\x02", "\\)": "\x03"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a prompt and its weight."""

    text: str
    weight: float


def weighted_spans(prompt: str) -> list[Span]:
    """Split a prompt at its weights.

    Args:
        prompt: What the user typed, of any length and nesting.

    Returns:
        The stretches in order, without the parentheses and numbers that set their weights.
    """
    for escaped, stand_in in _ESCAPES.items():
        prompt = prompt.replace(escaped, stand_in)
    partners = _partners(prompt)
    spans: list[Span] = []
    # Stretches still to be read, the next one last, so that no nesting is too deep for the stack.
    todo = [(0, len(prompt), 1.0)]
    while todo:
        start, end, weight = todo.pop()
        opening = _next_group(prompt, start, end, partners)
        if opening is None:
            _append(spans, prompt[start:end], weight)
            continue
        closing = partners[opening]
        _append(spans, prompt[start:opening], weight)
        inner_end, inner_weight = _own_weight(prompt, opening + 1, closing, weight)
        todo.append((closing + 1, end, weight))
        todo.append((opening + 1, inner_end, inner_weight))
    return spans


def _partners(prompt: str) -> dict[int, int]:
    """Where the partner of each opening parenthesis is, for those that have one."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    for position, character in enumerate(prompt):
        if character == "(":
            opened.append(position)
        elif character == ")" and opened:
            partners[opened.pop()] = position
    return partners


def _next_group(prompt: str, start: int, end: int, partners: dict[int, int]) -> int | None:
    position = prompt.find("(", start, end)
    while position >= 0 and position not in partners:
        position = prompt.find("(", position + 1, end)
    return position if position >= 0 else None


def _own_weight(prompt: str, start: int, end: int, around: float) -> tuple[int, float]:
    """Where the words of a group end, and their weight."""
    # No number holds a parenthesis; to look no further back keeps deep nesting fast.
    colon = prompt.rfind(":", max(start, prompt.rfind(")", start, end)), end)
    if colon > start:
        try:
            weight = float(prompt[colon + 1 : end])
        except ValueError:
            weight = math.nan  # a colon that belongs to the words
        if math.isfinite(weight):
            return colon, weight
    return end, around * _EMPHASIS


def _append(spans: list[Span], text: str, weight: float) -> None:
    for escaped, stand_in in _ESCAPES.items():
        text = text.replace(stand_in, escaped[1])
    if text:
        spans.append(Span(text, weight))

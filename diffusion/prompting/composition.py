"""Prompts put together with AND, each with a weight of its own.

`a cat AND a dog :0.8` guides towards both at once, 1 and 0.8 times the guidance scale. References:
Liu et al. 2022, arXiv:2206.01714, eq. 11; the syntax is that of AUTOMATIC1111's web UI.
"""

import re
from dataclasses import dataclass

_AND = re.compile(r"\bAND\b")
_WEIGHT = re.compile(r":\s*([-+]?(?:\d{1,18}\.?\d{0,18}|\.\d{1,18}))\s*\Z")


@dataclass(frozen=True, slots=True)
class Member:
    """One of several prompts.

    Attributes:
        text: What it says.
        weight: How much of the guidance scale it gets; below 0 it is stayed away from.
    """

    text: str
    weight: float = 1.0


def members(prompt: str) -> list[Member]:
    """Split a prompt at each AND; at least one member."""
    return [_member(text) for text in _AND.split(prompt)]


def _member(text: str) -> Member:
    found = _WEIGHT.search(text)
    if found is None:
        return Member(text)
    return Member(text[: found.start()], float(found[1]))

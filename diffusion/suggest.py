"""A hint for a name that was not found."""

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str]) -> str:
    """Text to append to "unknown …": the closest known name, or all of them when none is close."""
    names = list(known)
    matches = get_close_matches(name, names, n=1)
    return f"; did you mean '{matches[0]}'?" if matches else f"; known are {', '.join(names)}"

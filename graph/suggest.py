"""The closest known name to one that is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like this one, whatever their case; None when none is like it."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    # A name of megabytes is no typing mistake, and comparing it would take minutes.
    matches = get_close_matches(name.casefold()[:200], by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence: the closest known name, or nothing."""
    found = closest(name, known)
    return f"; did you mean '{found}'?" if found else ""

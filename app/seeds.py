"""The seeds that `--seed` names: one number, or a range with both ends included."""

from __future__ import annotations

import argparse
import re

LARGEST = 2**64 - 1
_RANGE = re.compile(r"(\d+)(?:\.\.(\d+))?")


def parse_seeds(text: str) -> range:
    """Read `7` or `1..60`.

    Raises:
        argparse.ArgumentTypeError: It is neither, or a number is not in 0..2^64-1.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor a range such as 1..60")
    first, last = int(match[1]), int(match[2] or match[1])
    if max(first, last) > LARGEST:
        raise argparse.ArgumentTypeError(f"{text!r} goes beyond the largest seed, {LARGEST}")
    if last < first:
        raise argparse.ArgumentTypeError(f"the range {text!r} ends before it begins")
    return range(first, last + 1)

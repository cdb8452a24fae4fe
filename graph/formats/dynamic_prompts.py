r"""Choices and comments in prompts, as ComfyUI's documentation describes them.

`{red|green} car` becomes one of the two, choices may hold choices, `\{`, `\|` and `\}` are
themselves; `// to the end of the line` and `/* anything */` are comments and vanish.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

COMMENT = re.compile(r"/\*.*?\*/|//[^\n\r\u2028\u2029]*", re.DOTALL)
MARK = re.compile(r"(\\.|[{|}])", re.DOTALL)


def choose(text: str, random: Random) -> str:
    """Return a prompt without comments, one alternative chosen in each pair of braces.

    Alternatives are equally likely. A brace that is never closed reaches to the end of the text.
    """
    if not any(mark in text for mark in ("{", "//", "/*", "\\")):
        return text
    finished: list[list[list[str]]] = [[[]]]  # open braces > alternatives > pieces of text
    for piece in MARK.split(COMMENT.sub("", text)):
        if piece == "{":
            finished.append([[]])
        elif piece == "|" and len(finished) > 1:
            finished[-1].append([])
        elif piece == "}" and len(finished) > 1:
            _close(finished, random)
        elif piece in {r"\{", r"\|", r"\}"}:
            finished[-1][-1].append(piece[1])
        else:
            finished[-1][-1].append(piece)
    while len(finished) > 1:
        _close(finished, random)
    return "".join(finished[0][0])


def _close(finished: list[list[list[str]]], random: Random) -> None:
    chosen = random.choice(finished.pop())
    finished[-1][-1].append("".join(chosen))

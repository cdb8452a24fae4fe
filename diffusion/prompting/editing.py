r"""Prompts that change from step to step, as AUTOMATIC1111's web UI reads them.

`[from:to:when]` is `from` for the first steps and `to` for the others, `[to:when]` and
`[from::when]` leave one of them out; `when` below 1 is a share of the steps, otherwise their
number. `[a|b]` is `a` at the first step, `b` at the second, and so on, round and round. All of
these nest. Brackets that say none of this, or have no partner, stay in the text, as do parentheses
and `\[` (`emphasis.py` reads them). Described in that project's wiki, "Features".
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from diffusion.errors import DiffusionError

_DEEPEST = 100
_CLOSERS = {")": "(", "]": "["}
_TOKEN = re.compile(r"\\.|[()\[\]:|]", re.DOTALL)
_WHEN = re.compile(r"\s*([-+]?)(\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})\s*\Z")


@dataclass(frozen=True, slots=True)
class Change:
    """One prompt for the first steps, another for the others."""

    before: "Prompt"
    after: "Prompt"
    when: Fraction

    def chosen(self, step: int, steps: int) -> "Prompt":
        """What holds at a step, counted from 0."""
        return self.before if step < self.first_after(steps) else self.after

    def first_after(self, steps: int) -> int:
        """The first step of the second prompt."""
        return int(self.when * steps if self.when < 1 else self.when)


@dataclass(frozen=True, slots=True)
class Alternation:
    """Prompts that take turns."""

    options: tuple["Prompt", ...]

    def chosen(self, step: int, steps: int) -> "Prompt":  # noqa: ARG002 - as `Change`
        """What holds at a step, counted from 0."""
        return self.options[step % len(self.options)]


Piece: TypeAlias = str | Change | Alternation
Prompt: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps with one text.

    Attributes:
        text: What the prompt says.
        first: Its first step, from 0.
        end: The step after its last.
    """

    text: str
    first: int
    end: int


def read_editing(text: str) -> Prompt:
    """Read a prompt.

    Raises:
        DiffusionError: Brackets are too deep.
    """
    return _Reader(text).pieces(0, len(text))


def text_at(prompt: Prompt, step: int, steps: int) -> str:
    """What a prompt says at a step.

    Args:
        prompt: The prompt.
        step: From 0.
        steps: How many there are.
    """
    return "".join(
        piece if isinstance(piece, str) else text_at(piece.chosen(step, steps), step, steps)
        for piece in prompt
    )


def schedule(prompt: Prompt, steps: int) -> list[Stretch]:
    """All that a prompt says in so many steps, in order, neighbours different."""
    stretches: list[Stretch] = []
    for step in range(steps):
        text = text_at(prompt, step, steps)
        if stretches and stretches[-1].text == text:
            stretches[-1] = Stretch(text, stretches[-1].first, step + 1)
        else:
            stretches.append(Stretch(text, step, step + 1))
    return stretches


def printed(prompt: Prompt) -> str:
    """Write a prompt so that it is read as the same."""
    return "".join(map(_print_piece, prompt))


def _print_piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Alternation):
        return "[" + "|".join(map(printed, piece.options)) + "]"
    return f"[{printed(piece.before)}:{printed(piece.after)}:{_print_when(piece.when)}]"


def _print_when(when: Fraction) -> str:
    places = 0
    while (when * 10**places).denominator != 1:
        places += 1
    digits = str(int(when * 10**places)).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


class _Reader:
    """Reads one text, whose groups it finds first."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[int, int] = {}
        self._marks: dict[int, list[int]] = {}
        self._depth = 0
        self._find_groups()

    def pieces(self, start: int, end: int) -> Prompt:
        """Read a part of the text that cuts no group in two."""
        found: list[Piece] = []
        at = start
        for opening in self._groups(start, end):
            closing = self._ends[opening]
            found.append(self._text[at:opening])
            found.extend(self._group(opening, closing))
            at = closing + 1
        found.append(self._text[at:end])
        return _joined(found)

    def _groups(self, start: int, end: int) -> Iterator[int]:
        """The outermost groups of a part."""
        place = bisect_left(self._openings, start)
        while place < len(self._openings) and self._openings[place] < end:
            opening = self._openings[place]
            yield opening
            place = bisect_left(self._openings, self._ends[opening], place)

    def _group(self, opening: int, closing: int) -> Sequence[Piece]:
        """A group in brackets, or brackets that stay in the text around what is in them."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise DiffusionError(
                f"The brackets at character {opening + 1} are more than {_DEEPEST} deep."
            )
        found = self._meaning(opening, closing)
        self._depth -= 1
        return found

    def _meaning(self, opening: int, closing: int) -> Sequence[Piece]:
        if self._text[opening] == "[":
            marks = self._marks[opening]
            kinds = {self._text[mark] for mark in marks}
            parts = [opening, *marks, closing]
            if kinds == {"|"}:
                options = [self._between(parts, index) for index in range(len(marks) + 1)]
                return [Alternation(tuple(options))]
            change = self._change(parts) if kinds == {":"} and len(marks) <= 2 else None
            if change is not None:
                return [change]
        inside = self.pieces(opening + 1, closing)
        return [self._text[opening], *inside, self._text[closing]]

    def _change(self, parts: Sequence[int]) -> Change | None:
        when = _WHEN.match(self._text[parts[-2] + 1 : parts[-1]])
        if when is None:
            return None
        number = Fraction(0) if when[1] == "-" else Fraction(when[2])
        before = self._between(parts, 0) if len(parts) == 4 else ()
        return Change(before, self._between(parts, len(parts) - 3), number)

    def _between(self, parts: Sequence[int], index: int) -> Prompt:
        return self.pieces(parts[index] + 1, parts[index + 1])

    def _find_groups(self) -> None:
        """Find partners. What closes the wrong kind spoils all groups around it."""
        opened: list[int] = []
        spoiled = 0
        for token in _TOKEN.finditer(self._text):
            mark, at = token[0], token.start()
            if mark in "([":
                opened.append(at)
                self._marks[at] = []
            elif mark in ":|" and opened:
                self._marks[opened[-1]].append(at)
            elif mark in _CLOSERS:
                if opened and self._text[opened[-1]] == _CLOSERS[mark]:
                    opening = opened.pop()
                    if len(opened) >= spoiled:
                        self._ends[opening] = at
                    spoiled = min(spoiled, len(opened))
                else:
                    spoiled = len(opened)
        self._openings = sorted(self._ends)


def _joined(pieces: Sequence[Piece]) -> Prompt:
    """Leave out empty text, and join neighbours."""
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)

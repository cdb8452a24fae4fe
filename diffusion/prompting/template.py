r"""Prompts with choices, read into what is literal and what is chosen.

`{a|b}` is one of its options, `{2::a|b}` takes `a` twice as often, `{2$$a|b|c}` is two of them in
any order, joined by `, `, `{1-2$$ and $$a|b|c}` one or two joined by ` and `. `__name__` is a line
of the wildcard file `name.txt`. All of these nest. `\{`, `\}`, `\|` and `\_` are themselves. A line
that starts with `#` is a comment. The syntax is that of sd-dynamic-prompts (its SYNTAX.md).
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from diffusion.errors import DiffusionError

SEPARATOR = ", "
_DEEPEST = 100
_HEAVIEST = 1e100
_COMMENT = re.compile(r"^[^\S\n]*#.*\n?", re.MULTILINE)
_MARK = re.compile(r"\\[{}|_]|[{}|]|__(?=\S)(?:[^_\n{}|$]|_(?!_))+?(?<=\S)__")
_NEEDS_ESCAPE = re.compile(r"[{}|]|(?<=[\\_])_|_\Z")
_BOUNDS = re.compile(r"\s*(\d{0,9})\s*(-?)\s*(\d{0,9})\s*\$\$")
_SEPARATED = re.compile(r"([^|{}]*?)\$\$")
_WEIGHT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)::")


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A line of a file, or of several where the name holds `*`."""

    name: str


@dataclass(frozen=True, slots=True)
class Option:
    """One alternative.

    Attributes:
        template: What it says.
        weight: How often it is chosen, relative to the others.
    """

    template: "Template"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Some of several alternatives.

    Attributes:
        options: The alternatives.
        least: How many to choose at least.
        most: How many at most; None for all of them.
        separator: What stands between them.
    """

    options: tuple[Option, ...]
    least: int = 1
    most: int | None = 1
    separator: str = SEPARATOR


Part: TypeAlias = str | Wildcard | Choice
Template: TypeAlias = tuple[Part, ...]


def read_template(text: str) -> Template:
    """Read a prompt.

    Raises:
        DiffusionError: A brace is never closed, or its numbers make no sense; the text says where.
    """
    return _Reader(_COMMENT.sub("", text)).read()


def read_option(line: str) -> Option:
    """Read an alternative, a line of a wildcard file for instance.

    Raises:
        DiffusionError: As `read_template`.
    """
    weight = _WEIGHT.match(line)
    if weight is None:
        return Option(read_template(line))
    return Option(read_template(line[weight.end() :]), _number(weight[1]))


def named_wildcards(text: str) -> set[str]:
    """The names of all wildcards that a prompt could choose, whether or not it can be read."""
    found = _MARK.findall(_COMMENT.sub("", text))
    return {mark[2:-2] for mark in found if mark.startswith("__")}


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._opened: list[int] = []

    def read(self) -> Template:
        parts: list[Part] = []
        while True:
            parts.extend(self._parts(inside=False))
            if self._at == len(self._text):
                return _joined(parts)
            # A brace or bar outside of all braces is text.
            parts.append(self._text[self._at])
            self._at += 1

    def _parts(self, *, inside: bool) -> Template:
        """Read up to the end of an alternative, which stays to be read, or of the text."""
        parts: list[Part] = []
        while (mark := _MARK.search(self._text, self._at)) is not None:
            parts.append(self._text[self._at : mark.start()])
            self._at = mark.start()
            found = mark[0]
            if found in {"|", "}"}:
                return _joined(parts)
            self._at = mark.end()
            if found == "{":
                parts.append(self._choice(mark.start()))
            elif found.startswith("\\"):
                parts.append(found[1])
            else:
                parts.append(Wildcard(found[2:-2]))
        if inside:
            raise DiffusionError(
                f"The brace at {_place(self._text, self._opened[-1])} is never closed: add a }} or "
                "write \\{ for a brace that is text."
            )
        parts.append(self._text[self._at :])
        self._at = len(self._text)
        return _joined(parts)

    def _choice(self, opening: int) -> Choice:
        self._opened.append(opening)
        if len(self._opened) > _DEEPEST:
            raise DiffusionError(
                f"The braces at {_place(self._text, opening)} are more than {_DEEPEST} deep."
            )
        least, most, separator = self._bounds(opening)
        options = [self._option()]
        while self._text[self._at] == "|":
            self._at += 1
            options.append(self._option())
        self._at += 1
        self._opened.pop()
        if not any(option.weight > 0.0 for option in options):
            raise DiffusionError(
                f"All weights in the braces at {_place(self._text, opening)} are 0: give at least "
                "one option a weight above 0."
            )
        return Choice(tuple(options), least, most, separator)

    def _bounds(self, opening: int) -> tuple[int, int | None, str]:
        found = _BOUNDS.match(self._text, self._at)
        if found is None or not (found[1] or found[2]):
            return 1, 1, SEPARATOR
        self._at = found.end()
        low, dash, high = found.groups()
        least = int(low) if low else 1
        most = (int(high) if high else None) if dash else least
        if most is not None and most < least:
            raise DiffusionError(
                f"The braces at {_place(self._text, opening)} ask for at least {least} options "
                f"and at most {most}: put the smaller number first."
            )
        separated = _SEPARATED.match(self._text, self._at)
        if separated is None:
            return least, most, SEPARATOR
        self._at = separated.end()
        return least, most, separated[1]

    def _option(self) -> Option:
        weight = _WEIGHT.match(self._text, self._at)
        if weight is not None:
            self._at = weight.end()
        parts = self._parts(inside=True)
        return Option(parts, 1.0 if weight is None else _number(weight[1]))


def _joined(parts: list[Part]) -> Template:
    """Leave out empty text, and join neighbours."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)


def _number(text: str) -> float:
    return min(float(text), _HEAVIEST)


def _place(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return f"line {line}, character {at - text.rfind(chr(10), 0, at)}"


def printed(template: Template) -> str:
    """Write a template as a prompt that is read as the same template."""
    return "".join(map(_print_part, template))


def _print_part(part: Part) -> str:
    if isinstance(part, str):
        return _NEEDS_ESCAPE.sub(r"\\\g<0>", part)
    if isinstance(part, Wildcard):
        return f"__{part.name}__"
    options = "|".join(_print_option(option) for option in part.options)
    return "{" + _print_bounds(part, options) + options + "}"


def _print_bounds(choice: Choice, options: str) -> str:
    usual = (choice.least, choice.most, choice.separator) == (1, 1, SEPARATOR)
    if usual and not _BOUNDS.match(options):
        return ""
    most = "" if choice.most is None else str(choice.most)
    bounds = most if str(choice.least) == most else f"{choice.least}-{most}"
    return f"{bounds}$${choice.separator}$$"


def _print_option(option: Option) -> str:
    body = printed(option.template)
    usual = option.weight == 1.0 and not _WEIGHT.match(body)
    return body if usual else f"{option.weight:f}::{body}"

"""Resolves prompts with choices: a seed and the lines of wildcards make one plain prompt.

Choices are made from left to right, an outer one before those within it, and only within what was
chosen; how many draws each takes is part of what a seed means.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from diffusion.errors import DiffusionError
from diffusion.prompting.draws import Draws
from diffusion.prompting.template import Choice, Option, Template, Wildcard, read_template

# Wildcards may name each other; in a circle they would for ever, and in a tree without end.
_DEEPEST = 40
_MOST_LINES = 10_000


class Lines(Protocol):
    """Where the lines of wildcards come from."""

    def options(self, name: str) -> Sequence[Option]:
        """The lines of a wildcard, one at least.

        Raises:
            Exception: There is no such wildcard, or it holds nothing.
        """
        ...


def resolve(text: str, seed: int, lines: Lines) -> str:
    """Make every choice in a prompt.

    Args:
        text: The prompt, see `template.py`.
        seed: 0 to 2^64 − 1; the same seed makes the same choices on every machine.
        lines: Of the wildcards that it names.

    Raises:
        DiffusionError: The prompt cannot be read, or wildcards name each other without end.
    """
    return _Resolver(Draws(seed), lines).text(read_template(text))


class _Resolver:
    def __init__(self, draws: Draws, lines: Lines) -> None:
        self._draws = draws
        self._lines = lines
        self._within: list[str] = []
        self._taken = 0

    def text(self, template: Template) -> str:
        pieces = []
        for part in template:
            if isinstance(part, str):
                pieces.append(part)
            elif isinstance(part, Wildcard):
                pieces.append(self._chosen(Choice((Option((part,)),))))
            else:
                pieces.append(self._chosen(part))
        return "".join(pieces)

    def _chosen(self, choice: Choice) -> str:
        """Choose among the options; those of a lone wildcard are its lines."""
        alone = choice.options[0].template if len(choice.options) == 1 else ()
        if len(alone) == 1 and isinstance(alone[0], Wildcard):
            name = alone[0].name
            with self._inside(name):
                return self._joined(choice, self._lines.options(name))
        return self._joined(choice, choice.options)

    def _joined(self, choice: Choice, options: Sequence[Option]) -> str:
        left = [option for option in options if option.weight > 0.0]
        most = len(left) if choice.most is None else min(choice.most, len(left))
        least = min(choice.least, most)
        count = least if least == most else self._draws.whole(least, most)
        taken = []
        for _ in range(count):
            place = self._draws.index([option.weight for option in left])
            taken.append(left.pop(place))
        return choice.separator.join(self.text(option.template) for option in taken)

    @contextmanager
    def _inside(self, name: str) -> Iterator[None]:
        self._within.append(name)
        self._taken += 1
        if len(self._within) > _DEEPEST:
            raise DiffusionError(
                f"Wildcards name each other without end: {self._circle()}. Remove one of these."
            )
        if self._taken > _MOST_LINES:
            raise DiffusionError(
                f"This prompt takes more than {_MOST_LINES:,} lines from wildcards; the last one "
                f"was '{name}'."
            )
        yield
        self._within.pop()

    def _circle(self) -> str:
        last = self._within[-1]
        before = self._within[:-1]
        start = len(before) - 1 - before[::-1].index(last) if last in before else 0
        return " → ".join(f"__{name}__" for name in self._within[start:])

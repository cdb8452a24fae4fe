"""The memory of a pickle's stack machine: its stack with marks, and what it put aside."""

from __future__ import annotations

from typing import Any, Final

from diffusion.pickles.errors import PickleDamagedError

MARK: Final = object()


class Stack:
    """A stack whose marks say where the items of a container begin, and a memo."""

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._memo: dict[int, object] = {}

    def push(self, value: object) -> None:
        """Put a value, or a mark, on top."""
        self._items.append(value)

    def top(self) -> Any:  # noqa: ANN401 - a pickle may hold anything
        """Look at the value on top.

        Raises:
            PickleDamagedError: There is a mark.
            IndexError: There is nothing.
        """
        if self._items[-1] is MARK:
            raise PickleDamagedError("its stack is out of order")
        return self._items[-1]

    def pop(self) -> Any:  # noqa: ANN401
        """Take the value on top."""
        value = self.top()
        del self._items[-1]
        return value

    def pop_any(self) -> None:
        """Drop what is on top, a mark too."""
        del self._items[-1]

    def popped(self, count: int) -> tuple[Any, ...]:
        """Take so many values, the one on top last."""
        values = [self.pop() for _ in range(count)]
        return tuple(reversed(values))

    def above_mark(self) -> list[Any]:
        """Take what is above the topmost mark, and the mark."""
        taken: list[Any] = []
        while (value := self._items.pop()) is not MARK:
            taken.append(value)
        taken.reverse()
        return taken

    def remember(self, key: int) -> None:
        """Put the value on top aside as well."""
        self._memo[key] = self.top()

    def remember_next(self) -> None:
        """Put the value on top aside under the next number."""
        self.remember(len(self._memo))

    def recall(self, key: int) -> None:
        """Put what was put aside on top.

        Raises:
            KeyError: Nothing was.
        """
        self.push(self._memo[key])

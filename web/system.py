"""What the machine and the worker are like, as `/system_stats` tells it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypedDict

_SECRET = ("--token", "--token-file")


class Device(TypedDict):
    """A device that a worker computes on; bytes."""

    name: str
    type: str
    index: int | None
    vram_total: int
    vram_free: int
    torch_vram_total: int
    torch_vram_free: int


@dataclass(frozen=True, slots=True)
class Machine:
    """What the server itself cannot know without torch.

    Attributes:
        ram_total: Bytes.
        ram_free: Bytes that could be used.
        pytorch_version: Empty until a worker has said.
        devices: Of the workers.
    """

    ram_total: int = 0
    ram_free: int = 0
    pytorch_version: str = ""
    devices: tuple[Device, ...] = ()


AskMachine: TypeAlias = Callable[[], Awaitable[Machine]]


async def unknown_machine() -> Machine:
    """Stand where nobody knows."""
    return Machine()


def without_secrets(argv: Sequence[str]) -> list[str]:
    """Return a command line without what only its writer should know."""
    shown: list[str] = []
    for word in argv:
        hide = bool(shown) and shown[-1] in _SECRET
        name, equals, _ = word.partition("=")
        shown.append("…" if hide else f"{name}=…" if equals and name in _SECRET else word)
    return shown

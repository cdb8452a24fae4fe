"""What nodes of both kinds note and wait for."""

from __future__ import annotations

import asyncio

ASKED: list[object] = []
"""What nodes were asked besides running: their answers are noted here."""
ARRIVED: list[object] = []
"""Which calls have come to a point where they wait for each other."""
WORLD: dict[str, object] = {"value": 0}
"""What the world is like, for a node that looks at it."""


def forget() -> None:
    """Forget what was noted, and have the world as it was."""
    ASKED.clear()
    ARRIVED.clear()
    WORLD["value"] = 0


async def meet(who: str, count: int) -> None:
    """Wait until so many are here at the same time.

    Raises:
        TimeoutError: They do not come.
    """
    ARRIVED.append(who)
    for _ in range(5_000):
        if len(ARRIVED) >= count:
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


async def wait_without_end() -> None:
    """Wait until this is cancelled, and note it."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        ASKED.append("cancelled")
        raise

"""`server`: where packs add routes and tell browsers something.

What it holds needs aiohttp and is made when a pack first asks for it.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever it holds
    if name.startswith("__"):
        raise AttributeError(name)
    from compat import prompt_server

    return getattr(prompt_server, name)

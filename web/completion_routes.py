"""Names that prompts can hold, for the editor to complete: wildcards, embeddings, LoRAs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path, PurePosixPath
from typing import TypedDict

from aiohttp import web

from web.declared.route import get
from web.services import SERVICES

WILDCARDS = "wildcards"
_SUFFIXES = (".txt", ".yaml", ".yml")
_MANY = 100_000


class Completions(TypedDict):
    """Names by what they are; wildcards as they stand between double underscores."""

    embeddings: list[str]
    loras: list[str]
    wildcards: list[str]


@get("/completions")
async def completions(request: web.Request) -> Completions:
    """List the names that prompts can hold."""
    folders = request.app[SERVICES].folders

    def names(kind: str) -> list[str]:
        return [str(PurePosixPath(name).with_suffix("")) for name in folders.model_names(kind)]

    def look() -> Completions:
        return {
            "embeddings": names("embeddings"),
            "loras": names("loras"),
            "wildcards": _wildcards(folders.user / WILDCARDS),
        }

    return await asyncio.to_thread(look)


def _wildcards(root: Path) -> list[str]:
    found: list[str] = []
    for place, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name).relative_to(root)
            if path.suffix.lower() in _SUFFIXES and len(found) < _MANY:
                found.append(path.with_suffix("").as_posix())
    return found

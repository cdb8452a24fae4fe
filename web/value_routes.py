"""The value behind a link, as far as it can be shown."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping

from aiohttp import web

from graph.jobs.errors import StoreError
from web.declared.route import get
from web.errors import not_found
from web.jobs import JOBS
from web.prompt_routes import ask, unavailable


@get(
    "/value/{prompt_id}/{node}/{slot}",
    errors={404: "there is no such value any more", 503: "there is no worker to ask yet"},
)
async def value(request: web.Request, prompt_id: str, node: str, slot: int) -> object:
    """Tell about the value that came out of a node: type, shape, range, thumbnail or text."""
    kept = request.app[JOBS].history
    try:
        record = await asyncio.to_thread(kept.get, prompt_id[:200])
    except StoreError as error:
        raise unavailable(error) from error
    if record is None:
        raise not_found(f"there is no job {prompt_id[:80]!r}", "unknown_job")
    question = {"prompt": record.prompt, "targets": record.targets, "node": node, "slot": slot}
    found = await ask(request, "value", question)
    if found is None:
        sentence = f"the value of output {slot} of node {node[:80]!r} is not kept, or never was"
        raise not_found(sentence, "value_not_found")
    return plain(found)


def plain(value: object) -> object:
    """Return what a worker answered with pictures as text that a browser can show."""
    if isinstance(value, bytes):
        return f"data:image/jpeg;base64,{b64encode(value).decode()}"
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value

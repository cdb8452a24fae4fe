"""Which nodes there are, and what they take and give."""

from __future__ import annotations

import asyncio

from aiohttp import web

from web.catalogue import OBJECT_INFO
from web.declared.route import get


@get("/object_info", errors={304: "it is as the client has it"})
async def object_info(request: web.Request) -> web.StreamResponse:
    """Describe all nodes."""
    encoded = await asyncio.to_thread(request.app[OBJECT_INFO].encoded)
    return encoded.answer(request)


@get("/object_info/{node_class}")
async def node_info(request: web.Request, node_class: str) -> dict[str, object]:
    """Describe one node; an empty object if there is none of that class."""
    node = await asyncio.to_thread(request.app[OBJECT_INFO].node, node_class)
    return {} if node is None else {node_class: node}

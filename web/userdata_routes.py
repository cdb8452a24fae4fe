"""The user's own files, workflows above all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from aiohttp import web

from web.answers import json_answer
from web.bodies import LIMITS, read_bytes
from web.declared.readers import Doc, Range
from web.declared.route import delete, get, post
from web.file_answer import answer_file
from web.services import SERVICES
from web.user_files import UserFiles

if TYPE_CHECKING:
    from graph.workflow import Json
    from web.user_files import UserFile

FOLDER = "default"
_ABSENT = {403: "the path leads out", 404: "there is no such file or folder"}
_WRITTEN = {403: "the path leads out", 409: "there is such a file already"}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which files to list, and how."""

    dir: Annotated[str, Range(1), Doc("the folder, 'workflows' for instance")]
    recurse: bool = False
    full_info: Annotated[bool, Doc("objects with path, size and modified")] = False
    split: Annotated[bool, Doc("lists of the path and its parts")] = False


@dataclass(frozen=True, slots=True)
class TreeQuery:
    """Which folder to list."""

    path: str = ""


@dataclass(frozen=True, slots=True)
class WriteQuery:
    """How to write."""

    overwrite: bool = True
    full_info: Annotated[bool, Doc("answer with an object, not with the path alone")] = False


@get("/userdata", errors=_ABSENT)
async def list_files(request: web.Request, query: ListQuery) -> list[object]:
    """List files; paths are relative to the folder."""
    files = _files(request)
    found = await asyncio.to_thread(files.below, query.dir, recurse=query.recurse)
    start = len(query.dir.strip("/")) + 1 if query.dir.strip("/") else 0
    if query.full_info:
        return [_info(file, file.path[start:]) for file in found]
    if query.split:
        return [[file.path[start:], *file.path[start:].split("/")] for file in found]
    return [file.path[start:] for file in found]


@get("/v2/userdata", errors=_ABSENT)
async def list_tree(request: web.Request, query: TreeQuery) -> list[object]:
    """List files and folders at every depth; paths are relative to the user's folder."""
    found = await asyncio.to_thread(_files(request).below, query.path, recurse=True, folders=True)
    return [_entry(file) for file in found]


@get("/userdata/{file}", media="application/octet-stream", errors=_ABSENT)
async def read_file(request: web.Request, file: str) -> web.StreamResponse:
    """Give a file; `/` in its path is written `%2F`."""
    opened = await asyncio.to_thread(_files(request).open, file)
    return await answer_file(request, opened, file.rpartition("/")[2])


@post("/userdata/{file}", takes="application/octet-stream", errors=_WRITTEN)
async def write_file(request: web.Request, file: str, query: WriteQuery) -> object:
    """Write the body to a file."""
    content = await read_bytes(request, request.app[LIMITS].upload)
    files = _files(request)
    written = await asyncio.to_thread(files.write, file, content, overwrite=query.overwrite)
    return _told(written, query)


@delete("/userdata/{file}", errors={204: "it is gone", **_ABSENT})
async def delete_file(request: web.Request, file: str) -> web.Response:
    """Remove a file."""
    await asyncio.to_thread(_files(request).delete, file)
    return web.Response(status=204)


@post("/userdata/{file}/move/{dest}", errors={**_WRITTEN, **_ABSENT})
async def move_file(request: web.Request, file: str, dest: str, query: WriteQuery) -> object:
    """Give a file another path."""
    files = _files(request)
    moved = await asyncio.to_thread(files.move, file, dest, overwrite=query.overwrite)
    return _told(moved, query)


def _files(request: web.Request) -> UserFiles:
    return UserFiles(request.app[SERVICES].folders.user / FOLDER)


def _told(file: UserFile, query: WriteQuery) -> web.Response:
    return json_answer(_info(file, file.path) if query.full_info else file.path)


def _info(file: UserFile, path: str) -> dict[str, Json]:
    return {"path": path, "size": file.size, "modified": file.modified}


def _entry(file: UserFile) -> dict[str, Json]:
    about: dict[str, Json] = {"name": file.name, "path": file.path}
    if file.size is None:
        return {**about, "type": "directory"}
    return {**about, "type": "file", "size": file.size, "modified": file.modified}

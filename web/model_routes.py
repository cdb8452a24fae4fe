"""Which models there are, and what they say and look like."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, TypedDict

from aiohttp import web

from graph.errors import GraphError, UnsafePathError
from web import pictures
from web.declared.readers import Doc
from web.declared.route import get
from web.errors import WebError, bad_request, not_found
from web.guards.headers import INERT
from web.paths import PathRefusedError, split_path
from web.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.folders import Folders

_LONGEST_HEADER = 32 * 2**20
_PICTURES = (".preview.png", ".png", ".preview.jpg", ".jpg", ".jpeg", ".webp")
_OTHER_NAMES = {"text_encoders": "clip", "unet": "diffusion_models"}
"""What ComfyUI's versions call some kinds, too."""
_UNKNOWN = {404: "there is no such kind of model"}


class ModelFolder(TypedDict):
    """A kind of model, and where it is looked for."""

    name: str
    folders: list[str]


class ModelFile(TypedDict):
    """A model; times in seconds since the epoch, size in bytes."""

    name: str
    pathIndex: int
    modified: float
    created: float
    size: int


@dataclass(frozen=True, slots=True)
class ModelQuery:
    """Which model."""

    filename: Annotated[str, Doc("relative to the model folder; ends in .safetensors")] = ""


@get("/models")
async def model_folders(request: web.Request) -> list[str]:
    """List the kinds of models."""
    return list(_folders(request).models)


@get("/models/{folder}", errors=_UNKNOWN)
async def models_of(request: web.Request, folder: str) -> list[str]:
    """List the models of a kind."""
    kind, _ = _places(request, folder)
    return list(await asyncio.to_thread(_folders(request).model_names, kind))


@get("/embeddings")
async def embeddings(request: web.Request) -> list[str]:
    """List the embeddings' names, without their suffixes, for prompts."""
    names = await asyncio.to_thread(_folders(request).model_names, "embeddings")
    return [str(PurePosixPath(name).with_suffix("")) for name in names]


@get("/view_metadata/{folder}", errors={404: "there is no such model, or it says nothing"})
async def view_metadata(request: web.Request, folder: str, query: ModelQuery) -> dict[str, object]:
    """Tell what a model says of itself: the `__metadata__` of its safetensors header."""
    if not query.filename.endswith(".safetensors"):
        raise not_found("only .safetensors files say something of themselves")
    kind = _OTHER_NAMES.get(folder, folder)
    with _in_sentences():
        path = await asyncio.to_thread(_folders(request).model_path, kind, query.filename)
    metadata = await asyncio.to_thread(_metadata, path)
    if metadata is None:
        raise not_found("the file says nothing of itself")
    return metadata


@get("/experiment/models")
async def model_places(request: web.Request) -> list[ModelFolder]:
    """List the kinds of models and where they are looked for."""
    kinds = _folders(request).models.items()
    return [{"name": kind, "folders": [str(place) for place in places]} for kind, places in kinds]


@get("/experiment/models/{folder}", errors=_UNKNOWN)
async def model_files(request: web.Request, folder: str) -> list[ModelFile]:
    """List the models of a kind with size and time."""
    kind, _ = _places(request, folder)
    return await asyncio.to_thread(_model_files, _folders(request), kind)


@get(
    "/experiment/models/preview/{folder}/{path_index}/{filename:.*}",
    media="image/webp",
    errors={404: "there is no such model, or no picture beside it"},
)
async def model_preview(
    request: web.Request, folder: str, path_index: str, filename: str
) -> web.Response:
    """Show the picture that lies beside a model."""
    _, places = _places(request, folder)
    if not path_index.isascii() or not path_index.isdigit() or int(path_index[:6]) >= len(places):
        raise not_found("there is no such place of models")
    try:
        names = split_path(filename)
    except PathRefusedError as error:
        raise bad_request(str(error), type_="bad_path") from error
    content = await asyncio.to_thread(_picture_beside, places[int(path_index)].joinpath(*names))

    def shrink(pixels: int) -> bytes:
        return pictures.preview(io.BytesIO(content), "webp", 90, "rgba", pixels)

    body = await request.app[pictures.STUDIO].work(shrink)
    return web.Response(body=body, content_type="image/webp", headers=INERT)


def _folders(request: web.Request) -> Folders:
    return request.app[SERVICES].folders


def _places(request: web.Request, asked: str) -> tuple[str, tuple[Path, ...]]:
    """Return a kind by its own name, and where its models are looked for."""
    kind = _OTHER_NAMES.get(asked, asked)
    places = _folders(request).models.get(kind)
    if places is None:
        raise not_found(f"there is no kind of model called {asked[:80]!r}", "unknown_folder")
    return kind, places


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Turn what the engine says about a name into an answer."""
    try:
        yield
    except UnsafePathError as error:
        raise bad_request(str(error), type_="bad_path") from error
    except GraphError as error:
        raise not_found(str(error), "file_not_found") from error


def _metadata(path: Path) -> dict[str, object] | None:
    """Return what a safetensors file says of itself; None if nothing, or if it is no such file."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > _LONGEST_HEADER:
                return None
            header = json.loads(file.read(length))
    except (OSError, ValueError, RecursionError):
        return None
    found = header.get("__metadata__") if isinstance(header, dict) else None
    return found if isinstance(found, dict) else None


def _model_files(folders: Folders, kind: str) -> list[ModelFile]:
    found: list[ModelFile] = []
    for name in folders.model_names(kind):
        try:
            path = folders.model_path(kind, name)
            status = path.stat()
        except (GraphError, OSError):  # it went away a moment ago
            continue
        index = next(i for i, place in enumerate(folders.models[kind]) if path == place / name)
        found.append(
            {
                "name": name,
                "pathIndex": index,
                "modified": status.st_mtime,
                "created": status.st_ctime,
                "size": status.st_size,
            }
        )
    return found


def _picture_beside(model: Path) -> bytes:
    for suffix in _PICTURES:
        path = model.with_name(f"{model.stem}{suffix}") if model.name else model
        try:
            if path.is_file():
                return path.read_bytes()
        except (OSError, ValueError) as error:
            raise _no_picture() from error
    raise _no_picture()


def _no_picture() -> WebError:
    return not_found("there is no picture beside this model", "file_not_found")

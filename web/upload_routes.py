"""Pictures and masks that clients send."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, TypedDict, get_args

from aiohttp import web

from web import pictures
from web.bodies import LIMITS, parse
from web.declared.route import post
from web.errors import WebError, bad_request
from web.file_kinds import HEAD, PICTURE_SUFFIXES, kind_of
from web.forms import Form, read_form
from web.paths import PathRefusedError
from web.places import Type, names_of, open_named, place_of
from web.uploads import store

if TYPE_CHECKING:
    from typing import BinaryIO

_TRUE = frozenset({"true", "1"})
_ERRORS = {413: "the file is too large, or has too many pixels"}


class Uploaded(TypedDict):
    """Where the file is now: what LoadImage and `/view` call it."""

    name: str
    subfolder: str
    type: str


@post("/upload/image", takes="multipart/form-data", errors=_ERRORS)
async def upload_image(request: web.Request) -> Uploaded:
    """Keep a file: the field `image`, with `type`, `subfolder` and `overwrite` beside it."""
    form = await read_form(request, "image")
    name = _name(form)
    content = form.content
    if kind_of(content[:HEAD], name).is_picture or _suffix(name) in PICTURE_SUFFIXES:
        content = await request.app[pictures.STUDIO].work(
            lambda pixels: pictures.upright(form.content, pixels)
        )
    return await _keep(request, form, content)


@post("/upload/mask", takes="multipart/form-data", errors={**_ERRORS, 404: "no such original"})
async def upload_mask(request: web.Request) -> Uploaded:
    """Keep the picture that `original_ref` names with the alpha of the picture that is sent."""
    form = await read_form(request, "image")
    _name(form)
    original = await asyncio.to_thread(_original, request, form.texts.get("original_ref", ""))
    with original:
        content = await request.app[pictures.STUDIO].work(
            lambda pixels: pictures.with_mask(original, io.BytesIO(form.content), pixels)
        )
    return await _keep(request, form, content)


def _original(request: web.Request, ref: str) -> BinaryIO:
    found = parse(ref.encode("utf-8", "replace"), request.app[LIMITS]) if ref else None
    if not isinstance(found, dict) or not isinstance(found.get("filename"), str):
        raise bad_request("'original_ref' must be JSON that names a file: {\"filename\": …}")
    kind = _type(found.get("type", "output"))
    subfolder = found.get("subfolder") or ""
    if not isinstance(subfolder, str):
        raise bad_request("'subfolder' of 'original_ref' must be text")
    return open_named(request, found["filename"], subfolder, kind)


async def _keep(request: web.Request, form: Form, content: bytes) -> Uploaded:
    kind = _type(form.texts.get("type", "input"))
    names = _names(form)
    overwrite = form.texts.get("overwrite", "").lower() in _TRUE
    place = place_of(request, kind)
    try:
        name = await asyncio.to_thread(store, place, names, content, overwrite=overwrite)
    except PathRefusedError as error:
        raise bad_request(str(error), type_="bad_path") from error
    return {"name": name, "subfolder": "/".join(names[:-1]), "type": kind}


def _names(form: Form) -> tuple[str, ...]:
    try:
        return names_of(_name(form), form.texts.get("subfolder", ""))
    except WebError as error:
        # To upload out of the folder is a bad request in ComfyUI, to look there a forbidden one.
        raise bad_request(str(error), type_=error.type) from error


def _name(form: Form) -> str:
    if not form.filename:
        raise bad_request("the form has no file 'image' with a name", type_="no_file")
    return form.filename


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot >= 0 else ""


def _type(text: object) -> Type:
    for kind in get_args(Type):
        if text == kind:
            return kind  # type: ignore[no-any-return]
    raise bad_request("'type' must be input, temp or output")

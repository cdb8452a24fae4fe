"""Multipart forms: a few texts and one file, counted as they come."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import (
    BadContentDispositionHeader,
    BadContentDispositionParam,
    BodyPartReader,
    web,
)
from aiohttp.http_exceptions import HttpProcessingError

from web.bodies import LIMITS, Pace, oversized
from web.errors import bad_request

if TYPE_CHECKING:
    from aiohttp import MultipartReader

_FIELDS = 32
_TEXT = 64 * 1024


@dataclass(slots=True)
class Form:
    """What was sent.

    Attributes:
        texts: By field.
        filename: What the client calls the file; None if it sent none.
        content: The file's.
    """

    texts: dict[str, str] = field(default_factory=dict)
    filename: str | None = None
    content: bytes = b""


async def read_form(request: web.Request, file_field: str) -> Form:
    """Read a form with one file.

    Raises:
        WebError: It is no form, too large, too slow, or cut off.
    """
    if request.content_type != "multipart/form-data":
        raise bad_request("send the file as multipart/form-data", type_="not_a_form")
    most = request.app[LIMITS].upload
    if (request.content_length or 0) > most + _FIELDS * _TEXT:
        raise oversized(most)
    # They come as answers, not as warnings to whoever runs the server.
    for warning in (BadContentDispositionHeader, BadContentDispositionParam):
        warnings.filterwarnings("ignore", category=warning)
    pace, form = Pace(request.app[LIMITS]), Form()
    try:
        reader = await request.multipart()
        for _ in range(_FIELDS):
            part = await pace.wait(reader.next())
            if part is None:
                return form
            await _take(part, form, file_field, pace, most)
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
        # aiohttp's words for what is no form
        raise bad_request("the form is damaged or ended halfway", type_="not_a_form") from error
    raise bad_request(f"the form has more than {_FIELDS} fields", type_="not_a_form")


async def _take(
    part: BodyPartReader | MultipartReader, form: Form, file_field: str, pace: Pace, most: int
) -> None:
    if not isinstance(part, BodyPartReader):
        raise bad_request("the form holds another form", type_="not_a_form")
    is_file = part.name == file_field
    content = await _read(part, pace, most if is_file else _TEXT)
    if is_file:
        form.filename, form.content = part.filename, content
    elif part.name:
        try:
            form.texts[part.name[:100]] = content.decode()
        except UnicodeDecodeError as error:
            raise bad_request("a field is not text in UTF-8", type_="not_a_form") from error


async def _read(part: BodyPartReader, pace: Pace, most: int) -> bytes:
    found = bytearray()
    while chunk := await pace.wait(part.read_chunk(2**16)):
        pace.came(len(chunk))
        found += chunk
        if len(found) > most:
            raise oversized(most)
    return bytes(found)

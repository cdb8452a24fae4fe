"""Reads what clients send, and no more of it than is reasonable.

JSON is read under any content type: ComfyUI's example clients say it is a form. How deep it is, how
many values it has and how long its texts are is bounded, so that no body can make the server spend
minutes or gigabytes. Nobody may send so slowly that it would go on for ever.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from web.errors import WebError, bad_request, too_large

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much a client may send.

    Attributes:
        upload: Bytes of a file or of any other body.
        json: Bytes of a JSON body.
        depth: Levels of lists in lists.
        values: Lists, objects and what is in them, in all.
        text: Characters of one text.
        nodes: Nodes of a workflow.
        pixels: Of one picture.
        patience: Seconds until the first byte that was promised, and between any two.
        pace: Bytes a second, at least, once the patience is over.
    """

    upload: int = 100 * 2**20
    json: int = 64 * 2**20
    depth: int = 100
    values: int = 2_000_000
    text: int = 32 * 2**20
    nodes: int = 50_000
    pixels: int = 2**27
    patience: float = 30.0
    pace: float = 2_000.0


LIMITS: web.AppKey[BodyLimits] = web.AppKey("LIMITS", BodyLimits)


async def read_json(request: web.Request) -> object:
    """Read a JSON body; None if there is none.

    Raises:
        WebError: It is no JSON, or too much of it.
    """
    limits = request.app[LIMITS]
    raw = await read_bytes(request, min(limits.json, limits.upload))
    return parse(raw, limits) if raw.strip() else None


async def read_bytes(request: web.Request, most: int) -> bytes:
    """Read a whole body.

    Raises:
        WebError: It is larger than that, or comes too slowly.
    """
    length = request.content_length
    if length is not None and length > most:
        raise oversized(most)
    if request.content.is_eof() and request.content.exception() is None:
        # A small body came along with its head, and there is nothing to wait for.
        whole = request.content.read_nowait()
        if len(whole) > most:
            raise oversized(most)
        return whole
    found = bytearray()
    async for chunk in chunks(request):
        found += chunk
        if len(found) > most:
            raise oversized(most)
    return bytes(found)


async def chunks(request: web.Request) -> AsyncIterator[bytes]:
    """Yield a body as it comes.

    Raises:
        WebError: It comes too slowly, or stops halfway.
    """
    pace = Pace(request.app[LIMITS])
    while True:
        chunk = await pace.wait(request.content.readany())
        if not chunk:
            return
        pace.came(len(chunk))
        yield chunk


class Pace:
    """Watches how fast a body comes."""

    def __init__(self, limits: BodyLimits) -> None:
        self._limits = limits
        self._started = time.monotonic()
        self._bytes = 0

    async def wait(self, more: Any) -> Any:  # noqa: ANN401 - whatever the reader gives
        """Wait for more of it.

        Raises:
            WebError: Nothing comes, or what should have come is no body.
        """
        try:
            async with asyncio.timeout(self._limits.patience):
                return await more
        except TimeoutError as error:
            raise _too_slow() from error
        except web.RequestPayloadError as error:
            raise bad_request("the body ended before all of it had come") from error

    def came(self, count: int) -> None:
        """Note that so many bytes came.

        Raises:
            WebError: It would take for ever at this pace.
        """
        self._bytes += count
        spent = time.monotonic() - self._started - self._limits.patience
        if spent > 0 and self._bytes < spent * self._limits.pace:
            raise _too_slow()


def parse(raw: bytes, limits: BodyLimits) -> object:
    """Parse JSON within limits.

    Raises:
        WebError: It is no JSON, or goes beyond them.
    """
    opened = raw.count(b"[") + raw.count(b"{")
    if opened + raw.count(b",") > limits.values:
        raise too_large(f"the body has more than {limits.values} values; send less at a time")
    try:
        value = _DECODER.decode(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise bad_request(
            f"the body is not text in UTF-8: byte {error.start} cannot be decoded",
            type_="invalid_json",
        ) from error
    except RecursionError as error:
        raise _too_deep(limits) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise bad_request(
            f"the body is not valid JSON: {error.msg} at {where}", type_="invalid_json"
        ) from error
    except ValueError as error:  # a number of thousands of digits, or NaN
        raise bad_request(f"the body is not valid JSON: {error}", type_="invalid_json") from error
    # What is short of brackets and of bytes cannot be deep or long.
    if opened > limits.depth or len(raw) > limits.text:
        _check(value, limits)
    return value


def oversized(most: int) -> WebError:
    """Return what those are told who send too much."""
    return too_large(f"the body is larger than {most:,} bytes, which is the most that is taken")


def _check(value: object, limits: BodyLimits) -> None:
    """Look through a value without recursion."""
    level = [value]
    for _ in range(limits.depth + 1):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below += item.values()
                below += item
            elif isinstance(item, list):
                below += item
            elif isinstance(item, str) and len(item) > limits.text:
                raise too_large(f"the body holds a text of more than {limits.text:,} characters")
        if not below:
            return
        level = below
    raise _too_deep(limits)


def _too_deep(limits: BodyLimits) -> WebError:
    return bad_request(
        f"the body is nested more than {limits.depth} levels deep", type_="invalid_json"
    )


def _too_slow() -> WebError:
    return WebError(408, "too_slow", "the body did not come in time; send it again, faster")


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no number that JSON knows")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)

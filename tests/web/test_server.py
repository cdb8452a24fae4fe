"""Real sockets: what is not HTTP, what never ends, TLS, stopping, the access log."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import socket
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from tests.web.raw import exchange, listening, read_answer
from tests.web.serving import services_in
from web.application import make_application
from web.bodies import BodyLimits
from web.guards.security import Security
from web.server import CannotListenError, Listening, listen, tls_context

if TYPE_CHECKING:
    from pathlib import Path

HOST = b"Host: localhost\r\n"
HASTY = BodyLimits(upload=10_000, json=10_000, patience=0.3, pace=1e6)


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n\r\n\r\nnonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40) + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 5_000 + b"\r\n",
        b"POST /prompt HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_refused_in_our_words(tmp_path: Path, sent: bytes) -> None:
    async with listening(make_application(services_in(tmp_path))) as port:
        answer = await exchange(port, sent)
        assert answer is not None
        assert 400 <= answer.status < 500
        assert answer.error["message"]
        assert "Traceback" not in answer.body.decode()
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "aiohttp" not in answer.headers["server"]


@pytest.mark.parametrize(
    "hosts", [b"", b"Host: localhost\r\nHost: localhost\r\n", b"Host:\r\n", b"Host: evil\r\n"]
)
async def test_a_request_for_no_host_or_two_is_refused(tmp_path: Path, hosts: bytes) -> None:
    async with listening(make_application(services_in(tmp_path))) as port:
        answer = await exchange(port, b"GET /docs HTTP/1.1\r\n" + hosts + b"\r\n")
        assert answer is not None
        assert answer.status in (400, 403)
        answer = await exchange(port, b"GET http://evil/docs HTTP/1.1\r\n" + hosts + b"\r\n")
        assert answer is not None
        assert answer.status in (400, 403)


async def test_who_never_finishes_a_header_is_let_go(tmp_path: Path) -> None:
    async with listening(make_application(services_in(tmp_path)), idle=0.3) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: local")
        async with asyncio.timeout(20):
            with suppress(ConnectionError):
                while not reader.at_eof():
                    await asyncio.sleep(0.05)
                    writer.write(b"h")
                    await writer.drain()
        writer.close()


async def test_who_sends_nothing_is_let_go(tmp_path: Path) -> None:
    async with listening(make_application(services_in(tmp_path)), idle=0.3) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()


async def test_who_sends_a_body_by_drops_is_let_go(tmp_path: Path) -> None:
    async with listening(make_application(services_in(tmp_path, limits=HASTY))) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /settings HTTP/1.1\r\n" + HOST + b"Content-Length: 9000\r\n\r\n{")
        answers = asyncio.create_task(read_answer(reader))
        async with asyncio.timeout(20):
            while not answers.done():
                writer.write(b" ")
                await asyncio.sleep(0.05)
        answer = answers.result()
        assert answer is not None
        assert answer.status == 408
        assert answer.error["type"] == "too_slow"
        writer.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"nul", 400),
        (b"[1, NaN]", 400),
        (b"\xff\xfe{}", 400),
        (b'{"a": 1' + b"0" * 5_000 + b"}", 400),
        (b"[" * 1_900, 400),
        (b"[" * 5_000, 413),
        (b"[" * 200 + b"]" * 200, 400),
        (b'{"a":' * 101 + b"1" + b"}" * 101, 400),
        (b"\xef\xbb\xbf{}", 200),
        (b'{"a":' * 50 + b"1" + b"}" * 50, 200),
        (b'"' + b"x" * 20_000 + b'"', 413),
        (b'{"a": "' + b"x" * 9_000 + b'"}', 413),
        (b'{"' + b"x" * 6_000 + b'": 1}', 413),
        (b"[" + b"0," * 3_000 + b"0]", 413),
    ],
)
async def test_a_body_beyond_reason_is_refused(tmp_path: Path, body: bytes, status: int) -> None:
    limits = replace(HASTY, text=5_000, values=2_000)
    async with listening(make_application(services_in(tmp_path, limits=limits))) as port:
        head = b"POST /settings HTTP/1.1\r\n" + HOST
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        answer = await exchange(port, head + length + body)
        assert answer is not None
        assert answer.status == status, answer.body
        chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        if body:
            answer = await exchange(port, head + chunked)
            assert answer is not None
            assert answer.status == status, answer.body


async def test_a_body_that_ends_too_soon_changes_nothing(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    async with listening(make_application(services)) as port:
        head = b"POST /settings HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\n"
        await exchange(port, head + b'{"a": 1}', end=True)
        assert services.settings.all() == {}


async def test_a_bomb_of_compressed_nothing_is_refused(tmp_path: Path) -> None:
    import gzip

    body = gzip.compress(bytes(5_000_000))
    async with listening(make_application(services_in(tmp_path, limits=HASTY))) as port:
        head = b"POST /settings HTTP/1.1\r\n" + HOST + b"Content-Encoding: gzip\r\n"
        answer = await exchange(port, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert answer is not None
        assert answer.status == 413


async def test_requests_in_one_connection_are_answered_in_order(tmp_path: Path) -> None:
    async with listening(make_application(services_in(tmp_path))) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in (b"/features", b"/nothing", b"/users"):
            writer.write(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        answers = [await read_answer(reader) for _ in range(3)]
        assert [answer.status for answer in answers if answer] == [200, 404, 200]
        writer.close()


async def test_a_line_is_logged_for_each_request_without_what_was_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    services = services_in(tmp_path, security=Security(token="a secret"))
    with caplog.at_level(logging.INFO, logger="safelight.access"):
        async with listening(make_application(services)) as port:
            auth = b"Authorization: Bearer a secret\r\n"
            await exchange(
                port,
                b"GET /features?token=hidden HTTP/1.1\r\n" + HOST + auth + b"\r\n",
            )
            await exchange(port, b"GET /a%0d%0aforged HTTP/1.1\r\n" + HOST + b"\r\n")
            await asyncio.sleep(0.05)
    lines = [record.getMessage() for record in caplog.records if record.name == "safelight.access"]
    first, second = (json.loads(line) for line in lines)
    assert first["path"] == "/features"
    assert (first["method"], first["status"]) == ("GET", 200)
    assert first["ms"] >= 0
    assert second["path"] == "/a\r\nforged"
    assert not any("\n" in line or "secret" in line or "hidden" in line for line in lines)


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListenError, match="--port N"):
            await listen(make_application(services_in(tmp_path)), Listening(port=port))


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")
    for certificate in ("cert.pem", "absent.pem"):
        with pytest.raises(CannotListenError, match="TLS cannot be set up"):
            tls_context(tmp_path / certificate, tmp_path / "cert.pem")


async def test_everywhere_is_what_there_is_on_a_machine_without_ipv6(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = web.TCPSite.start

    async def start_without_ipv6(site: web.TCPSite) -> None:
        if "[::]" in site.name or "//:::" in site.name:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        await start(site)

    monkeypatch.setattr(web.TCPSite, "start", start_without_ipv6)
    app = make_application(services_in(tmp_path))
    runner = await listen(app, Listening(("127.0.0.1", "::"), port=0))
    assert [address[0] for address in runner.addresses] == ["127.0.0.1"]
    await runner.cleanup()
    with pytest.raises(CannotListenError, match="::"):
        await listen(make_application(services_in(tmp_path)), Listening(("::",), port=0))

"""What requests cost: the first answer, the nodes' list, and a thousand jobs of two nodes."""

from __future__ import annotations

import gzip
import json
import socket
import statistics
import time
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from benchmarks.server_process import Connection, number, picture, request, server

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.server_process import ServerProcess

FIRST_ANSWER, NODES, ACCEPTED, THROUGH = 0.7, 0.010, 1200.0, 1.5
"""Bars: seconds, seconds, jobs a second, seconds for 1,000 jobs."""
JOBS = 1000
_ENDED = b'"type":"executing","data":{"node":null'


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        name: What was measured.
        figure: As people read it.
        bar: The same; empty where there is none.
        ok: Whether it is met.
    """

    name: str
    figure: str
    bar: str = ""
    ok: bool = True

    def __str__(self) -> str:
        verdict = ("ok" if self.ok else "MISSED") if self.bar else ""
        return f"{self.name:44} {self.figure:>24}   {self.bar:>14} {verdict}".rstrip()


def first_answers(times: int = 5) -> list[Row]:
    """Start servers; from the start of the process to the first answer, and to the end again."""
    rows: list[Row] = []
    started, listed, stopped = [], [], []
    for _ in range(times):
        with server() as it:
            connection = Connection(it.port)
            connection.json("/prompt")
            started.append(time.perf_counter() - it.began)
            connection.ask("/object_info")
            listed.append(time.perf_counter() - it.began)
            connection.close()
            stopped.append(it.stop())
    for name, found, bar in (
        ("start to first answer", started, FIRST_ANSWER),
        ("start to the nodes' list, nothing known yet", listed, 0.0),
        ("SIGTERM to the end, a worker starting", stopped, 5.0),
    ):
        rows.append(seconds_row(name, statistics.median(found), bar))
    return rows


def seconds_row(name: str, seconds: float, bar: float = 0.0) -> Row:
    """Return a line about a duration."""
    figure = f"{seconds * 1000:.2f} ms" if seconds < 0.1 else f"{seconds:.3f} s"
    shown = f"≤ {bar * 1000:g} ms" if bar < 0.1 else f"≤ {bar:g} s"
    return Row(name, figure, shown if bar else "", not bar or seconds <= bar)


def node_list(it: ServerProcess, times: int = 50) -> list[Row]:
    """Ask for all nodes, compressed, and again with the tag that came."""
    connection = Connection(it.port)
    compressed = "Accept-Encoding: gzip\r\n"
    answer = connection.ask("/object_info", headers=compressed)
    size, tag = len(answer.content), answer.headers["etag"]
    whole = len(gzip.decompress(answer.content))
    full = _median(times, lambda: connection.ask("/object_info", headers=compressed))
    known = f"{compressed}If-None-Match: {tag}\r\n"
    if connection.ask("/object_info", headers=known).status != 304:
        raise RuntimeError("a list that is known is sent again")
    same = _median(times, lambda: connection.ask("/object_info", headers=known))
    connection.close()
    return [
        seconds_row(f"/object_info, {size // 1000} of {whole // 1000} KB", full, NODES),
        seconds_row("/object_info, known by its ETag", same),
    ]


def _median(times: int, ask: Callable[[], object]) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def accepting(it: ServerProcess) -> list[Row]:
    """Queue jobs one after the other while nothing runs; they are in the database when told so."""
    connection = Connection(it.port)
    connection.json("/queue/pause", {})
    bodies = [_body(number(value)) for value in range(JOBS)]
    cpu, began = it.cpu, time.perf_counter()
    for body in bodies:
        if connection.ask("/prompt", body).status != 200:
            raise RuntimeError("a prompt was refused")
    seconds, cpu = time.perf_counter() - began, it.cpu - cpu
    waiting = len(connection.json("/queue/state")["pending"])
    connection.json("/queue", {"clear": True})
    connection.json("/queue/resume", {})
    connection.close()
    rate = JOBS / seconds
    name = f"POST /prompt, nothing runs, {cpu / JOBS * 1000:.2f} ms of CPU"
    ok = rate >= ACCEPTED and waiting == JOBS
    return [Row(name, f"{rate:,.0f} jobs/s", f"≥ {ACCEPTED:,.0f}/s", ok)]


def through(it: ServerProcess, turns: int = 3) -> list[Row]:
    """From the first POST of 1,000 jobs until their client has heard that the last one is over."""
    rows = []
    for turn in range(turns):
        prompts = [number(turn * JOBS + value) for value in range(1, JOBS + 1)]
        rows.append(_through(it, f"{JOBS:,} jobs that do nothing", prompts, THROUGH))
    prompts = [picture(color) for color in range(1, JOBS + 1)]
    return [*rows, _through(it, f"{JOBS:,} previews of 16×16", prompts)]


def _through(it: ServerProcess, name: str, prompts: list[dict[str, Any]], bar: float = 0.0) -> Row:
    bodies = [_body(prompt) for prompt in prompts]
    ears, connection = Ears(it.port, "one"), Connection(it.port)
    cpu, worker, began = it.cpu, it.worker_cpu, time.perf_counter()
    for body in bodies:
        connection.ask("/prompt", body)
    posted = time.perf_counter() - began
    seconds, cpu, worker = ears.until(JOBS) - began, it.cpu - cpu, it.worker_cpu - worker
    connection.close()
    spent = f"posted in {posted:.2f} s, CPU {cpu:.2f} + {worker:.2f} s"
    return seconds_row(f"{name}; {spent}", seconds, bar)


def _body(prompt: dict[str, Any]) -> bytes:
    return json.dumps({"prompt": prompt, "client_id": "one"}).encode()


class Ears(Thread):
    """A WebSocket client as ComfyUI's are, which does nothing but count how many jobs ended.

    Args:
        port: The server's.
        client: Its id.
    """

    def __init__(self, port: int, client: str) -> None:
        super().__init__(daemon=True)
        self._socket = open_socket(port, client, since=None)
        self._ended = 0
        self._last = 0.0
        self.start()

    def run(self) -> None:
        """Count in the bytes as they come."""
        rest = b""
        while received := self._socket.recv(2**20):
            text = rest + received
            self._ended += text.count(_ENDED)
            rest = text[-len(_ENDED) + 1 :]
            self._last = time.perf_counter()

    def until(self, count: int) -> float:
        """Wait until so many jobs have ended; when that was heard."""
        while self._ended < count:
            time.sleep(0.005)
        last = self._last
        self._socket.shutdown(socket.SHUT_RDWR)
        return last


def open_socket(port: int, client: str, since: int | None = 0) -> socket.socket:
    """Open a WebSocket and return what it is on; for numbered events if `since` is not None."""
    made = socket.create_connection(("127.0.0.1", port), timeout=60)
    numbers = "" if since is None else f"&since={since}"
    upgrade = (
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2FmZWxpZ2h0IGJlbmNoMQ==\r\n"
    )
    made.sendall(request(f"/ws?clientId={client}{numbers}", headers=upgrade))
    received = b""
    while b"\r\n\r\n" not in received:
        received += made.recv(1)
    if not received.startswith(b"HTTP/1.1 101"):
        raise RuntimeError(f"no WebSocket: {received!r}")
    return made

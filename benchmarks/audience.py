"""Many WebSocket clients in a process of their own: `python -m benchmarks.audience PORT`.

Reads lines from standard input. `open N` opens clients named `0` to `N-1`, `stall` opens one that
never reads, `tell` says in one line of JSON what each heard since it was opened and closes them.
Nothing is parsed before it is asked for, so that hearing costs as little as it can.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import sys
import time
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from benchmarks.server_requests import open_socket

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT, _BINARY = 1, 2
_QUIET = 1.0
"""Seconds without a word after which all was heard."""


class Audience:
    """The clients.

    Args:
        port: The server's.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = Lock()
        self._selector = selectors.DefaultSelector()
        self._heard: dict[str, bytearray] = {}
        self._sockets: list[socket.socket] = []
        self._last = 0.0
        Thread(target=self._listen, daemon=True).start()

    def open(self, count: int) -> None:
        """Let clients come."""
        for number in range(count):
            made = open_socket(self._port, str(number))
            made.setblocking(False)
            self._sockets.append(made)
            heard = self._heard[str(number)] = bytearray()
            with self._lock:
                self._selector.register(made, selectors.EVENT_READ, heard)

    def stall(self) -> None:
        """Let one come that never reads, and for which the system keeps little."""
        made = open_socket(self._port, "stalled")
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self._sockets.append(made)

    def tell(self) -> dict[str, Any]:
        """Wait until all is quiet; what each heard, after which they leave."""
        while time.monotonic() < self._last + _QUIET:
            time.sleep(0.05)
        with self._lock:
            for made in self._sockets:
                if made in self._selector.get_map():
                    self._selector.unregister(made)
                made.close()
        told = {client: summary(bytes(heard)) for client, heard in self._heard.items()}
        self._sockets, self._heard = [], {}
        return told

    def _listen(self) -> None:
        while True:
            with self._lock:
                ready = self._selector.select(0)
                for key, _ in ready:
                    try:
                        key.data.extend(key.fileobj.recv(2**16))  # type: ignore[union-attr]
                    except BlockingIOError:
                        continue
                    self._last = time.monotonic()
            if not ready:
                time.sleep(0.005)


def summary(heard: bytes) -> dict[str, Any]:
    """Say what a client heard: jobs that ended, their steps, how many pictures."""
    ended: list[str] = []
    steps: dict[str, list[int]] = {}
    pictures = 0
    for kind, content in frames(heard):
        if kind == _BINARY:
            pictures += 1
            continue
        said = json.loads(content)
        if said["type"] == "job_ended":
            ended.append(said["data"]["prompt_id"])
        if said["type"] == "progress":
            steps.setdefault(said["data"]["prompt_id"], []).append(said["data"]["value"])
    return {"ended": ended, "steps": steps, "pictures": pictures}


def frames(heard: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of what a server sent: RFC 6455, 5.2, whole and unmasked."""
    at = 0
    while at < len(heard):
        kind, size, at = heard[at] & 0x0F, heard[at + 1], at + 2
        if size == 126:
            (size,), at = struct.unpack_from(">H", heard, at), at + 2
        elif size == 127:
            (size,), at = struct.unpack_from(">Q", heard, at), at + 8
        if kind in (_TEXT, _BINARY):
            yield kind, heard[at : at + size]
        at += size


def main() -> None:
    """Do as told until there is nothing more to do."""
    audience = Audience(int(sys.argv[1]))
    for line in sys.stdin:
        match line.split():
            case ["open", count]:
                audience.open(int(count))
                print("open", flush=True)
            case ["stall"]:
                audience.stall()
                print("stalled", flush=True)
            case _:
                print(json.dumps(audience.tell()), flush=True)


if __name__ == "__main__":
    main()

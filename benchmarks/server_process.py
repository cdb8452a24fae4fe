"""A server in a process of its own, and a client on one keep-alive connection, for benchmarks."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connection:
    """Asks one thing after the other, with as little work of its own as possible.

    Args:
        port: On this machine.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, path: str, body: bytes | None = None, headers: str = "") -> Answer:
        """Ask, or post a body; the headers are lines, each with its end."""
        self._socket.sendall(request(path, body, headers))
        return self._answer()

    def json(self, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever it answers
        """The same in JSON.

        Raises:
            RuntimeError: It was refused.
        """
        answer = self.ask(path, None if body is None else json.dumps(body).encode())
        if answer.status != 200:
            raise RuntimeError(f"{path} is answered {answer.status}: {answer.content[:300]!r}")
        return json.loads(answer.content) if answer.content else None

    def wait_for(self, job: str) -> dict[str, Any]:
        """Ask for a job's history until it has one."""
        while not (found := self.json(f"/history/{job}")):
            time.sleep(0.02)
        entry: dict[str, Any] = found[job]
        return entry

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _answer(self) -> Answer:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, content = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in fields}
        parts, missing = [content], int(headers.get("content-length", "0")) - len(content)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        return Answer(int(first.split()[1]), headers, b"".join(parts))

    def _receive(self) -> bytes:
        received = self._socket.recv(2**20)
        if not received:
            raise ConnectionError("the server hung up")
        return received


def request(path: str, body: bytes | None = None, headers: str = "") -> bytes:
    """Return a request as it travels."""
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + (body or b"")


class ServerProcess:
    """A server over folders of its own, with the project's models.

    Args:
        base: Where its folders are.
        options: Of `main.py serve`.

    Attributes:
        port: Where it listens.
        began: When its process was started, as `time.perf_counter` says it.
    """

    def __init__(self, base: Path, *options: str) -> None:
        command = [sys.executable, "main.py", "--base-directory", str(base), "--port", "0"]
        models = ["--models-directory", str(ROOT / "models"), "--cpu"]
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [*command, *models, *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = self._process.stdout
        if lines is None:
            raise RuntimeError("nobody can be heard")
        said: list[str] = []
        for line in lines:
            said.append(line)
            if " is at http" in line:
                break
        else:
            raise RuntimeError(f"the server does not start: {said}")
        self.port = int(said[-1].rpartition(":")[2])
        Thread(target=lines.read, daemon=True).start()

    def wait_until_warm(self) -> None:
        """Wait until a worker is ready and has loaded torch, by having it draw nothing."""
        connection = Connection(self.port)
        while not connection.json("/system_stats")["devices"]:
            time.sleep(0.2)
        connection.wait_for(connection.json("/prompt", {"prompt": picture(0)})["prompt_id"])
        connection.close()

    @property
    def cpu(self) -> float:
        """Seconds that processors have worked for the server's own process."""
        return _cpu(self._process.pid)

    @property
    def worker_cpu(self) -> float:
        """The same for its workers."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return sum(_cpu(int(pid)) for task in tasks for pid in task.read_text("ascii").split())

    def stop(self) -> float:
        """Have it stop; seconds until it had."""
        began = time.perf_counter()
        self._process.terminate()
        self._process.wait(30)
        return time.perf_counter() - began


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / _TICKS


@contextmanager
def server(*options: str) -> Iterator[ServerProcess]:
    """Have a server with empty folders, which ends with the block."""
    base = Path(tempfile.mkdtemp(prefix="safelight-benchmark-"))
    (base / "custom_nodes").mkdir()
    (base / "custom_nodes" / "benchmark.py").write_text(PACK, encoding="utf-8")
    made = ServerProcess(base, *options)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(base, ignore_errors=True)


PACK = """
class Make:
    CATEGORY, FUNCTION, RETURN_TYPES = "benchmark", "run", ("INT",)

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT", {"default": 0})}}

    def run(self, number):
        return (number,)


class Show:
    CATEGORY, FUNCTION, RETURN_TYPES, OUTPUT_NODE = "benchmark", "run", (), True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT", {"forceInput": True})}}

    def run(self, number):
        return {"ui": {"text": (str(number),)}}


NODE_CLASS_MAPPINGS = {"BenchmarkMake": Make, "BenchmarkShow": Show}
"""


def number(value: int) -> dict[str, Any]:
    """A prompt of two nodes that do nothing, from a pack in ComfyUI's convention."""
    return {
        "1": {"class_type": "BenchmarkMake", "inputs": {"number": value}},
        "2": {"class_type": "BenchmarkShow", "inputs": {"number": ["1", 0]}},
    }


def picture(color: int, size: int = 16) -> dict[str, Any]:
    """A prompt of two nodes; each color is another one, of which nothing is cached."""
    blank = {"width": size, "height": size, "batch_size": 1, "color": color}
    return {
        "1": {"class_type": "EmptyImage", "inputs": blank},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }

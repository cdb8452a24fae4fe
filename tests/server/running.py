"""A server in a process of its own, as users start it, and how to talk to it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from app.bootstrap.start import ROOT
from tests.server.stub_workshop import PACK

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"Safelight is at (\S+)")


class Server:
    """A server's process.

    Args:
        base: Its folders.
        options: Of `main.py serve`.
        stubs: Whether its workers know stub nodes and no others, so that they are ready at once.

    Attributes:
        said: The lines that it wrote.
    """

    def __init__(self, base: Path, *options: str, stubs: bool = False) -> None:
        self.base = base
        self.said: list[str] = []
        (base / "models").mkdir(exist_ok=True, parents=True)
        main = ["main.py"]
        if stubs:
            # A worker is asked about classes that are not built in only where there are packs.
            (base / "custom_nodes" / PACK).mkdir(parents=True, exist_ok=True)
            main = ["-m", "tests.server.stub_main"]
        given = ["--base-directory", str(base), "--port", "0", "--cpu", *options]
        self.process = subprocess.Popen(
            [sys.executable, *main, *given],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self._wait_for_address()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.said.append(line.rstrip("\n"))

    def _wait_for_address(self, seconds: float = 60.0) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in list(self.said):
                if found := _ADDRESS.search(line):
                    return found[1]
            if self.process.poll() is not None:
                self._reader.join(5)
                return ""
            time.sleep(0.01)
        raise TimeoutError(f"the server does not listen: {self.said}")

    def ask(
        self, path: str, body: object = None, *, raw: bool = False, **headers: str
    ) -> tuple[int, Any]:
        """Ask for something; JSON unless `raw`. With a body it is posted."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, headers)
        try:
            with urlopen(request, timeout=60) as answer:
                status, content = answer.status, answer.read()
        except HTTPError as error:
            status, content = error.code, error.read()
        return status, content if raw or not content else json.loads(content)

    def post(self, prompt: object, **more: object) -> str:
        """Send a prompt that is accepted; its job's id."""
        status, answer = self.ask("/prompt", {"prompt": prompt, **more})
        assert status == 200, answer
        return str(answer["prompt_id"])

    def history(self) -> dict[str, Any]:
        """All jobs that have ended."""
        found: dict[str, Any] = self.ask("/history")[1]
        return found

    def wait_for(self, *jobs: str, seconds: float = 120.0) -> dict[str, Any]:
        """Wait until jobs have ended; their entries in history."""
        end = time.monotonic() + seconds
        while not set(jobs) <= self.history().keys():
            if time.monotonic() > end:
                raise TimeoutError(f"jobs do not end: {self.ask('/queue/state')} {self.said}")
            time.sleep(0.05)
        known = self.history()
        return {job: known[job] for job in jobs}

    def wait_until_said(self, words: str, seconds: float = 60.0) -> None:
        """Wait until the server writes something."""
        end = time.monotonic() + seconds
        while not any(words in line for line in self.said):
            if time.monotonic() > end:
                raise TimeoutError(f"it never said {words!r}: {self.said}")
            time.sleep(0.01)

    @property
    def workers(self) -> list[int]:
        """The ids of its worker processes."""
        # Of the thread that started them; which one that is does not matter.
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        children = [child for task in tasks for child in _read(task).split()]
        return [int(child) for child in children if "spawn_main" in _read(f"/proc/{child}/cmdline")]

    def wait_for_worker(self, seconds: float = 60.0) -> int:
        """Wait until a worker is ready; its process's id."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.ask("/plan", {"prompt": ONE})[0] != 503 and self.workers:
                return self.workers[0]
            time.sleep(0.05)
        raise TimeoutError(f"no worker is ready: {self.said}")

    def stop(self, how: signal.Signals = signal.SIGTERM, seconds: float = 60.0) -> float:
        """Send a signal and wait for the end; how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(seconds)
        self._reader.join(10)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it without a word, if it still runs."""
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)


ONE = {
    "1": {"class_type": "Number", "inputs": {"value": 1}},
    "2": {"class_type": "Show", "inputs": {"value": ["1", 0]}},
}


@contextmanager
def server(base: Path, *options: str, stubs: bool = False) -> Iterator[Server]:
    """Have a server, which ends with the block."""
    made = Server(base, *options, stubs=stubs)
    try:
        yield made
    finally:
        made.kill()


def steps(count: int, milliseconds: int, mark: Path | str = "") -> dict[str, Any]:
    """A prompt that takes its time; a file says that it has begun."""
    inputs = {"count": count, "milliseconds": milliseconds, "mark": str(mark)}
    return {
        "1": {"class_type": "Steps", "inputs": inputs},
        "2": {"class_type": "Show", "inputs": {"value": ["1", 0]}},
    }


def _read(path: Path | str) -> str:
    """What /proc says of a process; nothing if it has just ended."""
    try:
        return Path(path).read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""

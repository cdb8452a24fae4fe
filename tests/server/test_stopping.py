"""A server that is told to stop loses nothing, tells its clients, and goes on the next time."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.server.listening import Ear
from tests.server.running import ONE, server, steps
from tests.support.workers import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.running import Server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_job_that_runs_and_those_that_wait_go_on_at_the_next_start(
    tmp_path: Path, how: signal.Signals
) -> None:
    mark = tmp_path / "begun"
    with server(tmp_path, stubs=True) as first:
        running = first.post(steps(20, 50, mark))
        waiting = [first.post(ONE), first.post(ONE)]
        wait_for(mark.exists)
        with Ear(first.url, "ear") as ear:
            first.stop(how)
            ear.until(lambda _: False)
        assert ear.farewell == (1001, "the server is stopping")
        assert first.process.returncode == 0
        assert not any("Traceback" in line for line in first.said)
    with server(tmp_path, stubs=True) as second:
        found = second.wait_for(running, *waiting)
        assert list(second.history()) == [running, *waiting]
    assert {entry["status"]["status_str"] for entry in found.values()} == {"success"}
    assert list(found[running]["outputs"]) == ["2"]


def test_it_stops_while_its_worker_is_still_being_started(tmp_path: Path) -> None:
    with server(tmp_path) as early:
        job = early.ask("/prompt", {"prompt": ONE})
        early.stop()
        assert early.process.returncode == 0
        assert job[0] in (400, 503)
        assert not any("Traceback" in line for line in early.said)


def test_a_second_signal_ends_it_at_once_and_its_worker_follows(tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    with server(tmp_path, stubs=True) as stubborn:
        hang = {"1": {"class_type": "Hang", "inputs": {"mark": str(mark)}}}
        job = stubborn.post({**hang, "2": {"class_type": "Show", "inputs": {"value": ["1", 0]}}})
        wait_for(mark.exists)
        (worker,) = stubborn.workers
        stubborn.process.send_signal(signal.SIGTERM)
        stubborn.wait_until_said("stopping")
        stubborn.stop(signal.SIGTERM)
        assert stubborn.process.returncode in (0, 130)
        wait_for(lambda: not _runs(worker))
    with server(tmp_path, stubs=True) as second:
        assert "safelight: 1 interrupted job(s) go on where they were" in second.said
        wait_for(lambda: job in _open(second))


def _open(running: Server) -> list[str]:
    state = running.ask("/queue/state")[1]
    return [*state["running"], *state["pending"]]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

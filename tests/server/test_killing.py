"""Servers and workers are killed at random moments; every accepted job comes to its end."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.server.listening import Ear
from tests.server.running import ONE, Server, server, steps
from tests.support.workers import wait_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the workers")

JOBS = 20
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 50))]


class Sender(Thread):
    """Sends jobs until the server does not answer any more.

    Attributes:
        accepted: Ids of those that it was told are accepted.
    """

    def __init__(self, to: Server, count: int, seed: int) -> None:
        super().__init__(daemon=True)
        self._to, self._count, self._random = to, count, random.Random(seed)
        self.accepted: list[str] = []

    def run(self) -> None:
        """Send short jobs and longer ones."""
        with suppress(OSError):
            for _ in range(self._count):
                long = self._random.random() < 0.5
                self.accepted.append(self._to.post(steps(5, 20) if long else ONE))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_accepted_job_ends_whoever_is_killed_and_whenever(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    victim = ["worker", "server"][seed % 2]
    with server(tmp_path, stubs=True) as first:
        first.wait_for_worker()
        sender = Sender(first, JOBS, seed)
        sender.start()
        time.sleep(chance.random())
        if victim == "worker":
            for worker in first.workers:
                os.kill(worker, signal.SIGKILL)
            sender.join()
            accepted = sender.accepted
            found = first.wait_for(*accepted)
        else:
            first.kill()
            sender.join()
    if victim == "server":
        with server(tmp_path, stubs=True) as second:
            rest = Sender(second, JOBS - len(sender.accepted), seed + 1)
            rest.run()
            accepted = [*sender.accepted, *rest.accepted]
            found = second.wait_for(*accepted)
            assert second.ask("/queue/state")[1]["pending"] == []
    assert len(accepted) == len(set(accepted)) == JOBS
    assert {entry["status"]["status_str"] for entry in found.values()} == {"success"}
    assert all(entry["status"]["completed"] for entry in found.values())
    assert all(entry["outputs"]["2"]["shown"] for entry in found.values())


def test_clients_stay_connected_while_a_worker_dies_and_its_job_goes_on(tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    with server(tmp_path, stubs=True) as it, Ear(it.url, "ear", since=0) as ear:
        job = it.post(steps(20, 30, mark), client_id="ear")
        wait_for(mark.exists)
        os.kill(it.workers[0], signal.SIGKILL)
        ear.until_over(job)
        assert ear.farewell is None
    assert ear.kinds.count("execution_start") == 2
    (back,) = ear.of("job_put_back")
    assert "signal 9" in back["message"]
    assert ear.of("execution_success")[0]["prompt_id"] == job


def test_a_job_that_brings_three_workers_down_fails_and_the_next_one_runs(tmp_path: Path) -> None:
    deadly = {
        "1": {"class_type": "Kill", "inputs": {"how": "kill"}},
        "2": {"class_type": "Show", "inputs": {"value": ["1", 0]}},
    }
    with server(tmp_path, stubs=True) as it, Ear(it.url, "ear") as ear:
        job, after = it.post(deadly, client_id="ear"), it.post(ONE)
        found = it.wait_for(job, after)
        ear.until_over(job)
        assert any(f"job {job} failed: 3 times" in line for line in it.said)
    assert found[after]["status"]["status_str"] == "success"
    assert found[job]["status"]["status_str"] == "error"
    (error,) = ear.of("execution_error")
    assert error["node_id"] == "1"
    assert "3 times the worker broke down" in error["exception_message"]

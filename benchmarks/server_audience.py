"""What it costs a sampler that 200 clients listen, one of whom is stalled, and what they hear.

One client and two hundred take turns; each round samples the same jobs, which one of the clients
sent, who sees every step's picture, while all hear what becomes of jobs. What a step took is what
the worker says. The listeners' own work shares the processors with the sampler.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import safelight
from benchmarks.server_process import ROOT, Connection
from benchmarks.server_requests import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.server_process import ServerProcess

MANY, SLOWED = 200, 0.03
ROUNDS, JOBS, STEPS, SIZE = 5, 2, 60, 64


@dataclass
class Heard:
    """What became of a round.

    Attributes:
        seconds: For which nodes sampled.
        cpu: Seconds that the server's process worked meanwhile.
        lost: What somebody should have heard and did not, in words.
        pictures: How many were seen.
    """

    seconds: float = 0.0
    cpu: float = 0.0
    lost: list[str] = field(default_factory=list)
    pictures: int = 0


class Clients:
    """The listeners' process."""

    def __init__(self, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.audience", str(port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, order: str) -> str:
        """Tell them something; what they answer."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the clients cannot be reached")
        print(order, file=self._process.stdin, flush=True)
        return self._process.stdout.readline()

    def stop(self) -> None:
        """Let them go."""
        self._process.kill()
        self._process.wait()


@contextmanager
def clients(port: int) -> Iterator[Clients]:
    """Have listeners, who go with the block."""
    made = Clients(port)
    try:
        yield made
    finally:
        made.stop()


def watching(it: ServerProcess) -> Iterator[Row]:
    """Let one client listen, then many, in turns."""
    few, many = [], []
    with clients(it.port) as them:
        sample(it, them, 1, seed=0)  # the model is loaded
        for turn in range(ROUNDS):
            few.append(sample(it, them, 1, seed=1 + 2 * turn))
            many.append(sample(it, them, MANY, seed=2 + 2 * turn))
    pairs = zip(few, many, strict=True)
    slowed = [two.seconds / one.seconds - 1 for one, two in pairs]
    noise = statistics.stdev(one.seconds for one in few) / statistics.mean(
        one.seconds for one in few
    )
    middle = statistics.median(slowed)
    shown = f"{middle:+.1%} (noise {noise:.1%})"
    yield Row(f"sampling with {MANY} clients", shown, f"≤ {SLOWED:.0%}", middle <= SLOWED)
    for name, rounds in (("one client", few), (f"{MANY} clients", many)):
        worked = statistics.median(heard.cpu for heard in rounds) / JOBS
        yield Row(f"CPU of the server for a job of {STEPS} steps, {name}", f"{worked:.3f} s")
    lost = [one for heard in (*few, *many) for one in heard.lost]
    pictures = sum(heard.pictures for heard in many)
    name = f"what was lost, besides {pictures} pictures seen"
    yield Row(name, lost[0] if lost else "nothing", "nothing", not lost)


def sample(it: ServerProcess, them: Clients, count: int, seed: int) -> Heard:
    """Run a round's jobs while so many listen."""
    them.say(f"open {count}")
    if count > 1:
        them.say("stall")
    connection, heard = Connection(it.port), Heard()
    jobs: dict[str, str] = {}
    cpu = it.cpu
    for number in range(JOBS):
        owner = str(number % count)
        body = {"prompt": sampling(seed * JOBS + number), "client_id": owner}
        jobs[connection.json("/prompt", body)["prompt_id"]] = owner
    for job in jobs:
        heard.seconds += connection.wait_for(job)["nodes"]["5"]["seconds"]
    heard.cpu = it.cpu - cpu
    connection.close()
    told = json.loads(them.say("tell"))
    for client, known in told.items():
        heard.pictures += known["pictures"]
        heard.lost += _missing(client, known, jobs)
    return heard


def _missing(client: str, known: dict[str, Any], jobs: dict[str, str]) -> Iterator[str]:
    """What a client did not hear."""
    if sorted(known["ended"]) != sorted(jobs):
        yield f"{client} heard of {len(known['ended'])} jobs' ends"
    for job, owner in jobs.items():
        steps = set(known["steps"].get(job, ())) - {0}
        if steps != (set(range(1, STEPS + 1)) if owner == client else set()):
            yield f"{client} heard {len(steps)} steps"


def sampling(seed: int) -> dict[str, Any]:
    """A prompt that samples with the starter model."""
    prompt: dict[str, Any] = safelight.load(ROOT / "workflows" / "txt2img.json").document.prompt
    prompt["5"]["inputs"] |= {"seed": seed, "steps": STEPS}
    prompt["4"]["inputs"] |= {"width": SIZE, "height": SIZE}
    return prompt

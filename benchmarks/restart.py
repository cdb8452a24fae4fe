"""What a restart costs when nothing changed: `python -m benchmarks.restart`.

The text-to-picture workflow runs in one process, then in new ones over the same cache; the bar is
one second from the end of the imports to the path of the picture, without a sampler or an encoder
running. Then graphs of nodes that do nothing, with a cache on the disk, and engines that start over
it; the bars are those of `benchmarks.engine`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import engine, house

if TYPE_CHECKING:
    from graph.executor import Engine
    from graph.workflow import Workflow

ROOT = Path(__file__).resolve().parents[1]
RESTART = 1.0
"""Bar: seconds after the imports."""
REPEATS = 5
_SCRIPT = """
import sys, time
from app.cli import main
from app import runs
started = time.perf_counter()
code = main(sys.argv[1:])
print(time.perf_counter() - started, *(name for name in ("torch",) if name in sys.modules),
      file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True)
class Timing:
    """A workflow in a new process.

    Attributes:
        after: Seconds after the imports.
        whole: Seconds in all.
        ran: Classes of the nodes that ran.
        torch: Whether torch was loaded.
    """

    after: float
    whole: float
    ran: list[str]
    torch: bool


def run_workflow(folder: Path, workflow: Path) -> Timing:
    """Run a workflow in a new process."""
    command = [
        *(sys.executable, "-c", _SCRIPT, "run", str(workflow), "--cpu", "--json"),
        *("--output-directory", str(folder / "output"), "--cache-disk", "1G"),
        *("--cache-directory", str(folder / "cache")),
    ]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    (run,) = json.loads(done.stdout)["runs"]
    ran = [node["class"] for node in run["nodes"].values() if not node["cached"]]
    after, *loaded = done.stderr.splitlines()[-1].split()
    return Timing(float(after), seconds, ran, bool(loaded))


def measure_engine(workflow: Workflow) -> tuple[float, float, float]:
    """Return milliseconds of a first run, of an unchanged one, and of one after a restart."""
    timed = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            first, again = _engine(Path(folder)), _engine(Path(folder))
            timed.append([_milliseconds(one, workflow) for one in (first, first, again)])
            for one in (first, again):
                one.tiers.close()
    first_run, unchanged, restart = (min(column) for column in zip(*timed, strict=True))
    return first_run, unchanged, restart


def _engine(folder: Path) -> Engine:
    return house.engine(folder, engine.NODES)


def _milliseconds(one: Engine, workflow: Workflow) -> float:
    started = time.perf_counter()
    one.run(workflow, on_event=_hear)
    return (time.perf_counter() - started) * 1000


def _hear(_event: object) -> None:
    """Somebody listens, as in real life."""


def main() -> int:
    """Measure; answers how many bars were missed."""
    return _compare_processes(ROOT / "workflows" / "txt2img.json") + _compare_engines()


def _compare_processes(workflow: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        first = run_workflow(Path(folder), workflow)
        again = [run_workflow(Path(folder), workflow) for _ in range(REPEATS)]
    after = statistics.median(timing.after for timing in again)
    whole = statistics.median(timing.whole for timing in again)
    missed = after > RESTART or any(timing.ran or timing.torch for timing in again)
    name, verdict = workflow.stem, "MISSED" if missed else "ok"
    print(f"{name}, first run: {first.after:.3f} s after the imports, {first.whole:.3f} in all")
    print(f"{name}, restarted: {after:.3f} s after the imports, {whole:.3f} in all;", end=" ")
    print(f"bar {RESTART} s, nothing runs, no torch: {verdict}")
    return int(missed)


def _compare_engines() -> int:
    missed = 0
    for count in (1_000, 10_000):
        figures = (total / count for total in measure_engine(engine.chain(count)))
        bars = {"first run": engine.FIRST, "unchanged": engine.UNCHANGED, "restarted": engine.FIRST}
        for (name, bar), figure in zip(bars.items(), figures, strict=True):
            missed += figure > bar
            verdict = "ok" if figure <= bar else "MISSED"
            print(f"chain of {count:6,}, {name:9} {figure:8.4f} ms a node, bar {bar:5} {verdict}")
    return missed


if __name__ == "__main__":
    sys.exit(main())

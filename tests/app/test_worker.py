"""A worker with the starter model: killed at a random step, it goes on at the next one."""

from __future__ import annotations

import random
import subprocess
import sys
from signal import SIGKILL, SIGTERM
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from app.bootstrap.start import ROOT
from graph.backends.protocol import CancelledOutcome, Crashed
from tests.support.killings import SAMPLER, STEPS, Studio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server with one worker, which tests kill and cancel."""
    made = Studio(tmp_path_factory.mktemp("studio"))
    yield made
    made.backend.close()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server whose worker nobody interrupts, with folders of its own."""
    made = Studio(tmp_path_factory.mktemp("other"))
    yield made
    made.backend.close()


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 50))]
)
def test_a_killed_run_goes_on_at_its_step_and_draws_the_same_picture(
    studio: Studio, other: Studio, seed: int
) -> None:
    fatal = random.Random(seed).randint(1, STEPS - 1)

    outcome = studio.draw(seed, lambda step: studio.end_worker(SIGKILL) if step == fatal else None)

    assert isinstance(outcome, Crashed)
    assert outcome.node_id is not None
    reached = studio.steps[-1]
    (journal,) = studio.journals()
    assert journal.stat().st_size > 0
    assert np.array_equal(studio.drawn(seed), other.drawn(seed))
    # What was told was written down before; the step that was under way is all that is repeated.
    assert studio.steps[0] >= reached > 0
    assert studio.steps == list(range(studio.steps[0], STEPS + 1))
    assert studio.journals() == []


def test_a_worker_that_is_told_to_end_leaves_the_run_to_the_next(
    studio: Studio, other: Studio
) -> None:
    outcome = studio.draw(100, lambda step: studio.end_worker(SIGTERM) if step == 5 else None)

    assert isinstance(outcome, Crashed)
    assert "told to stop" in outcome.sentence
    assert np.array_equal(studio.drawn(100), other.drawn(100))
    assert studio.steps[0] >= 5


def test_a_cancelled_run_leaves_nothing_half_done_and_can_go_on(
    studio: Studio, other: Studio
) -> None:
    before = studio.files()
    outcome = studio.draw(101, lambda step: studio.cancel(101) if step == 5 else None)

    assert isinstance(outcome, CancelledOutcome)
    assert studio.files() - before == set(studio.journals())
    assert np.array_equal(studio.drawn(101), other.drawn(101))
    assert studio.steps[0] >= 5
    assert studio.journals() == []


def test_a_run_that_is_cancelled_while_its_model_loads_can_be_run_again(
    studio: Studio, other: Studio
) -> None:
    studio.backend.ask("free", seconds=60)
    outcome = studio.draw(102, at_load=lambda: studio.cancel(102))

    assert isinstance(outcome, CancelledOutcome)
    assert studio.steps == []
    assert np.array_equal(studio.drawn(102), other.drawn(102))


_RUN = """
import os, signal, sys
from pathlib import Path
import safelight
from graph.events import NodeProgress

fatal = int(sys.argv[3])
told = []

def listen(event):
    if isinstance(event, NodeProgress) and event.class_type == "KSampler":
        told.append(event.value)
        if event.value == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

workflow = safelight.load("workflows/txt2img.json").set("KSampler.steps", %d)
workflow = workflow.set("KSampler.sampler_name", "%s").set("KSampler.seed", 7)
with safelight.Session(device="cpu", output_directory=sys.argv[1], cache_directory=sys.argv[2],
                       cache_disk=0, on_event=listen) as session:
    print(session.run(workflow).paths[0], told[0])
"""


def _run_alone(base: Path, fatal: int) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        _RUN % (STEPS, SAMPLER),
        str(base / "output"),
        str(base / "cache"),
    ]
    return subprocess.run(
        [*command, str(fatal)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_script_that_is_killed_goes_on_at_its_step_the_next_time(
    other: Studio, tmp_path: Path
) -> None:
    assert _run_alone(tmp_path, 7).returncode == -9
    again = _run_alone(tmp_path, -1)
    path, first_step = again.stdout.rsplit(maxsplit=1)
    assert int(first_step) == 7
    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture), other.drawn(7))


def test_the_worker_tells_its_nodes_and_what_it_runs_on(other: Studio) -> None:
    assert other.backend.wait(60) == ""
    about = other.backend.about
    assert about is not None
    modules = {node["python_module"] for node in about["catalogue"]["nodes"].values()}
    assert modules == {f"custom_nodes.{pack['name']}" for pack in about["packs"]} != set()
    assert about["system"]["device"] == "cpu"
    assert about["system"]["packages"]["torch"]
    again = other.backend.ask("catalogue", seconds=60)
    assert again["nodes"].keys() == about["catalogue"]["nodes"].keys()
    assert other.backend.ask("system", seconds=60)["devices"][-1]["name"] == "cpu"


def test_what_is_freed_is_made_again(other: Studio) -> None:
    before = other.drawn(11)
    assert other.steps
    other.backend.ask("free", {}, seconds=60)
    other.newest_file().unlink()
    assert np.array_equal(other.drawn(11), before)
    assert other.steps == list(range(1, STEPS + 1))

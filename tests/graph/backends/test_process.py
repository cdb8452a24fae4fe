"""Jobs in a worker process: what dies, hangs or is killed there costs a worker and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from graph.backends.process import ProcessBackend
from graph.backends.protocol import CancelledOutcome, Crashed, Done, Failed, Outcome
from graph.backends.questions import AskError, WorkerGoneError
from graph.events import Event as Told
from graph.events import NodeFinished, NodeProgress, WholePicture
from tests.support.workers import (
    Listener,
    job,
    make_death,
    make_nothing,
    make_workshop,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessBackend]:
    """A backend whose worker has stub nodes, and what several tests do to it in turn."""
    made = ProcessBackend(make_workshop, tmp_path_factory.mktemp("base"), grace=0.3)
    assert made.wait(60) == ""
    yield made
    made.close()


def _run_apart(
    backend: ProcessBackend, job_id: str, told: Listener, *names: str, **inputs: str | int
) -> tuple[Thread, list[Outcome]]:
    outcomes: list[Outcome] = []
    request = job(*names, job_id=job_id, shown=True, **inputs)
    thread = Thread(target=lambda: outcomes.append(backend.run(request, told)))
    thread.start()
    return thread, outcomes


def _works(backend: ProcessBackend) -> bool:
    return isinstance(backend.run(job("Number", value=2), Listener()), Done)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_job_runs_elsewhere_and_its_events_arrive_in_order(backend: ProcessBackend) -> None:
    told = Listener()
    outcome = backend.run(job("Number", value=5), told)
    assert isinstance(outcome, Done)
    assert [event.number for event in told.events] == list(range(len(told.events)))
    (shown,) = [e.ui for e in told.events if isinstance(e, NodeFinished) and e.ui]
    assert shown == {"shown": [5], "odd": ["a"]}
    assert backend.worker_pid not in {None, os.getpid()}


def test_a_worker_keeps_its_cache_from_job_to_job(backend: ProcessBackend) -> None:
    backend.run(job("Number", value=6), Listener())
    told = Listener()
    backend.run(job("Number", value=6), told)
    assert "NodeStarted" not in told.kinds
    assert told.kinds.count("NodeCached") >= 1


def test_a_node_that_raises_is_an_outcome(backend: ProcessBackend) -> None:
    outcome = backend.run(job("Fail"), Listener())
    assert isinstance(outcome, Failed)
    assert outcome.sentence == "Fail (node n0): it cannot be done"
    assert "NodeInputError" in outcome.traceback


def test_a_workflow_that_no_json_can_say_is_refused(backend: ProcessBackend) -> None:
    prompt: dict[str, object] = {}
    prompt["itself"] = prompt
    request = job("Number")
    object.__setattr__(request, "prompt", prompt)
    outcome = backend.run(request, Listener())
    assert isinstance(outcome, Failed)
    assert _works(backend)


def test_a_job_is_cancelled_within_a_step_and_the_worker_lives(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    pid, told = backend.worker_pid, Listener()
    mark = tmp_path / "mark"
    thread, outcomes = _run_apart(
        backend, "long", told, "Steps", count=10_000, milliseconds=10, mark=str(mark)
    )
    wait_for(mark.exists)
    backend.cancel("another")
    backend.cancel("long")
    backend.cancel("long")
    thread.join()
    assert outcomes == [CancelledOutcome("n0")]
    assert told.kinds[-1] == "JobCancelled"
    assert _works(backend)
    assert backend.worker_pid == pid


def test_a_hung_node_does_not_keep_a_cancel_waiting(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    pid, told = backend.worker_pid, Listener()
    mark = tmp_path / "mark"
    thread, outcomes = _run_apart(backend, "hung", told, "Hang", mark=str(mark))
    wait_for(mark.exists)
    backend.cancel("hung")
    thread.join(30)
    assert outcomes == [CancelledOutcome("n0")]
    assert told.kinds[-1] == "JobCancelled"
    assert told.events[-1].number == told.events[-2].number + 1
    assert _works(backend)
    assert backend.worker_pid != pid


@posix
@pytest.mark.parametrize(
    ("how", "fate"), [("kill", "signal 9"), ("exit", "code 7")], ids=["killed", "exits"]
)
def test_a_node_that_ends_the_process_costs_its_job_only(
    backend: ProcessBackend, how: str, fate: str
) -> None:
    outcome = backend.run(job("Kill", how=how), Listener())
    assert isinstance(outcome, Crashed)
    assert outcome.node_id == "n0"
    assert fate in outcome.sentence
    assert _works(backend)


def test_a_node_that_asks_python_to_exit_costs_no_worker(backend: ProcessBackend) -> None:
    assert backend.wait(60) == ""
    pid = backend.worker_pid
    outcome = backend.run(job("Kill", how="sys.exit"), Listener())
    assert isinstance(outcome, Failed)
    assert _works(backend)
    assert backend.worker_pid == pid


def test_whoever_listens_may_fail_without_harm_to_the_next_job(backend: ProcessBackend) -> None:
    def fail(_event: Told) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        backend.run(job("Steps", count=10_000, milliseconds=10), Listener(fail))
    assert _works(backend)


def test_previews_are_drawn_only_while_somebody_wants_them(backend: ProcessBackend) -> None:
    def previews(job_id: str) -> list[object]:
        told = Listener()
        backend.run(job("Steps", job_id=job_id, count=4, milliseconds=50), told)
        return [event.preview for event in told.events if isinstance(event, NodeProgress)]

    assert previews("unwatched") == [None] * 4
    backend.want_previews(True)
    assert b"drawn preview 1" in previews("watched")
    backend.want_previews(False)
    assert previews("unwatched again") == [None] * 4


def test_a_picture_that_is_a_result_comes_though_nobody_watches(backend: ProcessBackend) -> None:
    told = Listener()
    backend.run(job("Pictures", job_id="pictures", shown=True, count=30), told)
    came = [event.preview for event in told.events if isinstance(event, NodeProgress)]
    assert came == [WholePicture(f"picture {number}".encode()) for number in range(1, 31)]


def test_what_takes_its_time_keeps_no_other_question_waiting(backend: ProcessBackend) -> None:
    with ThreadPoolExecutor(12) as pool:
        late = [pool.submit(backend.ask, "later", 1.5) for _ in range(12)]
        assert backend.ask("echo", 1, seconds=60) == 1
        assert [one.result() for one in late] == ["late"] * 12
    with pytest.raises(AskError, match="not so fast"):
        backend.ask("later", -1)


def test_an_answer_that_cannot_be_sent_is_refused_and_takes_nothing_with_it(
    backend: ProcessBackend,
) -> None:
    with pytest.raises(AskError, match="cannot be sent"):
        backend.ask("odd")
    assert backend.ask("echo", [1, b"2"]) == [1, b"2"]


def test_a_preview_is_drawn_now_and_then_and_not_at_each_step(backend: ProcessBackend) -> None:
    backend.want_previews(True)
    told, began = Listener(), time.monotonic()
    backend.run(job("Steps", job_id="fast", count=200, milliseconds=1), told)
    seconds = time.monotonic() - began
    backend.want_previews(False)
    progress = [event for event in told.events if isinstance(event, NodeProgress)]
    assert [event.value for event in progress] == list(range(1, 201))
    drawn = sum(event.preview is not None for event in progress)
    assert 1 <= drawn <= 1 + seconds / 0.1
    assert drawn < 200


def test_questions_are_answered_also_while_a_job_runs(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    assert backend.wait(60) == ""
    payload = {"bytes": b"\0\1", "list": [1, None, "ä"]}
    assert backend.ask("echo", payload) == payload
    mark = tmp_path / "mark"
    thread, _ = _run_apart(
        backend, "long", Listener(), "Steps", count=10_000, milliseconds=10, mark=str(mark)
    )
    wait_for(mark.exists)
    assert backend.ask("echo", 7) == 7
    backend.cancel("long")
    thread.join()


def test_several_questions_wait_for_their_own_answers(backend: ProcessBackend) -> None:
    assert backend.wait(60) == ""
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        answers[number] = backend.ask("echo", number)

    threads = [Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(20)}


@pytest.mark.parametrize(
    ("name", "payload", "error", "words"),
    [
        ("fail", None, AskError, "ValueError: not that"),
        ("unknown", None, AskError, "no question 'unknown'"),
        ("slow", 5, AskError, "did not answer 'slow' in 0.2 seconds"),
        ("die", None, WorkerGoneError, "code 9"),
    ],
)
def test_a_question_that_has_no_answer_is_an_error(
    backend: ProcessBackend, name: str, payload: object, error: type[Exception], words: str
) -> None:
    assert backend.wait(60) == ""
    seconds = 0.2 if name == "slow" else 30
    with pytest.raises(error, match=words):
        backend.ask(name, payload, seconds=seconds)
    assert _works(backend)


def test_the_worker_says_what_it_is(backend: ProcessBackend) -> None:
    assert backend.wait(60) == ""
    about = backend.about
    assert about is not None
    assert about["nodes"] == ["Number"]
    assert about["pid"] == backend.worker_pid


@posix
def test_a_worker_that_dies_while_it_is_idle_costs_no_job(backend: ProcessBackend) -> None:
    for _ in range(3):
        assert backend.wait(60) == ""
        pid = backend.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert _works(backend)


@posix
def test_ctrl_c_is_for_the_server(backend: ProcessBackend) -> None:
    assert backend.wait(60) == ""
    pid = backend.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    assert _works(backend)
    assert backend.worker_pid == pid


@posix
def test_ctrl_c_does_not_break_off_the_start_of_a_worker(tmp_path: Path) -> None:
    backend = ProcessBackend(make_workshop, tmp_path)
    pid = None
    while pid is None:
        link = backend._workers._link
        pid = link.pid if link else None
    while backend.worker_pid is None:
        os.kill(pid, signal.SIGINT)
        time.sleep(0.005)
    assert backend.worker_pid == pid
    backend.close()


@posix
def test_a_worker_that_is_told_to_end_lets_go_of_its_job_first(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    assert backend.wait(60) == ""
    pid, told, mark = backend.worker_pid, Listener(), tmp_path / "mark"
    assert pid is not None
    thread, outcomes = _run_apart(
        backend, "long", told, "Steps", count=10_000, milliseconds=10, mark=str(mark)
    )
    wait_for(mark.exists)
    os.kill(pid, signal.SIGTERM)
    thread.join(30)
    assert outcomes == [Crashed("n0", "the worker was told to stop; the job goes on later")]
    assert "JobCancelled" not in told.kinds
    assert _works(backend)


def test_a_worker_that_cannot_be_set_up_fails_the_job_with_the_reason() -> None:
    backend = ProcessBackend(make_nothing, "there is no cuda:7")
    outcome = backend.run(job("Number"), Listener())
    assert outcome == Failed("there is no cuda:7")
    backend.close()


def test_workers_that_die_at_once_are_not_started_again_and_again(tmp_path: Path) -> None:
    began = time.monotonic()
    backend = ProcessBackend(make_death, tmp_path / "mark")
    for _ in range(3):
        outcome = backend.run(job("Number"), Listener())
        assert isinstance(outcome, Failed)
        assert "code 5" in outcome.sentence
    starts = len((tmp_path / "mark").read_text())
    backend.close()
    # Half a second after the first, and twice as long after each that follows.
    assert starts >= 3
    assert time.monotonic() - began > 0.5 * (2 ** (starts - 1) - 1)


def test_what_cannot_be_handed_to_a_worker_is_said() -> None:
    backend = ProcessBackend(make_workshop, lambda: None)
    outcome = backend.run(job("Number"), Listener())
    assert isinstance(outcome, Failed)
    assert "no worker can be started" in outcome.sentence
    backend.close()


def test_a_job_that_waits_for_a_worker_can_be_cancelled(tmp_path: Path) -> None:
    backend = ProcessBackend(make_workshop, tmp_path)
    told = Listener()
    thread, outcomes = _run_apart(backend, "early", told, "Number")
    wait_for(lambda: bool(backend._jobs))
    backend.cancel("early")
    thread.join(30)
    assert outcomes == [CancelledOutcome(None)]
    assert told.kinds[-1] == "JobCancelled"
    backend.close()


def test_closing_stops_a_job_and_leaves_no_process(tmp_path: Path) -> None:
    backend = ProcessBackend(make_workshop, tmp_path)
    assert backend.wait(60) == ""
    pid, mark = backend.worker_pid, tmp_path / "mark"
    assert pid is not None
    thread, outcomes = _run_apart(
        backend, "long", Listener(), "Steps", count=10_000, milliseconds=10, mark=str(mark)
    )
    wait_for(mark.exists)
    backend.close()
    thread.join(30)
    assert outcomes == [Crashed("n0", "the worker was told to stop; the job goes on later")]
    assert not _is_alive(pid)
    outcome = backend.run(job("Number"), Listener())
    assert isinstance(outcome, Failed)


def test_closing_kills_a_worker_that_hangs(tmp_path: Path) -> None:
    backend = ProcessBackend(make_workshop, tmp_path)
    mark = tmp_path / "mark"
    thread, outcomes = _run_apart(backend, "hung", Listener(), "Hang", mark=str(mark))
    wait_for(mark.exists)
    backend.close(0.2)
    thread.join(30)
    (outcome,) = outcomes
    assert isinstance(outcome, Crashed)


_SERVER = """
import sys, time
from pathlib import Path
from graph.backends.process import ProcessBackend
from tests.support.workers import Listener, job, make_workshop

if __name__ == "__main__":
    backend = ProcessBackend(make_workshop, Path(sys.argv[1]))
    assert backend.wait(60) == ""
    print(backend.worker_pid, flush=True)
    if sys.argv[2] != "idle":
        backend.run(job(sys.argv[2], count=10_000, milliseconds=10, mark=sys.argv[3])
                    if sys.argv[2] == "Steps" else job("Hang", mark=sys.argv[3]), Listener())
"""


def _server(tmp_path: Path, what: str) -> tuple[subprocess.Popen[str], int]:
    script = tmp_path / "server.py"
    script.write_text(_SERVER)
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), what, str(tmp_path / "mark")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


@posix
@pytest.mark.parametrize("what", ["Steps", "Hang"])
def test_a_worker_does_not_outlive_a_server_that_is_killed(tmp_path: Path, what: str) -> None:
    process, worker = _server(tmp_path, what)
    with process:
        wait_for((tmp_path / "mark").exists)
        process.kill()
    wait_for(lambda: not _is_alive(worker), 10)


@posix
def test_a_server_that_ends_without_closing_ends_its_worker(tmp_path: Path) -> None:
    process, worker = _server(tmp_path, "idle")
    with process:
        assert process.wait(30) == 0
    assert not _is_alive(worker)


def test_a_slow_listener_holds_nobody_up_and_loses_previews_only(backend: ProcessBackend) -> None:
    finished = Event()

    def dawdle(event: Told) -> None:
        if event.number == 0:
            finished.wait(60)

    backend.want_previews(True)
    told = Listener(dawdle)
    thread, _ = _run_apart(backend, "slow", told, "Steps", count=1500, milliseconds=1)
    wait_for(lambda: backend.ask("echo", 1) == 1 and _backlog(backend) > 1500)
    finished.set()
    thread.join()
    backend.want_previews(False)
    progress = [event for event in told.events if isinstance(event, NodeProgress)]
    assert len(progress) == 1500
    assert any(event.preview for event in progress[:200])
    assert not any(event.preview for event in progress[300:])


def _backlog(backend: ProcessBackend) -> int:
    link = backend._workers.ready
    return link.inbox.qsize() if link else 0

"""Events in the words of ComfyUI's WebSocket, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph import events
from graph.jobs import queue_events
from graph.jobs.record import JobError, JobStatus
from web.messages import Clients
from web.progress_board import PAUSE, ProgressBoard
from web.translator import Translator

if TYPE_CHECKING:
    from graph.events import Event
    from web.messages import Message

JOB: dict[str, Any] = {"job": "j", "number": 0, "time": 12.3456}


def about(node_id: str, display: str = "") -> dict[str, Any]:
    return {**JOB, "node_id": node_id, "class_type": "K", "display_node": display or node_id}


def taken(client: str | None = "me") -> Event:
    return queue_events.JobTaken(**JOB, client=client, crashes=0)


def started(node_id: str, display: str = "") -> Event:
    return events.NodeStarted(**about(node_id, display), reason="first run")


def finished(node_id: str, ui: dict[str, Any] | None = None) -> Event:
    return events.NodeFinished(**about(node_id), seconds=1.0, ui=ui)


def cached(node_id: str, ui: dict[str, Any] | None = None) -> Event:
    return events.NodeCached(**about(node_id), ui=ui)


def ended(status: JobStatus = JobStatus.DONE, error: JobError | None = None) -> Event:
    return queue_events.JobEnded(**JOB, client="me", status=status, error=error)


def told(*events_: Event) -> list[Message]:
    translator = Translator(Clients())
    return [message for event in events_ for message in translator.hear(event)]


def comfy(*events_: Event) -> list[tuple[str, Any]]:
    return [(message.type, message.data) for message in told(*events_) if not message.own]


START = {"prompt_id": "j", "timestamp": 12345}


def test_a_job_is_told_in_the_order_that_clients_know() -> None:
    ui = {"images": [{"filename": "a.png"}]}
    heard = comfy(
        taken(),
        events.JobStarted(**JOB, nodes=("c", "a", "b")),
        cached("c"),
        started("a"),
        events.NodeProgress(**about("a"), value=1, total=2, seconds_per_step=0.5),
        finished("a"),
        started("b"),
        finished("b", ui),
        events.JobFinished(**JOB, seconds=2.0),
        ended(),
    )
    assert heard == [
        ("execution_start", START),
        ("execution_cached", {"nodes": ["c"], **START}),
        ("executing", {"node": "a", "display_node": "a", "prompt_id": "j"}),
        ("progress", {"value": 1, "max": 2, "node": "a", "prompt_id": "j"}),
        ("executing", {"node": "b", "display_node": "b", "prompt_id": "j"}),
        ("executed", {"node": "b", "display_node": "b", "output": ui, "prompt_id": "j"}),
        ("execution_success", START),
        ("executing", {"node": None, "prompt_id": "j"}),
    ]


def test_cached_nodes_are_told_together_and_their_outputs_after_them() -> None:
    ui = {"text": ["x"]}
    heard = comfy(
        events.JobStarted(**JOB, nodes=("a", "b")),
        cached("a"),
        cached("b", ui),
        events.JobFinished(**JOB, seconds=0.0),
    )
    assert [type_ for type_, _ in heard] == [
        "execution_start",
        "execution_cached",
        "executed",
        "execution_success",
    ]
    assert heard[1][1]["nodes"] == ["a", "b"]
    assert heard[2][1]["output"] == ui


def test_that_nothing_was_cached_is_told_once() -> None:
    start = events.JobStarted(**JOB, nodes=("a",))
    heard = comfy(start, started("a"), finished("a"), started("b"))
    assert [data["nodes"] for type_, data in heard if type_ == "execution_cached"] == [[]]
    later = comfy(start, started("a"), finished("a"), cached("x"), started("b"))
    assert [data["nodes"] for type_, data in later if type_ == "execution_cached"] == [[], ["x"]]


def test_an_error_ends_a_job_only_at_its_end_and_is_told_to_our_own_at_once() -> None:
    erred = events.NodeErred(
        **about("4.1", "4"), sentence="K (node 4): no", traceback="a\nb\n", exception_type="E"
    )
    error = JobError("K (node 4): no", "a\nb\n", "4.1", "K", "E")
    messages = told(
        taken(),
        events.JobStarted(**JOB, nodes=()),
        started("4.1", "4"),
        erred,
        started("9"),
        finished("9"),
        events.JobFailed(**JOB, seconds=1.0, node_id="4.1"),
        ended(JobStatus.FAILED, error),
    )
    kinds = [message.type for message in messages]
    assert kinds.index("node_failed") < kinds.index("execution_error")
    assert kinds[-3:] == ["execution_error", "executing", "job_ended"]
    assert kinds.count("execution_error") == 1
    failed = messages[kinds.index("node_failed")]
    assert failed.own
    assert failed.client == "me"
    assert failed.data["message"] == "K (node 4): no"
    assert messages[kinds.index("execution_error")].data == {
        **START,
        "node_id": "4",
        "node_type": "K",
        "executed": ["9"],
        "exception_message": "K (node 4): no",
        "exception_type": "E",
        "traceback": ["a\n", "b\n"],
        "current_inputs": {},
        "current_outputs": ["9"],
    }


def test_a_cancelled_job_is_told_to_everybody_and_then_ends() -> None:
    messages = told(
        taken(),
        events.JobStarted(**JOB, nodes=()),
        started("a"),
        events.JobCancelled(**JOB, node_id="a"),
        ended(JobStatus.CANCELLED, JobError("the job was cancelled", "", "a", "K")),
    )
    interrupted = next(m for m in messages if m.type == "execution_interrupted")
    assert interrupted.client is None
    assert interrupted.data == {**START, "node_id": "a", "node_type": "K", "executed": []}
    assert [m.type for m in messages if not m.own][-1] == "executing"


def test_a_job_that_never_started_ends_without_a_word_to_comfyuis_clients() -> None:
    queued = queue_events.JobQueued(**JOB, client="me", place=3.0)
    assert comfy(queued, ended(JobStatus.CANCELLED)) == []


def test_a_blocked_node_is_told_without_ending_the_job() -> None:
    heard = comfy(taken(), events.NodeBlocked(**about("a"), message="stop here"))
    (type_, data) = heard[0]
    assert type_ == "execution_error"
    assert data["exception_type"] == "ExecutionBlocked"
    assert data["exception_message"] == "Execution Blocked: stop here"


def test_the_queues_length_is_for_everybody_and_what_nodes_do_is_not() -> None:
    changed = queue_events.QueueChanged(**JOB, pending=2, running=1, paused=False)
    messages = told(taken("me"), changed, started("a"))
    (status,) = (m for m in messages if m.type == "status")
    assert (status.client, status.own) == (None, False)
    assert status.data == {"status": {"exec_info": {"queue_remaining": 3}}}
    (executing,) = (m for m in messages if m.type == "executing")
    assert executing.client == "me"
    assert executing.more == {"reason": "first run"}
    assert all(m.client in (None, "") for m in told(taken(None), started("a")))


def test_a_job_that_begins_again_after_a_crash_is_told_from_the_start() -> None:
    begin = events.JobStarted(**JOB, nodes=())
    back = queue_events.JobPutBack(**JOB, client="me", sentence="the worker died", node_id="a")
    kinds = [m.type for m in told(taken(), begin, started("a"), back, taken(), begin)]
    assert kinds.count("execution_start") == 2
    assert "job_put_back" in kinds


def test_events_whose_beginning_was_not_heard_make_sense_all_the_same() -> None:
    heard = comfy(cached("a", {"text": []}), finished("b"), ended())
    assert [type_ for type_, _ in heard] == ["execution_cached", "executed", "executing"]


def test_the_state_of_all_nodes_is_told_ten_times_a_second_and_at_the_end() -> None:
    board = ProgressBoard()
    assert board.hear(events.JobStarted(**JOB, nodes=()), 0.0) is None
    first: Any = board.hear(started("a"), 0.0)
    assert first == {
        "prompt_id": "j",
        "nodes": {
            "a": {
                "value": 0,
                "max": 1,
                "state": "running",
                "node_id": "a",
                "prompt_id": "j",
                "display_node_id": "a",
                "parent_node_id": None,
                "real_node_id": "a",
            }
        },
    }
    assert not board.waiting
    for value in range(1, 50):
        step = events.NodeProgress(**about("a"), value=value, total=50, seconds_per_step=None)
        assert board.hear(step, PAUSE * value / 50) is None
    assert board.waiting
    assert board.due(PAUSE * 0.99) == []
    due: Any = board.due(PAUSE)
    ((job, state),) = due
    assert job == "j"
    assert state["nodes"]["a"]["value"] == 49
    assert board.due(PAUSE) == []
    assert board.hear(finished("a"), PAUSE * 1.1) is None
    last: Any = board.hear(events.JobFinished(**JOB, seconds=1), PAUSE * 1.2)
    assert last["nodes"]["a"] == {
        **first["nodes"]["a"],
        "value": 50,
        "max": 50,
        "state": "finished",
    }
    assert board.states() == []


def test_an_inner_node_is_shown_on_the_node_that_it_came_out_of() -> None:
    board = ProgressBoard()
    state: Any = board.hear(started("4.1", "4"), 0.0)
    node = state["nodes"]["4.1"]
    assert node["display_node_id"] == node["real_node_id"] == node["parent_node_id"] == "4"

"""Why a job did not come to its end, in words for history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.backends.protocol import CancelledOutcome, Crashed
from graph.errors import describe_node
from graph.jobs.record import JobError

if TYPE_CHECKING:
    from graph.backends.protocol import Failed
    from graph.jobs.attempt import Attempt
    from graph.jobs.folding import Folding


def given_up(crash: Crashed, times: int, attempt: Attempt) -> JobError:
    """Return why a job that brings its workers down is not tried again."""
    class_type = attempt.folding.class_of(crash.node_id)
    where = "before any node ran"
    if crash.node_id is not None:
        where = f"while {describe_node(crash.node_id, class_type or 'a node')} ran"
    return JobError(
        f"{times} times the worker broke down {where}, so the job was given up;"
        f" the last time: {crash.sentence}",
        traceback=attempt.raised,
        node_id=crash.node_id,
        class_type=class_type,
        exception_type="WorkerCrashed",
    )


def failure(outcome: Failed | CancelledOutcome | Crashed, folding: Folding) -> JobError:
    """Why a job did not come to its end: as the backend says, else as the node said."""
    heard = folding.error or JobError("")
    node = heard.node_id if outcome.node_id is None else outcome.node_id
    if isinstance(outcome, CancelledOutcome):
        return JobError("the job was cancelled", "", node, folding.class_of(node))
    if isinstance(outcome, Crashed):
        return JobError(outcome.sentence, "", node, folding.class_of(node))
    return JobError(
        outcome.sentence,
        outcome.traceback or heard.traceback,
        node,
        outcome.class_type or heard.class_type,
        outcome.exception_type or heard.exception_type,
        heard.inputs if node == heard.node_id else None,
    )

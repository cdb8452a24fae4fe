"""What happens to jobs, in the words of ComfyUI's WebSocket: pure, without any socket.

A `Translator` hears events in order and answers messages. Most go to the client that sent the job;
some to everybody; some are our own.

ComfyUI tells all cached nodes at once and before any other, while here they are found as the run
goes on: they are held until something else happens, so that clients get few and long lists. ComfyUI
ends a job at its first error; here independent branches go on, so `execution_error`, which clients
take for the end, waits for the end, and our own `node_failed` says at once what it will say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from graph import events
from graph.jobs import queue_events
from graph.jobs.folding import error_of
from graph.jobs.record import JobStatus
from web.messages import (
    Message,
    error_facts,
    failure,
    interruption,
    milliseconds,
    status_data,
)
from web.told_job import ToldJob

if TYPE_CHECKING:
    from graph.events import Event
    from graph.jobs.record import JobError
    from web.messages import Clients, Data

Say: TypeAlias = Callable[[Any, Any], list[Message]]


class Translator:
    """Turns events into messages.

    Args:
        clients: Who sent which job; learns of new ones.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._jobs: dict[str, ToldJob] = {}

    def current(self, client: str) -> str | None:
        """Return where a client sees the node that runs for it now."""
        for job_id, job in self._jobs.items():
            if job.current is not None and self._clients.of(job_id) == client:
                return job.current
        return None

    def hear(self, event: Event) -> list[Message]:
        """Return what an event means to clients."""
        if isinstance(event, events.NodeEvent):
            job = self._jobs.setdefault(event.job, ToldJob())
            job.classes[event.node_id] = event.class_type
            job.shown[event.node_id] = event.display_node
        say = self._SAY.get(type(event))
        return say(self, event) if say else []

    def _queue_changed(self, event: queue_events.QueueChanged) -> list[Message]:
        more = {"pending": event.pending, "running": event.running, "paused": event.paused}
        data = status_data(event.pending + event.running)
        return [Message("status", data, None, more=more)]

    def _queued(self, event: queue_events.JobQueued) -> list[Message]:
        self._clients.note(event.job, event.client)
        return [self._own("job_queued", event, place=event.place)]

    def _taken(self, event: queue_events.JobTaken) -> list[Message]:
        self._clients.note(event.job, event.client)
        self._jobs[event.job] = ToldJob()
        return [self._own("job_taken", event, crashes=event.crashes)]

    def _put_back(self, event: queue_events.JobPutBack) -> list[Message]:
        self._jobs.pop(event.job, None)
        return [self._own("job_put_back", event, message=event.sentence, node=event.node_id)]

    def _started(self, event: events.JobStarted) -> list[Message]:
        self._jobs[event.job] = ToldJob(held=[])
        return [self._timed("execution_start", event, {}, {"nodes": list(event.nodes)})]

    def _finished(self, event: events.JobFinished) -> list[Message]:
        return [*self._release(event), self._timed("execution_success", event, {})]

    def _failed(self, event: events.JobFailed) -> list[Message]:
        told = self._release(event)
        job = self._jobs.get(event.job)
        error = job.erred.get(event.node_id) if job else None
        if job is None or error is None:
            return told  # who came later hears of it with the job's end
        job.failed = True
        return [*told, self._error(event, error, job)]

    def _error(self, event: Event, error: JobError, job: ToldJob) -> Message:
        facts = failure(error, job.shown, job.executed)
        return self._timed("execution_error", event, facts, {"ends": True})

    def _cancelled(self, event: events.JobCancelled) -> list[Message]:
        job = self._jobs.get(event.job, ToldJob())
        facts = interruption(event.node_id, job.shown, job.classes, job.executed)
        data = {"prompt_id": event.job, **facts, "timestamp": milliseconds(event.time)}
        return [*self._release(event), Message("execution_interrupted", data, None)]

    def _release(self, event: Event) -> list[Message]:
        """Tell the cached nodes that were held, and the first time also that there were none."""
        job = self._jobs.get(event.job)
        if job is None or job.held is None or (job.told and not job.held):
            return []
        held, job.held, job.told = job.held, [], True
        nodes = {"nodes": [cached.node_id for cached in held]}
        messages = [self._timed("execution_cached", event, nodes)]
        for cached in held:
            messages += self._executed(cached, cached.ui)
        return messages

    def _ended(self, event: queue_events.JobEnded) -> list[Message]:
        self._clients.note(event.job, event.client)
        over = self._own("job_ended", event, status=event.status.value, error=_facts(event.error))
        job = self._jobs.get(event.job)
        if job is None:
            return [over]  # it never started
        messages = self._release(event)
        del self._jobs[event.job]
        if event.status is JobStatus.FAILED and event.error is not None and not job.failed:
            messages.append(self._error(event, event.error, job))
        return [*messages, self._to("executing", event, {"node": None}), over]

    def _node_cached(self, event: events.NodeCached) -> list[Message]:
        job = self._jobs[event.job]
        job.executed.append(event.node_id)
        if job.held is not None:
            job.held.append(event)
            return []
        cached = self._timed("execution_cached", event, {"nodes": [event.node_id]})
        return [cached, *self._executed(event, event.ui)]

    def _node_started(self, event: events.NodeStarted) -> list[Message]:
        self._jobs[event.job].current = event.display_node
        more = {"reason": event.reason}
        return [*self._release(event), self._to("executing", event, _where(event), more)]

    def _node_progress(self, event: events.NodeProgress) -> list[Message]:
        if not event.total:
            return self._release(event)
        done = {"value": event.value, "max": event.total, "node": event.node_id}
        more = {"display_node": event.display_node, "seconds_per_step": event.seconds_per_step}
        return [*self._release(event), self._to("progress", event, done, more)]

    def _node_finished(self, event: events.NodeFinished) -> list[Message]:
        self._jobs[event.job].executed.append(event.node_id)
        told = [*self._release(event), *self._executed(event, event.ui)]
        return [*told, self._own("node_finished", event, **_where(event), seconds=event.seconds)]

    def _node_erred(self, event: events.NodeErred) -> list[Message]:
        self._jobs[event.job].erred[event.node_id] = error_of(event)
        failed = self._own(
            "node_failed",
            event,
            **_where(event),
            class_type=event.class_type,
            message=event.sentence,
            exception_type=event.exception_type,
            traceback=event.traceback,
            inputs=event.inputs or {},
        )
        return [*self._release(event), failed]

    def _node_blocked(self, event: events.NodeBlocked) -> list[Message]:
        facts = {
            "node_id": event.display_node,
            "node_type": event.class_type,
            "executed": [*self._jobs[event.job].executed],
            **error_facts(f"Execution Blocked: {event.message}", "ExecutionBlocked", ""),
        }
        error = self._timed("execution_error", event, facts, {"ends": False})
        return [*self._release(event), error]

    def _node_warning(self, event: events.NodeWarning) -> list[Message]:
        warning = self._own("node_warning", event, **_where(event), message=event.text)
        return [*self._release(event), warning]

    def _executed(self, event: events.NodeEvent, ui: Data | None) -> list[Message]:
        if ui is None:
            return []
        return [self._to("executed", event, {**_where(event), "output": ui})]

    def _to(self, type_: str, event: Event, data: Data, more: Data | None = None) -> Message:
        """A message to whoever sent the job."""
        said = {**data, "prompt_id": event.job}
        return Message(type_, said, self._clients.of(event.job), more=more or {})

    def _timed(self, type_: str, event: Event, data: Data, more: Data | None = None) -> Message:
        """The same, with the time."""
        said = {"prompt_id": event.job, **data, "timestamp": milliseconds(event.time)}
        return Message(type_, said, self._clients.of(event.job), more=more or {})

    def _own(self, type_: str, event: Event, **data: object) -> Message:
        """A message of our own: of jobs to everybody, of nodes to whoever sent the job."""
        client = self._clients.of(event.job) if isinstance(event, events.NodeEvent) else None
        said = {"prompt_id": event.job, **data, "timestamp": milliseconds(event.time)}
        return Message(type_, said, client, own=True)

    _SAY: ClassVar[Mapping[type[Event], Say]] = {
        queue_events.QueueChanged: _queue_changed,
        queue_events.JobQueued: _queued,
        queue_events.JobTaken: _taken,
        queue_events.JobPutBack: _put_back,
        queue_events.JobEnded: _ended,
        events.JobStarted: _started,
        events.JobFinished: _finished,
        events.JobFailed: _failed,
        events.JobCancelled: _cancelled,
        events.NodeCached: _node_cached,
        events.NodeStarted: _node_started,
        events.NodeProgress: _node_progress,
        events.NodeFinished: _node_finished,
        events.NodeErred: _node_erred,
        events.NodeBlocked: _node_blocked,
        events.NodeWarning: _node_warning,
    }


def _where(event: events.NodeEvent) -> dict[str, object]:
    return {"node": event.node_id, "display_node": event.display_node}


def _facts(error: JobError | None) -> dict[str, object] | None:
    if error is None:
        return None
    return {
        "message": error.sentence,
        "node": error.node_id,
        "class_type": error.class_type,
        "exception_type": error.exception_type,
    }

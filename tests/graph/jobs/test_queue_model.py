"""JobQueue against a model without a database: whatever is asked of both, they agree."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from graph.backends.protocol import Crashed
from graph.jobs.history import Choice
from graph.jobs.line import Line, Waiting
from graph.jobs.record import JobStatus
from tests.graph.jobs.conftest import Queues
from tests.graph.jobs.prompts import RESULT, job, numbered

_ENDS = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)


class QueueAsModelled(RuleBasedStateMachine):
    """The model is a line, which has tests of its own, and two lists."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.queues = Queues(Path(self.folder.name) / "queue.sqlite")
        self.line = Line()
        self.running: list[Waiting] = []
        self.ended: list[tuple[str, JobStatus]] = []
        self.crashes: dict[str, list[str | None]] = {}
        self.paused = False
        self.serial = 0

    def teardown(self) -> None:
        self.queues.store.close()
        self.folder.cleanup()

    @rule(client=st.sampled_from(["", "a", "b"]))
    def enqueue(self, client: str) -> None:
        self.serial += 1
        name = f"job {self.serial}"
        self.queues.queue.enqueue(job(name, client or None))
        self.line.add(Waiting(self.serial, name, client))

    @rule(client=st.sampled_from(["", "a", "b"]))
    def enqueue_at_the_front(self, client: str) -> None:
        self.serial += 1
        name = f"job {self.serial}"
        self.queues.queue.enqueue(job(name, client or None, front=True))
        self.line.add(Waiting(self.serial, name, client, self.line.front()))

    @rule(number=st.integers(-2, 9))
    def enqueue_with_a_number(self, number: int) -> None:
        self.serial += 1
        name = f"job {self.serial}"
        self.queues.queue.enqueue(numbered(name, number))
        self.line.add(Waiting(self.serial, name, "", number))

    @rule()
    def take(self) -> None:
        expected = None if self.paused else self.line.first()
        assert self.queues.take() == (expected.id if expected else None)
        if expected:
            self.line.serve(expected)
            self.running.append(expected)

    @precondition(lambda self: self.running)
    @rule(data=st.data(), status=st.sampled_from(_ENDS))
    def finish(self, data: st.DataObject, status: JobStatus) -> None:
        done = data.draw(st.sampled_from(self.running))
        self.running.remove(done)
        self.queues.queue.finish(done.id, status, RESULT)
        self.ended.append((done.id, status))

    @precondition(lambda self: self.running)
    @rule(data=st.data(), node=st.sampled_from([None, "1", "2"]))
    def crash(self, data: st.DataObject, node: str | None) -> None:
        crashed = data.draw(st.sampled_from(self.running))
        self.queues.queue.put_back(crashed.id, "killed", Crashed(node, "killed"))
        self.crashes.setdefault(crashed.id, []).append(node)
        self._wait_again(crashed)

    def _wait_again(self, one: Waiting) -> None:
        self.running.remove(one)
        self.line.add(Waiting(one.serial, one.id, one.client, self.line.front()))

    @precondition(lambda self: len(self.line) > 0)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        unwanted = data.draw(st.sampled_from(self.line.order()))
        assert self.queues.queue.cancel(unwanted.id) is JobStatus.PENDING
        self.line.remove(unwanted.id)
        self.ended.append((unwanted.id, JobStatus.CANCELLED))

    @rule()
    def clear(self) -> None:
        order = [one.id for one in self.line.order()]
        assert self.queues.queue.clear() == order
        for unwanted in order:
            self.line.remove(unwanted)
            self.ended.append((unwanted, JobStatus.CANCELLED))

    @precondition(lambda self: len(self.line) > 0)
    @rule(data=st.data(), to=st.integers(-3, 5))
    def move(self, data: st.DataObject, to: int) -> None:
        moved = data.draw(st.sampled_from(self.line.order()))
        self.queues.queue.move(moved.id, to)
        self.line.move(moved.id, to)

    @rule(paused=st.booleans())
    def pause(self, *, paused: bool) -> None:
        self.paused = paused
        (self.queues.queue.pause if paused else self.queues.queue.resume)()

    @rule()
    def restart(self) -> None:
        queue = self.queues.restart()
        assert queue.recovered == [one.id for one in self.running]
        for one in reversed(self.running.copy()):
            self._wait_again(one)

    @precondition(lambda self: self.ended)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        unwanted = data.draw(st.sampled_from(self.ended))
        assert self.queues.history.delete([unwanted[0]]) == 1
        self.ended.remove(unwanted)

    @invariant()
    def they_agree(self) -> None:
        queue, history = self.queues.queue, self.queues.history
        assert queue.pending() == [one.id for one in self.line.order()]
        assert queue.running() == [one.id for one in self.running]
        assert queue.paused == self.paused
        rows = history.rows(Choice(newest_first=False))
        assert [(row.id, row.status) for row in rows] == self.ended
        for job_id, nodes in self.crashes.items():
            record = history.get(job_id)
            assert record is None or list(record.row.crashes) == nodes


TestQueueAsModelled = QueueAsModelled.TestCase
TestQueueAsModelled.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)

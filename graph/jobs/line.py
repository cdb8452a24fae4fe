"""The waiting line: whose turn it is. Pure state; the database keeps a copy.

*The rule.* Most jobs wait for their client's turn: the client whose last turn is longest ago comes
next, those that never had one first; of two such clients, the one whose oldest job came first. What
one client sends goes in the order in which it was sent. All jobs without a client are one client's.

A job may have a place of its own in line instead: a number that its sender chose, the front, or
where somebody moved it. Places compare with each other and with the serial numbers of jobs that
have none: a job with place 7 waits for jobs 1 to 6 and for nobody else. A job that starts takes its
client's turn, however it came to start.
"""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Heap: TypeAlias = list[tuple[float, int, str]]

MOST_CLIENTS: Final = 4096
"""Clients whose turns are remembered."""
_SLACK: Final = 1000
"""Jobs that have left and may still be in the heaps, besides as many as wait."""


@fact()
class Waiting:
    """A job in line.

    Attributes:
        serial: Its number in the order of arrival, from 1.
        id: Its id.
        client: Who sent it; empty for nobody in particular.
        place: Its place in line if it has one of its own; lower goes first.
    """

    serial: int
    id: str
    client: str = ""
    place: float | None = None


class Line:
    """Jobs that wait. Adding, removing and finding the next take logarithmic time.

    Args:
        jobs: Who waits.
        turns: When each client last had its turn, counted from 1.
    """

    def __init__(
        self, jobs: Iterable[Waiting] = (), turns: Mapping[str, int] | None = None
    ) -> None:
        self._turns: dict[str, int] = {}
        self._turn = 0
        self._jobs: dict[str, Waiting] = {}
        # Heaps of (place or serial, serial, id) keep what was removed until it comes to their top.
        self._placed: _Heap = []
        self._unplaced: _Heap = []
        self._of_client: dict[str, _Heap] = {}
        # (last turn, oldest job, client), not later than is true.
        self._clients: list[tuple[int, int, str]] = []
        self.reset(jobs, turns or {})

    def reset(self, jobs: Iterable[Waiting], turns: Mapping[str, int]) -> None:
        """Begin anew with other jobs and turns."""
        for kept in (self._jobs, self._placed, self._unplaced, self._of_client, self._clients):
            kept.clear()
        self._turns = dict(turns)
        self._turn = max(turns.values(), default=0)
        for job in jobs:
            self.add(job)

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._jobs

    def __getitem__(self, job_id: str) -> Waiting:
        return self._jobs[job_id]

    def add(self, job: Waiting) -> None:
        """Let a job queue up."""
        self._jobs[job.id] = job
        entry = (_place(job), job.serial, job.id)
        if job.place is not None:
            heapq.heappush(self._placed, entry)
            return
        heapq.heappush(self._unplaced, entry)
        jobs = self._of_client.setdefault(job.client, [])
        heapq.heappush(jobs, entry)
        if jobs[0] is entry:
            turn = self._turns.get(job.client, 0)
            heapq.heappush(self._clients, (turn, job.serial, job.client))

    def remove(self, job_id: str) -> None:
        """Let a job leave without having been served."""
        del self._jobs[job_id]
        if len(self._placed) + len(self._unplaced) > 2 * len(self._jobs) + _SLACK:
            self.reset([*self._jobs.values()], self._turns)

    def first(self) -> Waiting | None:
        """Return whose turn it is."""
        placed = self._oldest(self._placed)
        unplaced = self._oldest(self._unplaced)
        if placed and (unplaced is None or _place(placed) < unplaced.serial):
            return placed
        return self._first_in_turn()

    def serve(self, job: Waiting) -> int:
        """Let a job start; answers its client's turn, counted from 1."""
        self.remove(job.id)
        self._turn += 1
        # Put last, so that the clients are in the order of their turns.
        self._turns.pop(job.client, None)
        self._turns[job.client] = self._turn
        if len(self._turns) > MOST_CLIENTS:
            del self._turns[next(iter(self._turns))]
        return self._turn

    def order(self) -> list[Waiting]:
        """Return everybody in the order in which they would start."""
        # Copied at once, since another thread may change them meanwhile.
        ahead = Line(list(self._jobs.values()), dict(self._turns))
        order = []
        while (job := ahead.first()) is not None:
            ahead.serve(job)
            order.append(job)
        return order

    def front(self) -> float:
        """Return the place ahead of everybody."""
        placed = self._oldest(self._placed)
        return min(0.0, _place(placed) if placed else 0.0) - 1

    def move(self, job_id: str, index: int) -> list[Waiting]:
        """Move a job to an index in the order, and keep the order ahead of it as it is now.

        What is behind goes on by turns. Those that newly have places are answered.

        Args:
            job_id: Who moves.
            index: Whither; from 0, and from the end if negative.
        """
        moved = self._jobs[job_id]
        order = [job for job in self.order() if job is not moved]
        index = min(max(index + len(self) if index < 0 else index, 0), len(order))
        ahead = [*order[:index], moved]
        first = self.front() - index
        pinned = [replace(job, place=first + rank) for rank, job in enumerate(ahead)]
        for job in pinned:
            self.remove(job.id)
            self.add(job)
        return pinned

    def _oldest(self, heap: _Heap) -> Waiting | None:
        """The top of a heap, once what has left is off it."""
        while heap:
            place, serial, job_id = heap[0]
            job = self._jobs.get(job_id)
            if job is not None and job.serial == serial and _place(job) == place:
                return job
            heapq.heappop(heap)
        return None

    def _first_in_turn(self) -> Waiting | None:
        while self._clients:
            said = self._clients[0]
            client = said[-1]
            job = self._oldest(self._of_client.get(client, []))
            if job is None:
                heapq.heappop(self._clients)
                self._of_client.pop(client, None)
                continue
            truth = (self._turns.get(client, 0), job.serial, client)
            if truth == said:
                return job
            heapq.heapreplace(self._clients, truth)
        return None


def _place(job: Waiting) -> float:
    """What places compare with."""
    return job.serial if job.place is None else job.place

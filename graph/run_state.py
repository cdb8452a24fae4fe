"""Where the nodes of a run are, and what follows when one moves on; see `run` for the whole story.

A node counts the links whose source is not identified yet, and those whose source's values it waits
for; and, the other way round, the links whose readers may still want its own values.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING

from graph.actions import LookUp, Recall, Release, Skip, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.plan import Plan


class RunState:
    """The nodes of one run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._kept = plan.kept
        self._links: dict[str, Iterable[str]] = dict(plan.sources)
        self._readers: dict[str, list[str]] = {key: [*at] for key, at in plan.readers.items()}
        self._lazy = {key: dict(found) for key, found in plan.lazy.items()}
        self._rank = {key: rank for rank, key in enumerate(plan.nodes)}
        self.status = dict.fromkeys(plan.nodes, Status.DORMANT if plan.lazy else Status.WAITING)
        # Links of each node whose source is not identified; whose source's values are missing.
        self._unidentified = {key: len(links) for key, links in plan.sources.items()}
        self._missing: dict[str, int] = {}
        # Links from each node whose reader may still want its values; being asked for its values
        # counts as one for ever.
        self._open = {key: len(readers) for key, readers in plan.readers.items()}
        for key in plan.kept:
            self._open[key] += 1
        for found in self._lazy.values():
            for source in found.values():
                self._open[source] += 1
        self._identified: set[str] = set()
        self._expanded: set[str] = set()
        # Nodes that stand for others and do something in themselves, and those that wait for it.
        self._awaited: dict[str, list[str]] = {}
        self._settled: deque[Release | Skip] = deque()
        # The last one first, so that what was just found is followed to its readers.
        self._lookups: list[LookUp | Recall] = []
        self._fetches: deque[str] = deque()
        self._collects: deque[str] = deque()
        self._ready: list[tuple[int, str]] = []
        self._under_way: set[str] = set()
        self._stopped = False
        if plan.lazy:
            self._wake(plan.targets)
        else:
            for key in reversed([*plan.nodes]):
                if not self._unidentified[key]:
                    self._look_up(key)

    def _look_up(self, key: str) -> None:
        self.status[key] = Status.LOOKUP
        self._lookups.append(LookUp(key))

    def _wake(self, keys: Iterable[str]) -> None:
        """Have nodes identified that nobody asked for before, and whatever feeds them."""
        todo = [*keys]
        while todo:
            key = todo.pop()
            if self.status[key] is Status.SETTLED and key not in self._identified:
                self._revive(key)
            if self.status[key] is not Status.DORMANT:
                continue
            self.status[key] = Status.WAITING
            if self._is_hopeless(key):
                self._abandon(key)
            elif self._unidentified[key]:
                todo += self._links[key]
            else:
                self._look_up(key)

    def _link(self, key: str, sources: Iterable[str]) -> None:
        """Have a node read others."""
        self._links[key] = sources = [*sources]
        self._unidentified[key] = 0
        for source in sources:
            self._readers[source].append(key)
            self._reopen(source)
            self._unidentified[key] += source not in self._identified

    def _reopen(self, key: str) -> None:
        """One more link leads from a node, whose values may have been let go."""
        self._open[key] += 1
        if self.status[key] is Status.SETTLED:
            self._revive(key)

    def _revive(self, key: str) -> None:
        """Bring a node back; if its values are gone it may have to run, and then it reads again."""
        if key in self._identified:
            self.status[key] = Status.LOOKUP
            self._lookups.append(Recall(key))
        else:
            self.status[key] = Status.DORMANT
        for source in self._reads(key):
            self._open[source] += 1

    def _reads(self, key: str) -> list[str]:
        """What a node reads, or may still ask for."""
        lazy = self._lazy.get(key)
        return [*self._links[key], *lazy.values()] if lazy else [*self._links[key]]

    def _identify(self, key: str) -> None:
        """The identities of a node's outputs are known, so its readers' keys may be."""
        if key in self._identified:
            return
        self._identified.add(key)
        for reader in reversed(self._readers[key]):
            self._unidentified[reader] -= 1
            if not self._unidentified[reader] and self.status[reader] is Status.WAITING:
                self._look_up(reader)
        if self._awaited:
            for waiting in self._awaited.pop(key, ()):
                self._missing[waiting] -= 1
                self._make_ready(waiting)

    def _hold(self, key: str) -> None:
        """A node's values are at hand for those that wait for them; it will read no more."""
        self.status[key] = Status.HELD
        self._pass_on(key)
        self._close(key)
        self._let_go(key)

    def _pass_on(self, key: str) -> None:
        for reader in self._readers[key]:
            if self._waits_for_values(reader):
                self._missing[reader] -= 1
                self._make_ready(reader)

    def _waits_for_values(self, key: str) -> bool:
        status = self.status[key]
        return status is Status.WANTED or status is Status.EXPANDED

    def _is_waited_for(self, key: str) -> bool:
        return any(self._waits_for_values(reader) for reader in self._readers[key])

    def _is_hopeless(self, key: str) -> bool:
        """Whether a node that is not identified needs one that failed."""
        return any(
            self.status[source] is Status.FAILED and source not in self._identified
            for source in self._links[key]
        )

    def _need(self, key: str) -> bool:
        """Have values got that can be; answers whether the node must run to have them."""
        status = self.status[key]
        if status is Status.STORED:
            self.status[key] = Status.FETCHING
            self._fetches.append(key)
        elif status is Status.SETTLED:
            self._revive(key)
        return status is Status.KNOWN

    def _want(self, key: str) -> None:
        """Have a node run, and before it whatever must run to feed it."""
        todo = [key]
        self._set_wanted(key)
        while todo:
            for source in self._await(todo.pop()):
                if self._need(source):
                    self._set_wanted(source)
                    todo.append(source)

    def _set_wanted(self, key: str) -> None:
        self.status[key] = Status.EXPANDED if key in self._expanded else Status.WANTED

    def _await(self, key: str, others: int = 0) -> list[str]:
        """Have a node wait for values; answers those of its sources that lack them."""
        absent = [at for at in self._links[key] if self.status[at] is not Status.HELD]
        if any(self.status[at] is Status.FAILED for at in absent):
            self._abandon(key)
            return []
        self._missing[key] = len(absent) + others
        self._make_ready(key)
        return absent

    def _make_ready(self, key: str) -> None:
        if self._missing[key]:
            return
        if self.status[key] is Status.EXPANDED:
            self._collects.append(key)
        else:
            heapq.heappush(self._ready, (self._rank[key], key))

    def _close(self, key: str) -> None:
        """A node will read no more, and neither will those whose values only it could want."""
        self._close_all(self._reads(key))

    def _close_all(self, sources: list[str]) -> None:
        todo = [sources]
        while todo:
            for source in todo.pop():
                self._open[source] -= 1
                if self._let_go(source):
                    todo.append(self._reads(source))

    def _let_go(self, key: str) -> bool:
        """Settle a node that no reader can want any more; answers whether it will never read."""
        status = self.status[key]
        held = status is Status.HELD
        if self._open[key]:
            return False
        if status is Status.DORMANT:
            self.status[key] = Status.SETTLED
            return True
        if not (held or status is Status.KNOWN or status is Status.STORED):
            return False
        self.status[key] = Status.SETTLED
        self._settled.append(Release(key) if held else Skip(key))
        return not held

    def _abandon(self, key: str) -> None:
        """Give a node up, and all that cannot do without it."""
        todo = [key]
        while todo:
            key = todo.pop()
            if self.status[key] is Status.FAILED:
                continue
            self.status[key] = Status.FAILED
            self._close(key)
            identified = key in self._identified
            for reader in [*self._readers[key], *self._awaited.pop(key, ())]:
                waits = self.status[reader] is Status.WAITING and not identified
                if waits or self._waits_for_values(reader):
                    todo.append(reader)

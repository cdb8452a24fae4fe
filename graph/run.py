"""A run as a state machine without I/O: told what happened, it says what to do next.

Keys depend on the identities of what links bring, so a node is looked up in the cache once all its
sources are identified. What is found need not run; what is not found runs once the values of its
sources are there. A node whose identity is known and whose values are gone runs only when a node
that runs reads it, and so does whatever feeds it. Values that are stored somewhere slow are fetched
when a node that runs reads them, and not before. No node runs twice while its values are kept:
they are let go only when no reader that is known can want them any more.

    WAITING → LOOKUP → HELD → SETTLED             found with values
                     → KNOWN → SETTLED            found without, and nobody wants them
                     → KNOWN → WANTED → …         found without, and somebody does
                     → STORED → SETTLED           found in store, and nobody wants them
                     → STORED → FETCHING → HELD → SETTLED
                     → STORED → FETCHING → WANTED → …      the store has lost them
                     → WANTED → RUNNING → HELD → SETTLED
                     → WANTED → RUNNING → EXPANDED → HELD → SETTLED

A node with lazy inputs goes back to WAITING whenever it asks for one of them; what only lazy inputs
lead to is DORMANT until then. A node that fails takes those with it that need it; all others run.
Nodes that stand for another one join while the run goes on, and may bring SETTLED ones back.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from graph.actions import Collect, Fetch, Start, Status
from graph.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graph.actions import Action


class Run(RunState):
    """The state of one run of a plan."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do and nothing is under way."""
        waiting = self._settled or self._lookups or self._fetches or self._collects or self._ready
        return not (waiting or self._under_way)

    def stuck(self) -> list[str]:
        """Return the nodes that wait for each other in a circle, when all else is finished."""
        waiting = (Status.WAITING, Status.WANTED, Status.EXPANDED)
        return [key for key, status in self.status.items() if status in waiting]

    def actions(self) -> Iterator[Action]:
        """Yield what to do next, as long as there is something that can be done now.

        Answers may be given between two actions.
        """
        while True:
            if self._settled:
                yield self._settled.popleft()
            elif self._lookups:
                action = self._lookups.pop()
                self._under_way.add(action.node_id)
                yield action
            elif self._fetches:
                key = self._fetches.popleft()
                self._under_way.add(key)
                yield Fetch(key)
            elif self._collects:
                key = self._collects.popleft()
                self._under_way.add(key)
                yield Collect(key)
            elif self._ready:
                _, key = heapq.heappop(self._ready)
                self.status[key] = Status.RUNNING
                self._under_way.add(key)
                yield Start(key)
            else:
                return

    def found(self, key: str, *, with_values: bool, stored: bool = False) -> None:
        """The cache knows what the node made.

        Args:
            key: The node.
            with_values: Whether the values are at hand.
            stored: Whether they can be fetched if not.
        """
        if not self._answered(key):
            return
        absent = Status.STORED if stored else Status.KNOWN
        self.status[key] = Status.HELD if with_values else absent
        self._identify(key)
        if with_values:
            if self._expanded:
                self._pass_on(key)
            self._let_go(key)
            self._close(key)
        elif key in self._kept or self._is_waited_for(key):
            if self._need(key):
                self._want(key)
        elif self._let_go(key):
            self._close(key)

    def not_found(self, key: str) -> None:
        """The cache has nothing that helps: the node is to run."""
        if self._answered(key):
            self._want(key)

    def fetched(self, key: str) -> None:
        """The values were in the store, and are at hand."""
        if self._answered(key):
            self._hold(key)

    def lost(self, key: str) -> None:
        """The values were not in the store any more: the node is to run."""
        if self._answered(key):
            self._want(key)

    def done(self, key: str) -> None:
        """The node ran, and its values are at hand."""
        if self._answered(key):
            self._identify(key)
            self._hold(key)

    def asks(self, key: str, names: Iterable[str]) -> None:
        """The node wants lazy inputs, which it has not asked for yet, before it can go on."""
        if not self._answered(key):
            return
        self.status[key] = Status.WAITING
        for name in names:
            source = self._lazy[key].pop(name)
            self._links[key] = [*self._links[key], source]
            self._readers[source].append(key)
            if source not in self._identified:
                self._unidentified[key] += 1
                self._wake([source])
        if self._is_hopeless(key):
            self._abandon(key)
        elif not self._unidentified[key]:
            self._look_up(key)

    def expand(
        self,
        key: str,
        nodes: Mapping[str, Iterable[str]],
        lazy: Mapping[str, Mapping[str, str]],
        results: Iterable[str],
        outputs: Iterable[str],
    ) -> None:
        """Other nodes stand for this one from now on.

        Args:
            key: The node that ran.
            nodes: Those that are new, with what feeds each in any case, once for each link.
            lazy: And with what may feed some of them, by input.
            results: The nodes whose values are to be the node's own, once for each link.
            outputs: New nodes that do something in themselves, and are to be done.
        """
        if not self._answered(key):
            return
        for new in nodes:
            self._rank[new] = len(self._rank)
            self.status[new] = Status.DORMANT
            self._readers[new] = []
            self._open[new] = 0
        for new, sources in nodes.items():
            self._lazy[new] = dict(lazy.get(new, {}))
            for source in self._lazy[new].values():
                self._reopen(source)
            self._link(new, sources)
        self.status[key] = Status.EXPANDED
        self._expanded.add(key)
        before = self._reads(key)
        self._lazy.pop(key, None)
        self._link(key, results)
        self._close_all(before)
        awaited = [*outputs]
        for output in awaited:
            self._awaited.setdefault(output, []).append(key)
        self._wake([*self._links[key], *awaited])
        for source in self._await(key, len(awaited)):
            if self._need(source):
                self._want(source)

    def fail(self, key: str) -> None:
        """The node failed: what needs it does not run."""
        if self._answered(key):
            self._abandon(key)

    def stop(self, key: str | None = None) -> None:
        """Start nothing any more: the job was cancelled, perhaps in a node, which is named."""
        if key is not None:
            self._under_way.discard(key)
        self._stopped = True
        for waiting in (self._settled, self._lookups, self._fetches, self._collects, self._ready):
            waiting.clear()

    def _answered(self, key: str) -> bool:
        """Note that what was under way is done; answers whether that still matters."""
        self._under_way.discard(key)
        return not self._stopped

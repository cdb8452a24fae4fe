"""One run of a plan: the thread that decides what happens next, and tells what happened.

In which order, the state machine in `run` says; where nodes run, `lanes` does; what a node's work
is, `work` knows. All that is decided is decided here, in one thread.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from graph import events
from graph.actions import Collect, Fetch, LookUp, Recall, Release, Skip, Start
from graph.definition import Lane
from graph.errors import Cancelled, ExpansionError, GraphError, NodeFailed
from graph.expanding import Expansions
from graph.foresight import Foresight
from graph.lanes import Lanes
from graph.ledger import Ledger
from graph.notes import Notes
from graph.outcomes import Asked, Expanded, Fetched, Made, Raised, Task
from graph.reasons import EVICTED
from graph.recipes import Recipes
from graph.run import Run
from graph.surroundings import Surroundings
from graph.work import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.actions import Action
    from graph.cache import Entry
    from graph.checked import CheckedNode
    from graph.executor import Engine, Options
    from graph.plan import Plan
    from graph.recipes import Intent
    from graph.report import RunResult
    from graph.telling import Teller
    from graph.workflow import Workflow

_is_coroutine_function = lru_cache(asyncio.iscoroutinefunction)
"""Finding out takes a while, and functions come again and again."""


class Job:
    """What is at hand during a run, and who is told.

    Args:
        engine: Whose cache and folders are used.
        workflow: What runs, as it was given; nodes that ask for the prompt see it.
        plan: What runs, as it was laid out.
        options: What the run was told.
        teller: Tells what happens.
        result: To be filled in.
    """

    def __init__(
        self,
        engine: Engine,
        workflow: Workflow,
        plan: Plan,
        options: Options,
        teller: Teller,
        result: RunResult,
    ) -> None:
        self._engine = engine
        self._plan = plan
        self._options = options
        self._cancel = options.cancel
        self._tell = teller.tell
        self._result = result
        self._nodes: dict[str, CheckedNode] = dict(plan.nodes)
        self._run = Run(plan)
        self._lanes = Lanes(engine.workers)
        self._foresight = Foresight(plan, engine.typical)
        self._around = Surroundings(engine, workflow, options, teller)
        self._recipes = Recipes(engine, self._cancel, self._around)
        self._worker = Worker(engine, self._around.tell)
        self._notes = Notes(engine, result, self._around)
        self._expansions = Expansions(engine, workflow, self._nodes, self._around)
        self._ledger = Ledger()
        # Nodes that would make what is being made already, by key.
        self._waiting: dict[bytes, list[str]] = {}
        self._failures: dict[str, NodeFailed] = {}
        self._handlers: Mapping[type[Action], Callable[[CheckedNode], None]] = {
            LookUp: self._look_up,
            Recall: self._recall,
            Fetch: self._fetch,
            Start: self._start,
            Collect: self._collect,
            Release: self._release,
            Skip: self._skip,
        }

    def run(self) -> None:
        """Drive the state machine until nothing is left to do.

        Raises:
            NodeFailed: A node raised; everything that does not depend on it has run.
            Cancelled: The job was cancelled.
        """
        started = time.perf_counter()
        self._tell(events.JobStarted, nodes=tuple(self._plan.nodes))
        self._cancel.listen(self._lanes.nudge)
        try:
            self._drive()
        except BaseException:
            self._cancel.cancel()
            self._stop()
            raise
        finally:
            self._cancel.forget(self._lanes.nudge)
        self._result.seconds = time.perf_counter() - started
        if self._cancel.cancelled:
            self._tell(events.JobCancelled, node_id=self._notes.cancelled_in)
            raise Cancelled
        self._look_for_circles()
        if self._failures:
            self._fail()
        self._result.values = {
            key: self._ledger.values(key) for key in self._nodes if key in self._plan.kept
        }
        self._tell(events.JobFinished, seconds=self._result.seconds)

    def _drive(self) -> None:
        while True:
            for action in self._run.actions():
                if self._cancel.cancelled:
                    break
                self._act(action)
            if self._cancel.cancelled:
                self._stop()
            if self._lanes.idle:
                return
            self._settle(self._lanes.next())
            for outcome in self._lanes.done():
                self._settle(outcome)

    def _stop(self) -> None:
        self._run.stop()
        self._lanes.cancel()

    def _fail(self) -> None:
        """Report the failure of the node that comes first, whichever was first in time."""
        order = {key: rank for rank, key in enumerate(self._nodes)}
        first = min(self._failures, key=order.__getitem__)
        self._tell(events.JobFailed, seconds=self._result.seconds, node_id=first)
        raise self._failures[first]

    def _look_for_circles(self) -> None:
        waiting = [key for keys in self._waiting.values() for key in keys]
        stuck = [*self._run.stuck(), *waiting]
        if stuck and not self._failures:
            error = ExpansionError("the nodes that stand for it wait for it, in a circle")
            self._failed(self._nodes[stuck[0]], error)

    def _act(self, action: Action) -> None:
        self._handlers[type(action)](self._nodes[action.node_id])

    def _release(self, node: CheckedNode) -> None:
        if node.definition.pure:
            del self._ledger.made[node.id]

    def _skip(self, node: CheckedNode) -> None:
        self._notes.cached(node, self._ledger.made.pop(node.id))

    def _look_up(self, node: CheckedNode) -> None:
        intent = self._intend(node)
        if intent is None:
            return
        # A file that was never read may hold what another one did, but who knows.
        known = self._engine.tiers.get(intent.key) if intent.pure and not intent.reading else None
        entry = known if known is not None and known.files_unchanged else None
        if entry is None or entry.values is None:
            intent = self._notes.with_reason(node, intent, known, files_gone=entry is not known)
            self._ledger.intents[node.id] = intent
        self._ledger.keys[node.id] = intent.key
        if entry is None:
            self._run.not_found(node.id)
        elif entry.asks:
            self._ask_for(node, entry.asks)
        else:
            self._engine.remember(node.id, intent.recipe)
            if entry.values is not None:
                self._notes.cached(node, entry)
            self._found(node, entry)

    def _recall(self, node: CheckedNode) -> None:
        """Find what was let go, as it was: an expansion wants it after all."""
        known = self._ledger.made.get(node.id)
        entry = known or self._engine.tiers.get(self._ledger.keys[node.id])
        if entry is None or entry.values is None:
            intent = self._intend(node)
            if intent is None:
                return
            self._ledger.intents[node.id] = replace(intent, reason=EVICTED)
        if entry is None:
            self._run.not_found(node.id)
        else:
            self._found(node, entry)

    def _intend(self, node: CheckedNode) -> Intent | None:
        """What would make a node's result; None if it failed, or the job was cancelled."""
        try:
            return self._recipes.intent(node, self._ledger.sources(node))
        except Cancelled:
            self._notes.cancelled_in = node.id
        except GraphError as error:
            self._failed(node, error)
        return None

    def _found(self, node: CheckedNode, entry: Entry) -> None:
        self._ledger.enter(node, entry)
        self._run.found(node.id, with_values=entry.values is not None, stored=entry.stored)

    def _ask_for(self, node: CheckedNode, names: tuple[str, ...]) -> None:
        self._ledger.ask_for(node, names)
        self._run.asks(node.id, names)

    def _fetch(self, node: CheckedNode) -> None:
        entry, key = self._ledger.made[node.id], self._ledger.keys[node.id]
        self._lanes.add(
            Lane.CPU,
            self._foresight.priority(node),
            lambda: Fetched(node, entry, self._engine.tiers.fetch(key, entry)),
        )

    def _start(self, node: CheckedNode) -> None:
        intent = self._ledger.intents[node.id]
        if intent.pure:
            if intent.key in self._waiting:
                self._waiting[intent.key].append(node.id)
                return
            if self._made_meanwhile(node, intent):
                return
            self._waiting[intent.key] = []
        self._engine.prepare(node.definition)
        task = Task(
            node,
            intent,
            self._ledger.linked(node),
            self._ledger.unasked(node),
            self._around.hidden(node),
            self._around.context(node, intent.key),
            debug=self._options.debug,
        )
        if _is_coroutine_function(node.definition.function):
            self._lanes.spawn(self._worker.work_async(task))
        else:
            priority = self._foresight.priority(node)
            self._lanes.add(node.definition.lane, priority, lambda: self._worker.work(task))

    def _made_meanwhile(self, node: CheckedNode, intent: Intent) -> bool:
        """Whether another node of the same recipe has run since this one was looked up."""
        entry = self._engine.cache.get(intent.key)
        if entry is None or entry.values is None or entry.asks or not entry.files_unchanged:
            return False
        self._engine.remember(node.id, intent.recipe)
        self._ledger.enter(node, entry)
        self._notes.cached(node, entry)
        self._run.done(node.id)
        return True

    def _settle(self, outcome: object) -> None:
        """Take in what came of something that was under way."""
        match outcome:
            case Fetched(node, entry, values):
                self._fetched(node, entry, values)
            case Made():
                self._settle_made(outcome)
            case Asked(task, names):
                if task.intent.pure:
                    self._notes.keep_question(task, names)
                self._ask_for(task.node, names)
                self._free(task)
            case Expanded(task):
                self._expand(task.node, outcome)
            case Raised(task, error):
                self._settle_raised(task, error)

    def _fetched(self, node: CheckedNode, entry: Entry, values: tuple[object, ...] | None) -> None:
        if values is None:
            self._run.lost(node.id)
            return
        self._ledger.enter(node, entry.with_values(values))
        self._notes.cached(node, entry)
        self._run.fetched(node.id)

    def _settle_made(self, made: Made) -> None:
        node = made.task.node
        self._ledger.enter(node, made.entry)
        self._ledger.keys[node.id] = made.intent.key
        self._notes.made(made)
        self._around.end_journal(made.task.intent.key)
        self._run.done(node.id)
        self._free(made.task)

    def _free(self, task: Task) -> None:
        """Let those go on that waited because a node was at work on what they want."""
        for key in self._waiting.pop(task.intent.key, ()) if task.intent.pure else ():
            self._start(self._nodes[key])

    def _settle_raised(self, task: Task, error: BaseException) -> None:
        # A node whose own task was cancelled by its own code has failed like any other.
        was_cancelled = isinstance(error, asyncio.CancelledError) and self._cancel.cancelled
        if was_cancelled or isinstance(error, Cancelled):
            self._notes.cancelled_in = task.node.id
            self._around.leave_journal(task.intent.key)
            self._cancel.cancel()
            self._run.stop(task.node.id)
            return
        self._around.end_journal(task.intent.key)
        self._failed(task.node, error, task.linked)
        self._free(task)

    def _failed(
        self,
        node: CheckedNode,
        error: BaseException,
        linked: Mapping[str, object] | None = None,
    ) -> None:
        self._failures[node.id] = self._notes.failed(node, error, linked)
        self._run.fail(node.id)

    def _expand(self, node: CheckedNode, outcome: Expanded) -> None:
        try:
            added = self._expansions.expand(outcome)
        except GraphError as error:
            self._settle_raised(outcome.task, error)
            return
        self._run.expand(node.id, added.sources, added.lazy, added.results, added.outputs)

    def _collect(self, node: CheckedNode) -> None:
        outcome = self._expansions.outcome(node)
        try:
            within = self._notes.within(node)
            made = self._expansions.collect(outcome, self._ledger.made, self._worker, within)
        except (GraphError, OSError) as error:
            self._settle_raised(outcome.task, error)
        else:
            self._settle_made(made)

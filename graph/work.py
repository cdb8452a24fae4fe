"""One node at work, in whichever thread: ask it what it needs, call it, and keep what it made.

Nothing here touches what the job's own thread decides with: what came of the work is handed back.
"""

from __future__ import annotations

import hashlib
import inspect
import secrets
import time
from dataclasses import replace
from threading import current_thread, main_thread
from types import MappingProxyType
from typing import TYPE_CHECKING

from graph import events
from graph.cache import Entry
from graph.calls import awaited, call, call_async, merge, prepare, read, sentence
from graph.context import current
from graph.errors import Cancelled, DefinitionError
from graph.files import FileStamp
from graph.keys import output_identity
from graph.outcomes import Asked, Expanded, Made, Raised
from graph.result import Blocked, Expansion, Items, NodeOutput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.calls import Calls
    from graph.checked import CheckedNode
    from graph.executor import Engine
    from graph.notes import Within
    from graph.outcomes import Outcome, Task
    from graph.telling import NodeTeller


class Worker:
    """Does one job's tasks.

    Args:
        engine: Keeps results.
        tell: Tells events of a node.
    """

    def __init__(self, engine: Engine, tell: NodeTeller) -> None:
        self._engine = engine
        self._tell = tell

    def work(self, task: Task) -> Outcome:
        """Do a task in this thread; a node that has no memory left gets a second chance."""
        try:
            try:
                return self._attempt(task)
            except Exception as error:
                if not self._engine.out_of_memory(error):
                    raise
                text = f"memory ran out ({sentence(error)}); trying once more with less"
            # The first error, and all that it holds on to, is gone by now.
            self._tell(task.node, events.NodeWarning, text=text)
            self._engine.make_room()
            thrifty = replace(task.context, thrifty=task.node.definition.thrifty)
            return self._attempt(replace(task, context=thrifty))
        except Cancelled as error:
            return Raised(task, error)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and current_thread() is main_thread():
                raise  # somebody pressed Ctrl+C, and no node knows better
            return Raised(task, error)

    async def work_async(self, task: Task) -> Outcome:
        """Do the task of a coroutine function on the event loop."""
        token = current.set(task.context)
        try:
            answers = [
                await answer if inspect.isawaitable(answer) else answer
                for answer in self._ask(task)
            ]
            if names := _wanted(task, answers):
                return Asked(task, names)
            calls, began = self._begin(task)
            function = task.node.definition.function
            results = await call_async(function, task.node, task.context, calls)
            return self._end(task, calls, results, began)
        except BaseException as error:  # noqa: BLE001 - to be cancelled is an exception, too
            return Raised(task, error)
        finally:
            current.reset(token)

    def _attempt(self, task: Task) -> Outcome:
        token = current.set(task.context)
        try:
            wait_for = self._engine.workers.wait_for
            answers = [
                wait_for(awaited(answer)) if inspect.isawaitable(answer) else answer
                for answer in self._ask(task)
            ]
            if names := _wanted(task, answers):
                return Asked(task, names)
            calls, began = self._begin(task)
            results = call(task.node.definition.function, task.node, task.context, calls)
            return self._end(task, calls, results, began)
        finally:
            current.reset(token)

    def _ask(self, task: Task) -> list[object]:
        """What the node answers when it is asked which lazy inputs it needs."""
        ask = task.node.definition.ask
        if ask is None or not task.unasked:
            return []
        linked = {**dict.fromkeys(task.unasked), **task.linked}
        return call(ask, task.node, task.context, prepare(task.node, linked, task.hidden))

    def _begin(self, task: Task) -> tuple[Calls, float]:
        linked = task.linked
        if task.unasked:
            linked = {**dict.fromkeys(task.unasked), **linked}
        calls = prepare(task.node, linked, task.hidden)
        self._tell(task.node, events.NodeStarted, reason=task.intent.reason)
        for message in calls.messages:
            self._tell(task.node, events.NodeBlocked, message=message)
        return calls, time.perf_counter()

    def _end(self, task: Task, calls: Calls, results: Sequence[object], began: float) -> Outcome:
        definition = task.node.definition
        if task.debug:
            self._look_for_changes(task)
        parts = read(results, definition)
        if any(isinstance(part, Expansion) for part in parts):
            return Expanded(task, parts, calls.mapped, began)
        plain = [part for part in parts if isinstance(part, NodeOutput)]
        output = merge(plain, definition, mapped=calls.mapped)
        # A message has to come again the next time, so what it stands in for is not kept.
        return self.keep(task, output, time.perf_counter() - began, lasting=not calls.messages)

    def keep(
        self,
        task: Task,
        output: NodeOutput,
        seconds: float,
        *,
        lasting: bool = True,
        within: Within | None = None,
        known: Mapping[int, bytes] = MappingProxyType({}),
    ) -> Made:
        """Identify what a node made, and keep it for later runs.

        Args:
            task: What was to be done.
            output: What came of it.
            seconds: How long it took.
            lasting: Whether later runs may have it.
            within: What nodes did that stood for it; if these may do something else the next
                time, they have to be asked again.
            known: Identities of outputs, as far as they are known.

        Raises:
            DefinitionError: It is not what the node's class declares.
            MissingFileError: A file that the node read cannot be read any more.
        """
        self._check(task.node, output)
        intent = task.intent.settled()
        reads = [*dict.fromkeys(task.context.read)]
        steady = intent.pure
        if within is not None:
            reads += within.reads
            steady = steady and within.steady
        origin = _origin(intent.key, reads) if steady else secrets.token_bytes(32)
        identities = tuple(
            known.get(slot) or self._engine.identity(value) or output_identity(origin, slot)
            for slot, value in enumerate(output.values)
        )
        stamps = [FileStamp.of(path) for path in output.files]
        inner = within.inner if within else ()
        stamps += [stamp for part in inner for stamp in part.files]
        entry = Entry(
            identities,
            output.values,
            output.ui,
            tuple(stamps),
            seconds,
            inner=tuple(inner),
            reads=tuple(reads),
        )
        if steady and lasting:
            self._engine.tiers.put(intent.key, entry)
        return Made(task, intent, entry, output, seconds)

    def _check(self, node: CheckedNode, output: NodeOutput) -> None:
        is_foreign = node.definition.declared is not None
        for spec, value in zip(node.definition.outputs, output.values, strict=True):
            for item in value if isinstance(value, Items) else (value,):
                # Classes of ComfyUI's kind give nothing for a mask that there is none of.
                if isinstance(item, Blocked) or (is_foreign and item is None):
                    continue
                fault = self._engine.fault(spec.type, item)
                if fault:
                    raise DefinitionError(f"its output '{spec.name}' is no {spec.type}: {fault}")

    def _look_for_changes(self, task: Task) -> None:
        """Tell of inputs that are not what they were: whoever reads them next gets them changed."""
        for name, before in task.intent.recipe.sources.items():
            if name not in task.linked:
                continue
            now = self._engine.identity(task.linked[name])
            if now is not None and now != before:
                text = (
                    f"its code changed the value of its input '{name}', which others read as well"
                )
                self._tell(task.node, events.NodeWarning, text=text)
                self._engine.cache.forget_values(before)


def _origin(key: bytes, reads: Sequence[FileStamp]) -> bytes:
    """What tells what a node made from what it makes another time, unless its content does.

    That is its key, and the files that the key says nothing of; random where nothing tells.
    """
    return hashlib.sha256(key + repr(reads).encode()).digest() if reads else key


def _wanted(task: Task, answers: Sequence[object]) -> tuple[str, ...]:
    """The lazy inputs that a node asks for, of those that it has not got."""
    found: dict[str, None] = {}
    for answer in answers:
        if isinstance(answer, list | tuple | set | frozenset):
            found |= dict.fromkeys(name for name in answer if name in task.unasked)
    return tuple(found)

"""One run of a plan: looks nodes up, calls them, and tells what happens.

In which order, the state machine in `run` decides; this is its sequential driver.
"""

from __future__ import annotations

import secrets
import time
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from graph import events
from graph.cache import Entry
from graph.calls import call, sentence
from graph.context import NodeContext
from graph.errors import Cancelled, MissingFileError, NodeFailed
from graph.files import FileStamp
from graph.formats.api import to_api
from graph.keys import Recipe, output_identity
from graph.reasons import explain
from graph.report import NodeReport
from graph.run import Fetch, LookUp, Release, Run, Skip, Start
from graph.sockets import Hidden
from graph.telling import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.checked import CheckedNode
    from graph.executor import Engine, Options
    from graph.plan import Plan
    from graph.report import RunResult
    from graph.result import NodeOutput
    from graph.telling import Teller
    from graph.workflow import Workflow


@dataclass(frozen=True, slots=True)
class _Intent:
    """What would make a node's result if it runs, and why it would."""

    recipe: Recipe
    key: bytes
    reason: str


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
        self._workflow = workflow
        self._plan = plan
        self._options = options
        self._tell = teller.tell
        self._result = result
        # What is known of nodes that some reader may still ask for; what made those that may run.
        self._made: dict[str, Entry] = {}
        self._intents: dict[str, _Intent] = {}
        self._prompt: Mapping[str, object] | None = None

    def run(self) -> None:
        """Drive the state machine until nothing is left to do.

        Raises:
            NodeFailed: A node raised.
            Cancelled: The job was cancelled.
        """
        started = time.perf_counter()
        self._tell(events.JobStarted, nodes=tuple(self._plan.nodes))
        nodes, run = self._plan.nodes, Run(self._plan)
        for action in run.actions():
            match action:
                case LookUp(key):
                    self._look_up(run, nodes[key])
                case Fetch(key):
                    self._fetch(run, nodes[key])
                case Start(key):
                    self._start(run, nodes[key])
                case Release(key):
                    del self._made[key]
                case Skip(key):
                    self._report_cached(nodes[key], self._made.pop(key))
        self._result.values = {key: self._values(key) for key in nodes if key in self._plan.kept}
        self._result.seconds = time.perf_counter() - started
        self._tell(events.JobFinished, seconds=self._result.seconds)

    def _look_up(self, run: Run, node: CheckedNode) -> None:
        if self._options.cancel.cancelled:
            self._cancelled(None)
        recipe = self._recipe(node)
        key = recipe.key()
        entry = self._engine.tiers.get(key) if node.definition.pure else None
        files_gone = entry is not None and not entry.files_unchanged
        if entry is None or files_gone or entry.values is None:
            reason = explain(
                self._engine.recipes.get(node.id),
                recipe,
                links=node.links,
                pure=node.definition.pure,
                files_gone=files_gone,
                known=entry is not None,
            )
            self._intents[node.id] = _Intent(recipe, key, reason)
        if entry is None or files_gone:
            run.not_found(node.id)
            return
        self._engine.recipes[node.id] = recipe
        self._made[node.id] = entry
        if entry.values is not None:
            self._report_cached(node, entry)
        run.found(node.id, with_values=entry.values is not None, stored=entry.stored)

    def _fetch(self, run: Run, node: CheckedNode) -> None:
        if self._options.cancel.cancelled:
            self._cancelled(None)
        entry = self._made[node.id]
        values = self._engine.tiers.fetch(self._intents[node.id].key, entry)
        if values is None:
            run.lost(node.id)
            return
        self._made[node.id] = replace(entry, values=values)
        self._report_cached(node, entry)
        run.fetched(node.id)

    def _report_cached(self, node: CheckedNode, entry: Entry) -> None:
        name = node.definition.name
        files = tuple(stamp.path for stamp in entry.files)
        self._result.nodes[node.id] = NodeReport(
            node.id, name, node.title, cached=True, ui=entry.ui, files=files
        )
        self._tell(
            events.NodeCached, node_id=node.id, class_type=name, display_node=node.id, ui=entry.ui
        )

    def _recipe(self, node: CheckedNode) -> Recipe:
        definition = node.definition
        salt: tuple[str, ...] = ()
        if definition.hidden and Hidden.UNIQUE_ID in definition.hidden.values():
            salt = (node.id,)
        if definition.output_node:
            folders = self._engine.folders
            salt = (*salt, str(folders.output), str(folders.temp))
        sources = {
            name: self._made[link.node].identities[link.slot] for name, link in node.links.items()
        }
        files = self._file_hashes(node) if node.paths else {}
        return Recipe(definition.name, definition.version, node.constants, sources, files, salt)

    def _file_hashes(self, node: CheckedNode) -> dict[str, bytes]:
        """The content of the files that a node names; reading gigabytes can be cancelled."""

        def check(_done: int, _total: int) -> None:
            self._options.cancel.check()

        try:
            return {
                name: self._engine.files.content_hash(path, on_bytes=check)
                for name, path in node.paths.items()
            }
        except Cancelled:
            self._cancelled(node.id)
        except MissingFileError as error:
            raise self._failure(node, error) from error

    def _start(self, run: Run, node: CheckedNode) -> None:
        if self._options.cancel.cancelled:
            self._cancelled(None)
        if node.definition.pure and self._made_meanwhile(node):
            run.done(node.id)
            return
        about = {
            "node_id": node.id,
            "class_type": node.definition.name,
            "display_node": node.id,
        }
        self._tell(events.NodeStarted, **about, reason=self._intents[node.id].reason)
        started = time.perf_counter()
        output = self._call(node)
        seconds = time.perf_counter() - started
        self._keep(node, output, seconds)
        self._tell(events.NodeFinished, **about, seconds=seconds, ui=output.ui)
        run.done(node.id)

    def _made_meanwhile(self, node: CheckedNode) -> bool:
        """Whether another node of the same recipe has run since this one was looked up."""
        entry = self._engine.cache.get(self._intents[node.id].key)
        if entry is None or entry.values is None or not entry.files_unchanged:
            return False
        self._engine.recipes[node.id] = self._intents.pop(node.id).recipe
        self._made[node.id] = entry
        self._report_cached(node, entry)
        return True

    def _call(self, node: CheckedNode) -> NodeOutput:
        linked = {name: self._values(link.node)[link.slot] for name, link in node.links.items()}
        try:
            return call(node, self._context(node), linked, self._hidden(node))
        except Cancelled:
            self._cancelled(node.id)
        except Exception as error:
            raise self._failure(node, error) from error

    def _cancelled(self, node_id: str | None) -> NoReturn:
        self._tell(events.JobCancelled, node_id=node_id)
        raise Cancelled

    def _failure(self, node: CheckedNode, error: Exception) -> NodeFailed:
        name = node.definition.name
        failure = NodeFailed(node.id, name, node.title, sentence(error))
        self._tell(
            events.NodeErred,
            node_id=node.id,
            class_type=name,
            display_node=node.id,
            sentence=str(failure),
            traceback="".join(traceback.format_exception(error)),
        )
        return failure

    def _keep(self, node: CheckedNode, output: NodeOutput, seconds: float) -> None:
        """Remember what a node made: for its readers, for later runs and for the report."""
        intent = self._intents.pop(node.id)
        pure = node.definition.pure
        # What an impure node makes is another thing each time unless its content says otherwise.
        origin = intent.key if pure else secrets.token_bytes(32)
        identities = tuple(
            self._engine.hasher(value) or output_identity(origin, slot)
            for slot, value in enumerate(output.values)
        )
        stamps = tuple(FileStamp.of(path) for path in output.files)
        entry = Entry(identities, output.values, output.ui, stamps, seconds)
        self._made[node.id] = entry
        if pure:
            self._engine.tiers.put(intent.key, entry)
        self._engine.recipes[node.id] = intent.recipe
        self._result.nodes[node.id] = NodeReport(
            node.id,
            node.definition.name,
            node.title,
            cached=False,
            reason=intent.reason,
            seconds=seconds,
            ui=output.ui,
            files=output.files,
        )

    def _values(self, key: str) -> tuple[object, ...]:
        values = self._made[key].values
        if values is None:
            raise AssertionError(f"the values of node {key} are asked for and gone")
        return values

    def _context(self, node: CheckedNode) -> NodeContext:
        about = {
            "node_id": node.id,
            "class_type": node.definition.name,
            "display_node": node.id,
        }
        pace = Pace()

        def progress(value: int, total: int, preview: object | None) -> None:
            self._tell(
                events.NodeProgress,
                **about,
                value=value,
                total=total,
                seconds_per_step=pace.at(value),
                preview=preview,
            )

        return NodeContext(
            node.id,
            self._engine.folders,
            self._engine.device,
            self._engine.outside,
            self._engine.services,
            on_progress=progress,
            on_warning=lambda text: self._tell(events.NodeWarning, **about, text=text),
            raise_if_cancelled=self._options.cancel.check,
        )

    def _hidden(self, node: CheckedNode) -> Mapping[Hidden, object]:
        if not node.definition.hidden:
            return {}
        if self._prompt is None:
            self._prompt = to_api(self._workflow)
        return {
            Hidden.PROMPT: self._prompt,
            Hidden.DYNPROMPT: self._prompt,
            Hidden.EXTRA_PNGINFO: self._options.extra_pnginfo,
            Hidden.UNIQUE_ID: node.id,
        }

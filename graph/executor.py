"""Run workflows: a sequential driver of the state machine, with a cache that outlives the runs.

The driver looks things up, calls nodes and tells what happens; in which order, `run` decides.
Everything that needs to know about tensors is handed in.
"""

from __future__ import annotations

import time
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from graph import events
from graph.cache import Entry, MemoryCache
from graph.calls import call, sentence
from graph.cancel import CancelToken
from graph.context import NodeContext
from graph.errors import Cancelled, NodeFailed
from graph.files import FileIndex, FileStamp
from graph.formats.api import to_api
from graph.keys import Recipe, output_identity
from graph.plan import Plan, make_plan
from graph.problems import InvalidWorkflowError
from graph.reasons import explain
from graph.report import NodeReport, RunResult
from graph.run import LookUp, Release, Run, Start
from graph.sockets import Hidden
from graph.validate import validate

if TYPE_CHECKING:
    from graph.checked import Checked, CheckedNode
    from graph.events import Event, OnEvent
    from graph.folders import Folders
    from graph.registry import Registry
    from graph.result import NodeOutput
    from graph.workflow import Link, Workflow

Hasher: TypeAlias = Callable[[object], bytes | None]
"""Answers the hash of a value's content, or None where it has none."""


def _contentless(_value: object) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may be told besides the workflow.

    Attributes:
        targets: Ids of the nodes to run; all output nodes by default.
        allow_broken: Run the sound outputs of a workflow that also has broken ones.
        extra_pnginfo: What pictures carry besides the prompt: `{"workflow": …}`.
        cancel: Whoever has it can stop the run.
        job: The job's id in events; made up by default.
    """

    targets: Sequence[str] | None = None
    allow_broken: bool = False
    extra_pnginfo: Mapping[str, object] | None = None
    cancel: CancelToken = field(default_factory=CancelToken)
    job: str = field(default_factory=lambda: str(uuid.uuid4()))


class Engine:
    """Runs workflows one after the other and remembers what they made.

    Args:
        registry: The nodes there are.
        folders: Where the user's files are.
        cache: Where results are kept.
        files: Knows the content of files.
        hasher: Knows the content of values.
        device: Where models go.
        services: What nodes may ask for by name.
        outside: Whether input files may be anywhere on this machine.
    """

    def __init__(
        self,
        registry: Registry,
        folders: Folders,
        *,
        cache: MemoryCache | None = None,
        files: FileIndex | None = None,
        hasher: Hasher = _contentless,
        device: str = "cpu",
        services: Mapping[str, object] | None = None,
        outside: bool = False,
    ) -> None:
        self.registry = registry
        self.folders = folders
        self.cache = cache or MemoryCache(2**30)
        self.files = files or FileIndex()
        self.hasher = hasher
        self.device = device
        self.services = services or {}
        self.outside = outside
        # The last recipe of each node, for saying what changed.
        self.recipes: dict[str, Recipe] = {}

    def check(self, workflow: Workflow, targets: Sequence[str] | None = None) -> Checked:
        """Check a workflow without running it."""
        return validate(
            workflow, self.registry, self.folders, targets=targets, outside=self.outside
        )

    def run(
        self,
        workflow: Workflow,
        *,
        on_event: OnEvent | None = None,
        options: Options | None = None,
    ) -> RunResult:
        """Run a workflow to its end.

        Raises:
            InvalidWorkflowError: It cannot run; the error has every problem.
            NodeFailed: A node raised.
            Cancelled: The job was cancelled.
        """
        options = options or Options()
        checked = self.check(workflow, options.targets)
        if checked.problems and not (options.allow_broken and checked.outputs):
            raise InvalidWorkflowError(checked.problems)
        plan = make_plan(checked.nodes, checked.outputs)
        result = RunResult(problems=checked.problems, warnings=checked.warnings)
        _Job(self, workflow, plan, options, on_event, result).run()
        return result


class _Job:
    """One run: what is at hand, and who is told."""

    def __init__(
        self,
        engine: Engine,
        workflow: Workflow,
        plan: Plan,
        options: Options,
        on_event: OnEvent | None,
        result: RunResult,
    ) -> None:
        self._engine = engine
        self._workflow = workflow
        self._plan = plan
        self._options = options
        self._on_event = on_event
        self._result = result
        self._number = 0
        self._identities: dict[str, tuple[bytes, ...]] = {}
        self._values: dict[str, tuple[object, ...]] = {}
        self._keys: dict[str, bytes] = {}
        self._reasons: dict[str, str] = {}
        self._prompt: Mapping[str, object] | None = None

    def run(self) -> None:
        """Drive the state machine until nothing is left to do."""
        started = time.perf_counter()
        self._tell(events.JobStarted, nodes=tuple(self._plan.nodes))
        run = Run(self._plan)
        for action in run.actions():
            match action:
                case LookUp(key):
                    self._look_up(run, self._plan.nodes[key])
                case Release(key):
                    self._values.pop(key, None)
                case Start(key):
                    self._start(run, self._plan.nodes[key])
        self._result.values = {key: self._values[key] for key in self._plan.targets}
        self._result.seconds = time.perf_counter() - started
        self._tell(events.JobFinished, seconds=self._result.seconds)

    def _look_up(self, run: Run, node: CheckedNode) -> None:
        self._check_cancelled(None)
        recipe = self._recipe(node)
        key = self._keys[node.id] = recipe.key()
        entry = self._engine.cache.get(key)
        files_gone = entry is not None and not entry.files_unchanged
        usable = entry if node.definition.pure and not files_gone else None
        first = node.id not in self._identities
        if usable is None or usable.values is None:
            before = self._engine.recipes.get(node.id)
            self._reasons[node.id] = explain(
                before,
                recipe,
                links=node.links,
                pure=node.definition.pure,
                files_gone=files_gone,
            )
        self._engine.recipes[node.id] = recipe
        if usable is None:
            run.not_found(node.id)
            return
        self._identities[node.id] = usable.identities
        if usable.values is not None:
            self._values[node.id] = usable.values
        run.found(node.id, with_values=usable.values is not None)
        if first:
            self._report_cached(node, usable)

    def _report_cached(self, node: CheckedNode, entry: Entry) -> None:
        name = node.definition.name
        files = tuple(stamp.path for stamp in entry.files)
        self._result.nodes[node.id] = NodeReport(
            node.id, name, node.title, cached=True, ui=entry.ui, files=files
        )
        self._tell(events.NodeCached, node_id=node.id, class_type=name, ui=entry.ui)

    def _recipe(self, node: CheckedNode) -> Recipe:
        definition = node.definition
        salt: tuple[str, ...] = ()
        if definition.hidden and Hidden.UNIQUE_ID in definition.hidden.values():
            salt = (node.id,)
        if definition.output_node:
            folders = self._engine.folders
            salt = (*salt, str(folders.output), str(folders.temp))
        return Recipe(
            definition.name,
            definition.version,
            node.constants,
            {name: self._identity(link) for name, link in node.links.items()},
            {name: self._engine.files.content_hash(path) for name, path in node.paths.items()},
            salt,
        )

    def _identity(self, link: Link) -> bytes:
        return self._identities[link.node][link.slot]

    def _start(self, run: Run, node: CheckedNode) -> None:
        self._check_cancelled(None)
        about = {"node_id": node.id, "class_type": node.definition.name}
        self._tell(events.NodeStarted, **about, reason=self._reasons[node.id])
        started = time.perf_counter()
        output = self._call(node)
        seconds = time.perf_counter() - started
        self._keep(node, output, seconds)
        self._tell(events.NodeFinished, **about, seconds=seconds, ui=output.ui)
        run.done(node.id)

    def _call(self, node: CheckedNode) -> NodeOutput:
        linked = {name: self._values[link.node][link.slot] for name, link in node.links.items()}
        name = node.definition.name
        try:
            return call(node, self._context(node), linked, self._hidden(node))
        except Cancelled:
            self._tell(events.JobCancelled, node_id=node.id)
            raise
        except Exception as error:
            failure = NodeFailed(node.id, name, node.title, sentence(error))
            self._tell(
                events.NodeErred,
                node_id=node.id,
                class_type=name,
                sentence=str(failure),
                traceback=traceback.format_exc(),
            )
            raise failure from error

    def _keep(self, node: CheckedNode, output: NodeOutput, seconds: float) -> None:
        """Remember what a node made: for its readers, for later runs and for the report."""
        key = self._keys[node.id]
        identities = tuple(
            self._engine.hasher(value) or output_identity(key, slot)
            for slot, value in enumerate(output.values)
        )
        self._identities[node.id] = identities
        self._values[node.id] = output.values
        stamps = tuple(FileStamp.of(path) for path in output.files)
        self._engine.cache.put(key, Entry(identities, output.values, output.ui, stamps, seconds))
        self._result.nodes[node.id] = NodeReport(
            node.id,
            node.definition.name,
            node.title,
            cached=False,
            reason=self._reasons[node.id],
            seconds=seconds,
            ui=output.ui,
            files=output.files,
        )

    def _context(self, node: CheckedNode) -> NodeContext:
        about = {"node_id": node.id, "class_type": node.definition.name}
        pace = _Pace()

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

    def _check_cancelled(self, node_id: str | None) -> None:
        if self._options.cancel.cancelled:
            self._tell(events.JobCancelled, node_id=node_id)
            raise Cancelled

    def _tell(self, event: type[Event], **facts: Any) -> None:  # noqa: ANN401 - each its own facts
        if self._on_event is not None:
            number, self._number = self._number, self._number + 1
            self._on_event(event(job=self._options.job, number=number, time=time.time(), **facts))


class _Pace:
    """Seconds per step, lately: an average in which each step counts half as much as the next."""

    def __init__(self) -> None:
        self._value = 0
        self._time = time.perf_counter()
        self._seconds: float | None = None

    def at(self, value: int) -> float | None:
        """Return the pace when so many steps are done; None before the first."""
        now = time.perf_counter()
        steps = value - self._value
        if steps > 0:
            lately = (now - self._time) / steps
            self._seconds = lately if self._seconds is None else (self._seconds + lately) / 2
            self._value, self._time = value, now
        return self._seconds

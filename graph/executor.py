"""Run workflows, with a cache that outlives the runs.

Everything that needs to know about tensors is handed in.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from graph.cache import MemoryCache
from graph.cancel import CancelToken
from graph.files import FileIndex
from graph.job import Job
from graph.keys import canonical
from graph.lanes import Workers
from graph.layouts import Layouts
from graph.report import RunResult
from graph.result import Blocked, Items
from graph.telling import Teller
from graph.tiers import Tiers

if TYPE_CHECKING:
    from graph.checked import Checked
    from graph.definition import NodeDefinition
    from graph.disk_cache import DiskCache
    from graph.events import OnEvent
    from graph.folders import Folders
    from graph.journal import Journals
    from graph.keys import Recipe
    from graph.registry import Registry
    from graph.remembered import Remembered
    from graph.workflow import Workflow

Hasher: TypeAlias = Callable[[object], bytes | None]
"""Answers the hash of a value's content, or None where it has none."""


_MOST_REMEMBERED = 100_000


def _contentless(_value: object) -> bytes | None:
    return None


def _is_memory_error(error: BaseException) -> bool:
    return isinstance(error, MemoryError)


def _nothing_to_let_go() -> None:
    """Stands where nothing but the cache can be let go."""


def _unprepared(_definition: NodeDefinition) -> None:
    """Stands where there is nothing to prepare."""


def _faultless(_type: str, _value: object) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may be told besides the workflow.

    Attributes:
        targets: Ids of nodes to run and whose values to return; all output nodes, without
            their values, by default.
        allow_broken: Run the sound outputs of a workflow that also has broken ones.
        extra_pnginfo: What pictures carry besides the prompt: `{"workflow": …}`.
        cancel: Whoever has it can stop the run.
        job: The job's id in events; made up by default.
        keep: Whether the values of targets are returned.
        debug: Whether to look out for nodes that change what they are given.
    """

    targets: Sequence[str] | None = None
    allow_broken: bool = False
    extra_pnginfo: Mapping[str, object] | None = None
    cancel: CancelToken = field(default_factory=CancelToken)
    job: str = field(default_factory=lambda: str(uuid.uuid4()))
    keep: bool = True
    debug: bool = False


class Engine:
    """Runs workflows and remembers what they made.

    Args:
        registry: The nodes there are.
        folders: Where the user's files are.
        cache: Where results are kept.
        disk: Where they are kept when the process ends; by default they are not.
        remembered: What earlier processes made results of, for saying what changed.
        files: Knows the content of files.
        hasher: Knows the content of values.
        device: Where models go.
        services: What nodes may ask for by name.
        outside: Whether input files may be anywhere on this machine.
        journals: Where nodes write down how far they are; by default they do not.
        out_of_memory: Whether an error says that memory ran out.
        make_room: Lets go of what can be had again when memory ran out: models on the device.
        fault: Says what is wrong with an output's value, given its type; None if nothing is.
        prepare: Told of each node before it runs, in one thread; imports what it will.
        threads: How many nodes run at a time that keep no accelerator busy.
    """

    def __init__(
        self,
        registry: Registry,
        folders: Folders,
        *,
        cache: MemoryCache | None = None,
        disk: DiskCache | None = None,
        remembered: Remembered | None = None,
        files: FileIndex | None = None,
        hasher: Hasher = _contentless,
        device: str = "cpu",
        services: Mapping[str, object] | None = None,
        outside: bool = False,
        journals: Journals | None = None,
        out_of_memory: Callable[[BaseException], bool] = _is_memory_error,
        make_room: Callable[[], None] = _nothing_to_let_go,
        fault: Callable[[str, object], str | None] = _faultless,
        prepare: Callable[[NodeDefinition], None] = _unprepared,
        threads: int | None = None,
    ) -> None:
        self.registry = registry
        self.folders = folders
        self.cache = MemoryCache(2**30) if cache is None else cache
        self.tiers = Tiers(self.cache, disk)
        self.files = FileIndex() if files is None else files
        self.hasher = hasher
        self.device = device
        self.services = services or {}
        self.outside = outside
        self.journals = journals
        self.out_of_memory = out_of_memory
        self.fault = fault
        self.prepare = prepare
        self.workers = Workers(threads)
        # What each node last made something of, for saying what changed.
        self.recipes: dict[str, Recipe] = {}
        self._remembered = remembered
        # Looks of large files that some node was not kept waiting for; only once for each.
        self.seen: set[bytes] = set()
        # Seconds that nodes took lately, by class.
        self.typical: dict[str, float] = {}
        self._make_room = make_room
        self._layouts = Layouts(registry, folders, outside=outside)

    def check(self, workflow: Workflow, targets: Sequence[str] | None = None) -> Checked:
        """Check a workflow without running it."""
        return self._layouts.check(workflow, targets)

    def read(self, prompt: object) -> Workflow:
        """Turn a prompt in API format into a workflow.

        Raises:
            FormatError: It is malformed.
        """
        return self._layouts.read(prompt)

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
        layout = self._layouts.lay_out(
            workflow, options.targets, broken=options.allow_broken, keep=options.keep
        )
        checked = layout.checked
        result = RunResult(problems=checked.problems, warnings=checked.warnings)
        teller = Teller(options.job, on_event)
        try:
            Job(self, workflow, layout.plan, options, teller, result).run()
        finally:
            self.tiers.flush()
            if self._remembered is not None:
                self._remembered.save_now_and_then(self.recipes)
        return result

    def identity(self, value: object) -> bytes | None:
        """Return the hash of a value's content, of several items too; None where it has none."""
        if isinstance(value, Blocked):
            return hashlib.sha256(b"blocked" + canonical(value.message)).digest()
        if not isinstance(value, Items):
            return self.hasher(value)
        digest = hashlib.sha256(b"items")
        for item in value:
            known = self.identity(item)
            if known is None:
                return None
            digest.update(known)
        return digest.digest()

    def remember(self, node_id: str, recipe: Recipe) -> None:
        """Note what a node made something of, in place of what it did before."""
        self.recipes[node_id] = recipe
        if len(self.recipes) > _MOST_REMEMBERED:
            del self.recipes[next(iter(self.recipes))]

    def last_recipe(self, node_id: str) -> Recipe | None:
        """Return what a node last made something of, in this process or an earlier one."""
        recipe = self.recipes.get(node_id)
        if recipe is None and self._remembered is not None:
            return self._remembered.get(node_id)
        return recipe

    def learn(self, class_type: str, seconds: float) -> None:
        """Note how long a node of a class took."""
        before = self.typical.get(class_type, seconds)
        self.typical[class_type] = (before + seconds) / 2

    def make_room(self) -> None:
        """Let go of all that can be had again."""
        self.cache.drop_values()
        self._make_room()

    def close(self) -> None:
        """Let go of threads and files. A run after that takes them up again."""
        self.workers.close()
        self.tiers.close()
        if self._remembered is not None:
            self._remembered.save(self.recipes)
        if self.journals:
            self.journals.close()

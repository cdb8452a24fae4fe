"""Run workflows, with a cache that outlives the runs.

Everything that needs to know about tensors is handed in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from graph.cache import MemoryCache
from graph.cancel import CancelToken
from graph.files import FileIndex
from graph.job import Job
from graph.plan import make_plan
from graph.problems import InvalidWorkflowError
from graph.report import RunResult
from graph.telling import Teller
from graph.tiers import Tiers
from graph.validate import validate

if TYPE_CHECKING:
    from graph.checked import Checked
    from graph.disk_cache import DiskCache
    from graph.events import OnEvent
    from graph.folders import Folders
    from graph.keys import Recipe
    from graph.registry import Registry
    from graph.workflow import Workflow

Hasher: TypeAlias = Callable[[object], bytes | None]
"""Answers the hash of a value's content, or None where it has none."""


def _contentless(_value: object) -> bytes | None:
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
        disk: Where they are kept when the process ends; by default they are not.
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
        disk: DiskCache | None = None,
        files: FileIndex | None = None,
        hasher: Hasher = _contentless,
        device: str = "cpu",
        services: Mapping[str, object] | None = None,
        outside: bool = False,
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
        # What each node last made something of, for saying what changed.
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
        plan = make_plan(checked.nodes, checked.outputs, keep=options.targets is not None)
        result = RunResult(problems=checked.problems, warnings=checked.warnings)
        try:
            Job(self, workflow, plan, options, Teller(options.job, on_event), result).run()
        finally:
            self.tiers.flush()
        return result

"""Safelight from Python: load a workflow, change it, run it.

    import safelight

    workflow = safelight.load("workflows/txt2img.json").set("KSampler.steps", 8)
    with safelight.Session(output_directory="pictures") as session:
        for seed in range(4):
            print(session.run(workflow, seed=seed).paths)

A session keeps models and results from run to run. `workflow.run(seed=7)` makes one for a single
run. What goes wrong is a `safelight.Error`, one clear sentence. Importing this imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from app.errors import CommandError
from app.session import Session as _Session
from app.settings import Settings
from app.version import VERSION
from graph.errors import GraphError, NodeFailed
from graph.problems import InvalidWorkflowError

if TYPE_CHECKING:
    from types import TracebackType

    from PIL.Image import Image

    from app.overrides import Change
    from graph.events import OnEvent
    from graph.formats.document import Document
    from graph.report import NodeReport, RunResult
    from graph.workflow import Value

__all__ = [
    "CommandError",
    "Error",
    "InvalidWorkflowError",
    "NodeFailed",
    "Result",
    "Session",
    "Workflow",
    "__version__",
    "load",
]

__version__ = VERSION

Error = (CommandError, GraphError)
"""What `except safelight.Error` catches: wrong input, wrong workflows, nodes that fail."""


@dataclass(frozen=True)
class Workflow:
    """A workflow and what is to be changed in it. `set` returns another one."""

    document: Document
    changes: tuple[Change, ...] = ()

    def set(self, target: str, value: Value) -> Workflow:
        """Return this workflow with an input changed.

        Args:
            target: `NODE.INPUT`, the node by its id, title or class.
            value: The new value, of the input's type.

        Raises:
            CommandError: There is no such node or input, or several.
        """
        change = _reader().change(target, value, self.document)
        return replace(self, changes=(*self.changes, change))

    def run(self, *, seed: int | None = None, output_directory: str | Path | None = None) -> Result:
        """Run once, in a session of its own. For several runs, make a `Session`."""
        with Session(output_directory=output_directory) as session:
            return session.run(self, seed=seed)


@dataclass(frozen=True)
class Result:
    """What a run made.

    Attributes:
        run: The engine's own report.
    """

    run: RunResult

    @property
    def paths(self) -> list[Path]:
        """The files that the workflow's outputs are in, in order."""
        return self.run.files

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return self.run.seconds

    @property
    def nodes(self) -> dict[str, NodeReport]:
        """What each node did: whether its result was cached, why it ran, and for how long."""
        return self.run.nodes

    def images(self) -> list[Image]:
        """Read the pictures among the files, with Pillow."""
        return [_read_picture(path) for path in self.paths if path.suffix == ".png"]


class Session:
    """Runs workflows and keeps models and results between runs.

    Args:
        device: `auto`, `cpu`, `cuda:N` or `mps`.
        base_directory: Where the other folders lie; the project's own unless given.
        input_directory: What workflows load.
        output_directory: Where results are saved.
        models_directory: Holds `checkpoints/`, `loras/`, ….
        cache_directory: Where results are kept between sessions.
        cache_disk: Bytes that these may take; 0 keeps none; a modest share of the disk by default.
        on_event: Called with each of the engine's events (`graph.events`).

    Raises:
        CommandError: A folder or device that was named is not there.
    """

    def __init__(
        self,
        *,
        device: str = "auto",
        base_directory: str | Path | None = None,
        input_directory: str | Path | None = None,
        output_directory: str | Path | None = None,
        models_directory: str | Path | None = None,
        cache_directory: str | Path | None = None,
        cache_disk: int | None = None,
        on_event: OnEvent | None = None,
    ) -> None:
        self._on_event = on_event
        self._session = _Session(
            Settings(
                base=_path(base_directory) or Settings.base,
                input=_path(input_directory),
                output=_path(output_directory),
                models=(Path(models_directory),) if models_directory else (),
                device=device,
                cache=_path(cache_directory),
                cache_disk=cache_disk,
            )
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._session.close()

    def load(self, path: str | Path) -> Workflow:
        """Read a workflow, as `safelight.load` does, with this session's folders."""
        return Workflow(self._session.load(Path(path)))

    def run(self, workflow: Workflow, *, seed: int | None = None) -> Result:
        """Run a workflow.

        Args:
            workflow: What `load` gave.
            seed: For every node that takes one; the workflow's own unless given.

        Raises:
            InvalidWorkflowError: It cannot run; the message has every problem.
            CommandError: The output folder cannot be written to, or no node takes a seed.
            NodeFailed: A node failed.
        """
        document, changes = workflow.document, workflow.changes
        if seed is not None:
            changes = (*changes, *self._session.seed_changes(document, seed))
        return Result(self._session.run(document, changes, self._on_event))


def load(path: str | Path) -> Workflow:
    """Read a workflow: JSON in ComfyUI's UI or API format, or a PNG that carries one.

    Raises:
        GraphError: It is no workflow.
    """
    return Workflow(_reader().load(Path(path)))


@cache
def _reader() -> _Session:
    """The session that reads files; it never runs anything."""
    return _Session(Settings())


def _read_picture(path: Path) -> Image:
    from PIL import Image

    with Image.open(path) as picture:
        picture.load()
        return picture


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)

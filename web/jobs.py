"""What the routes about jobs need, handed in by whoever starts the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from graph.formats.document import Document
    from graph.jobs.bus import Bus
    from graph.jobs.history import History
    from graph.jobs.queue import JobQueue
    from graph.problems import Problem
    from web.pack_door import Door


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about a workflow.

    Attributes:
        outputs: Ids of output nodes that can run.
        broken: Ids of those that cannot.
        problems: Everything that is wrong.
        warnings: What is odd.
        absent: Problems of nodes that nothing needs: no such class is installed.
    """

    outputs: tuple[str, ...]
    broken: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    absent: tuple[Problem, ...] = ()


class Desk(Protocol):
    """Who reads and checks what is to be run. Nothing is run for it."""

    def read(self, data: object) -> Document:
        """Read what was posted, in whichever format.

        Raises:
            FormatError: It is no workflow.
        """

    @property
    def changes(self) -> bool:
        """Whether a node pack wants to change workflows before they are checked."""

    async def changed(self, posted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let packs change what was posted, `{"prompt": in the API format, …}`.

        Raises:
            GraphError: They do not answer.
        """

    async def check(self, document: Document, targets: Sequence[str] | None) -> Verdict:
        """Find everything that is wrong with a workflow.

        Raises:
            GraphError: It cannot be checked now.
        """


class Worker(Protocol):
    """Who runs jobs, as far as it can be asked other things."""

    def ask(self, name: str, payload: object = None, *, seconds: float = 30.0) -> Any:  # noqa: ANN401
        """Ask something and wait for the answer; from any thread.

        Raises:
            GraphError: There is no answer; the sentence says why.
        """

    def want_previews(self, wanted: bool) -> None:
        """Say whether anybody looks at previews."""


def _nowhere() -> None:
    """Stands where no pack answers anything."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the routes about jobs need.

    Attributes:
        queue: Jobs that wait and run.
        history: All jobs.
        bus: What happens to them.
        desk: Who checks them.
        worker: Who runs them.
        pack_routes: Answers which methods and paths node packs answer, in the worker.
        pack_door: Answers where they do; None while nobody knows.
    """

    queue: JobQueue
    history: History
    bus: Bus
    desk: Desk
    worker: Worker
    pack_routes: Callable[[], Collection[tuple[str, str]]] = tuple
    pack_door: Callable[[], Door | None] = _nowhere


JOBS: web.AppKey[Jobs] = web.AppKey("JOBS", Jobs)

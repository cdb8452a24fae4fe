"""Reads and checks what is to be run, here as far as that is possible, else in a worker.

Both ask the same functions, so errors are the same, and those of `main.py validate`. Nodes of packs
that check their inputs themselves do so in a worker, which runs their code. It also has the last
word where something seems wrong with a pack's node, whose options may be others by now.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.signatures import RegistrySignatures
from graph.backends.questions import AskError, WorkerGoneError
from graph.backends.telling import read
from graph.errors import GraphError
from graph.formats.api import to_api
from graph.formats.document import parse_document
from graph.problems import Problem
from graph.validate import validate
from web.desk import verdict
from web.jobs import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.serving.catalogue import LiveCatalogue
    from app.serving.workers import Workers
    from graph.folders import Folders
    from graph.formats.document import Document
    from graph.formats.signatures import Signature
    from graph.registry import Registry

_LARGE = 300
"""Nodes of a workflow that is checked in a thread, since it would keep others waiting."""


_TRIES = 3
_CHANGE = 10.0
"""Seconds that packs have to change a workflow."""


class SlowPackError(GraphError):
    """A pack that wants to change workflows gives none back."""


class Desk:
    """Reads and checks.

    Args:
        catalogue: The nodes there are.
        folders: Where files are.
        workers: Who checks what has nodes of packs.
    """

    def __init__(self, catalogue: LiveCatalogue, folders: Folders, workers: Workers) -> None:
        self._catalogue = catalogue
        self._folders = folders
        self._workers = workers

    def read(self, data: object) -> Document:
        """Read what was posted, in whichever format.

        Raises:
            FormatError: It is no workflow.
        """
        return parse_document(data, self)

    def get(self, class_type: str) -> Signature | None:
        """Return the signature of a node, or None."""
        return self._builtin.get(class_type) or self._catalogue.get(class_type)

    @property
    def changes(self) -> bool:
        """Whether a node pack wants to change workflows before they are checked."""
        return bool(self._catalogue.changing)

    async def changed(self, posted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let packs change what was posted, `{"prompt": in the API format, …}`, in a worker.

        Raises:
            GraphError: They do not answer in time, or there is no worker.
        """
        try:
            found: Mapping[str, Any] = await self._answer("change_prompt", posted, _CHANGE)
        except AskError as error:
            names = ", ".join(self._catalogue.changing)
            raise SlowPackError(
                f"a node pack changes workflows before they run ({names}) and gave no answer: "
                f"{error}; send it again, or start without that pack"
            ) from error
        return found

    async def check(self, document: Document, targets: Sequence[str] | None) -> Verdict:
        """Find everything that is wrong with a workflow.

        Raises:
            GraphError: It has nodes of packs, and there is no worker to check them.
        """
        catalogue, workflow = self._catalogue, document.workflow
        classes = {node.class_type for node in workflow.nodes.values()}
        foreign = any(catalogue.builtin.get(name) is None for name in classes)
        if not foreign or catalogue.complete:
            return await self._look(document, catalogue.builtin, targets)
        if catalogue.outdated():
            await asyncio.to_thread(catalogue.refresh)
        known = catalogue.known
        if any(known.get(name) is None for name in classes):
            return await self._ask(document, targets)
        found = await self._look(document, known, targets)
        # Packs have the last word on what may be wrong with their nodes.
        doubtful = found.problems or found.absent
        return await self._ask(document, targets) if doubtful else found

    async def _look(
        self, document: Document, registry: Registry, targets: Sequence[str] | None
    ) -> Verdict:
        def check() -> Verdict:
            return verdict(validate(document.workflow, registry, self._folders, targets=targets))

        large = len(document.workflow.nodes) >= _LARGE
        return await asyncio.to_thread(check) if large else check()

    async def _ask(self, document: Document, targets: Sequence[str] | None) -> Verdict:
        question = {"prompt": to_api(document.workflow), "targets": targets}
        found = await self._answer("check", question)
        return Verdict(
            tuple(found["outputs"]),
            tuple(found["broken"]),
            tuple(read(Problem, problem) for problem in found["problems"]),
            tuple(found["warnings"]),
            tuple(read(Problem, problem) for problem in found["absent"]),
        )

    async def _answer(self, name: str, question: object, seconds: float = 30.0) -> Any:  # noqa: ANN401 - plain data
        """Ask a worker, and the next one if it dies meanwhile, of its job perhaps."""
        for _ in range(_TRIES):
            await self._workers.ready()
            try:
                return await asyncio.to_thread(self._workers.ask, name, question, seconds=seconds)
            except WorkerGoneError as error:
                gone = error
        raise gone

    @cached_property
    def _builtin(self) -> RegistrySignatures:
        return RegistrySignatures(self._catalogue.builtin, self._folders)

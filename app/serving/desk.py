"""Reads and checks what is to be run: here where only built-in nodes are in it, else in a worker.

Both ask the same functions, so errors are the same, and those of `main.py validate`. The nodes of
packs are the packs' code, which only workers run.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.signatures import RegistrySignatures
from graph.backends.link import WorkerGoneError
from graph.backends.telling import read
from graph.formats.api import to_api
from graph.formats.document import parse_document
from graph.problems import Problem
from graph.validate import validate
from web.desk import verdict
from web.jobs import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.serving.catalogue import LiveCatalogue
    from app.serving.workers import Workers
    from graph.folders import Folders
    from graph.formats.document import Document
    from graph.formats.signatures import Signature

_LARGE = 300
"""Nodes of a workflow that is checked in a thread, since it would keep others waiting."""


_TRIES = 3


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

    async def check(self, document: Document, targets: Sequence[str] | None) -> Verdict:
        """Find everything that is wrong with a workflow.

        Raises:
            GraphError: It has nodes of packs, and there is no worker to check them.
        """
        workflow, registry = document.workflow, self._catalogue.registry
        foreign = any(registry.get(node.class_type) is None for node in workflow.nodes.values())
        if foreign and not self._catalogue.complete:
            return await self._ask(document, targets)
        if len(workflow.nodes) < _LARGE:
            return verdict(validate(workflow, registry, self._folders, targets=targets))
        check = validate
        found = await asyncio.to_thread(check, workflow, registry, self._folders, targets=targets)
        return verdict(found)

    async def _ask(self, document: Document, targets: Sequence[str] | None) -> Verdict:
        question = {"prompt": to_api(document.workflow), "targets": targets}
        found = await self._answer(question)
        return Verdict(
            tuple(found["outputs"]),
            tuple(found["broken"]),
            tuple(read(Problem, problem) for problem in found["problems"]),
            tuple(found["warnings"]),
        )

    async def _answer(self, question: object) -> Any:  # noqa: ANN401 - plain data
        """Ask a worker, and the next one if it dies meanwhile, of its job perhaps."""
        for _ in range(_TRIES):
            await self._workers.ready()
            try:
                return await asyncio.to_thread(self._workers.ask, "check", question)
            except WorkerGoneError as error:
                gone = error
        raise gone

    @cached_property
    def _builtin(self) -> RegistrySignatures:
        return RegistrySignatures(self._catalogue.registry, self._folders)

"""Everything that running workflows needs, put together: nodes, folders, cache, engine, device.

A session outlives its runs, so that models stay loaded and nothing is computed twice. Making one
reads the folders' configuration and imports the node packs; torch is imported when a node runs, and
not for results that are known from an earlier run.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from app import canvas_values, devices, interrupts
from app.catalogue import make_catalogue
from app.engine import make_engine
from app.folders import make_folders, require_writable
from app.overrides import Change, apply, find_input, parse_change, seed_changes
from app.signatures import RegistrySignatures
from graph.executor import Options
from graph.formats.document import read_document
from graph.problems import InvalidWorkflowError
from graph.validate import validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.settings import Settings
    from graph.checked import Checked
    from graph.events import OnEvent
    from graph.executor import Engine
    from graph.formats.document import Document
    from graph.report import RunResult
    from graph.workflow import Value


class Session:
    """Runs workflows one after the other.

    Args:
        settings: Folders and device.

    Raises:
        InputError: A folder or file that the settings name is not there.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folders = make_folders(settings)
        self.registry, self.packs = make_catalogue(settings, self.folders)
        self.signatures = RegistrySignatures(self.registry, self.folders)

    @cached_property
    def device(self) -> str:
        """The device that runs compute on, as torch writes it.

        Raises:
            InputError: The one that the settings name is not there.
        """
        return devices.resolve(self.settings.device)

    @cached_property
    def _engine(self) -> Engine:
        return make_engine(self.settings, self.folders, self.registry, self.device)

    def load(self, path: Path) -> Document:
        """Read a workflow file, or a PNG that carries one.

        Raises:
            FormatError: It is no workflow.
        """
        return read_document(path, self.signatures)

    def parse_change(self, text: str, document: Document) -> Change:
        """Read `NODE.INPUT=VALUE` for a workflow.

        Raises:
            InputError: It fits no input.
        """
        return parse_change(text, document.workflow, self.signatures, self._canonical)

    def change(self, target: str, value: Value, document: Document) -> Change:
        """Return a change of `NODE.INPUT` in a workflow to a value that is not text to be read.

        Raises:
            InputError: There is no such node or input, or several.
        """
        node, name, _ = find_input(target, document.workflow, self.signatures, self._canonical)
        return Change(node.id, name, value)

    def _canonical(self, name: str) -> str:
        definition = self.registry.get(name)
        return definition.name if definition else name

    def seed_changes(self, document: Document, seed: int) -> tuple[Change, ...]:
        """Return what sets every seed of a workflow.

        Raises:
            InputError: No node takes one.
        """
        return seed_changes(document.workflow, self.signatures, seed)

    def check(self, document: Document, changes: Sequence[Change] = ()) -> Checked:
        """Find everything that is wrong with a workflow, without torch."""
        changed = apply(document.workflow, changes)
        return validate(changed, self.registry, self.folders, outside=True)

    def require_ready(
        self, document: Document, changes: Sequence[Change] = (), *, partly: bool = False
    ) -> Checked:
        """Make sure, before any work is done, that a run can begin.

        Args:
            document: The workflow.
            changes: Inputs that are changed.
            partly: Whether it is enough that some outputs can be made.

        Raises:
            InvalidWorkflowError: The workflow is wrong.
            InputError: The output folder cannot be written to.
        """
        checked = self.check(document, changes)
        if checked.problems and not (partly and checked.outputs):
            raise InvalidWorkflowError(checked.problems)
        require_writable(self.folders.output, "--output-directory")
        return checked

    def run(
        self,
        document: Document,
        changes: Sequence[Change] = (),
        on_event: OnEvent | None = None,
        *,
        partly: bool = False,
    ) -> RunResult:
        """Run a workflow with some inputs changed.

        Args:
            document: The workflow.
            changes: The inputs.
            on_event: Told what happens.
            partly: Whether to run what can be run of a workflow that is wrong.

        Raises:
            InvalidWorkflowError: It cannot run.
            InputError: The output folder cannot be written to, or the device is not there.
            NodeFailed: A node failed.
        """
        self.require_ready(document, changes, partly=partly)
        extra = document.extra_pnginfo
        if document.canvas is not None:
            extra["workflow"] = canvas_values.with_changes(
                document.canvas, changes, self.signatures
            )
        return self._engine.run(
            apply(document.workflow, changes),
            on_event=on_event,
            options=Options(
                extra_pnginfo=extra,
                debug=self.settings.debug,
                allow_broken=partly,
                cancel=interrupts.token(),
            ),
        )

    def close(self) -> None:
        """Let go of models and results. A run after that begins with what is on the disk."""
        engine: Engine | None = self.__dict__.pop("_engine", None)
        if engine is not None:
            engine.close()

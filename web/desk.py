"""Reads and checks what is to be run, with the definitions of nodes at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.formats.document import parse_document
from graph.validate import validate
from web.jobs import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.checked import Checked
    from graph.folders import Folders
    from graph.formats.document import Document
    from graph.formats.signatures import Signatures
    from graph.registry import Registry


class RegistryDesk:
    """Checks in this process; takes well under a millisecond for a small workflow.

    Args:
        registry: The nodes there are.
        folders: Where files are.
        signatures: What converting from the editor's format needs to know of nodes.
    """

    def __init__(self, registry: Registry, folders: Folders, signatures: Signatures) -> None:
        self._registry = registry
        self._folders = folders
        self._signatures = signatures

    def read(self, data: object) -> Document:
        """Read what was posted, in whichever format.

        Raises:
            FormatError: It is no workflow.
        """
        return parse_document(data, self._signatures)

    @property
    def changes(self) -> bool:
        """No: there are no packs here."""
        return False

    async def changed(self, posted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what was posted."""
        return posted

    async def check(self, document: Document, targets: Sequence[str] | None) -> Verdict:
        """Find everything that is wrong with a workflow."""
        found = validate(document.workflow, self._registry, self._folders, targets=targets)
        return verdict(found)


def verdict(checked: Checked) -> Verdict:
    """Return what clients are to know of a check."""
    return Verdict(
        checked.outputs, checked.broken, checked.problems, checked.warnings, checked.absent
    )

"""What conversions and `--set` need to know about our own nodes, read from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.formats.signatures import ObjectInfo
from graph.object_info import describe

if TYPE_CHECKING:
    from graph.folders import Folders
    from graph.formats.signatures import Signature
    from graph.registry import Registry


class RegistrySignatures:
    """Signatures of a registry's nodes, each read when it is first asked for."""

    def __init__(self, registry: Registry, folders: Folders) -> None:
        self._registry = registry
        self._folders = folders
        self._read: dict[str, Signature | None] = {}

    def get(self, class_type: str) -> Signature | None:
        """Return the signature of a class by its name or alias, or None."""
        if class_type not in self._read:
            definition = self._registry.get(class_type)
            known = {class_type: describe(definition, self._folders)} if definition else {}
            self._read[class_type] = ObjectInfo({**known}).get(class_type)
        return self._read[class_type]

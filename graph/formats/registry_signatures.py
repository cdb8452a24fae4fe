"""Signatures out of our own registry: the bridge from node definitions to the editor's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.definition import MISSING
from graph.formats.signatures import InputSignature, Signature
from graph.formats.values import copy_json
from graph.sockets import Combo, InputFile, Int, ModelFile, String

if TYPE_CHECKING:
    from graph.definition import InputSpec, NodeDefinition
    from graph.folders import Folders
    from graph.registry import Registry
    from graph.workflow import Json


class RegistrySignatures:
    """Signatures of the nodes in a registry, under their names and aliases.

    Args:
        registry: The nodes.
        folders: Where the options that are files are looked up, for a choice that has no default.
    """

    def __init__(self, registry: Registry, folders: Folders) -> None:
        self._registry = registry
        self._folders = folders

    def get(self, class_type: str) -> Signature | None:
        """Return the signature of a class, or None for one that is not known."""
        definition = self._registry.get(class_type)
        return _signature(definition, self._folders) if definition else None


def _signature(definition: NodeDefinition, folders: Folders) -> Signature:
    required_first = sorted(definition.inputs, key=lambda spec: not spec.required)
    return Signature(
        title=definition.display_name or definition.name,
        inputs=tuple(_input(spec, folders) for spec in required_first),
        outputs=tuple(output.type for output in definition.outputs),
    )


def _input(spec: InputSpec, folders: Folders) -> InputSignature:
    kind = spec.kind
    default = None if spec.default is MISSING else spec.default
    return InputSignature(
        name=spec.name,
        type=kind.type,
        default=copy_json(default, f"the default of '{spec.name}'"),
        first_choice=_first_choice(spec, folders) if default is None else None,
        control=True if isinstance(kind, Int) and kind.control_after_generate else None,
        multiline=isinstance(kind, String) and kind.multiline,
        dynamic_prompts=isinstance(kind, String) and kind.dynamic_prompts,
        upload=isinstance(kind, InputFile) and kind.upload and kind.kind == "image",
    )


def _first_choice(spec: InputSpec, folders: Folders) -> Json:
    if not isinstance(spec.kind, Combo | ModelFile | InputFile):
        return None
    return next(iter(spec.kind.options(folders)), None)

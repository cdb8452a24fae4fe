"""Node definitions as ComfyUI's `GET /object_info` describes them, which editors and clients read.

`{CLASS: {"input": {"required": {NAME: [TYPE or options, {…}]}, "optional", "hidden"},
"input_order", "output", "output_is_list", "output_name", "name", "display_name", "description",
"python_module", "category", "output_node"}}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.definition import MISSING
from graph.sockets import Boolean, Combo, Float, InputFile, Int, ModelFile, Socket, String

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.definition import InputSpec, NodeDefinition
    from graph.folders import Folders
    from graph.sockets import Kind
    from graph.workflow import Json


def describe_all(definitions: Iterable[NodeDefinition], folders: Folders) -> dict[str, Json]:
    """Describe nodes under their names and aliases."""
    return {
        name: describe(definition, folders, name)
        for definition in definitions
        for name in (definition.name, *definition.aliases)
    }


def describe(definition: NodeDefinition, folders: Folders, name: str = "") -> dict[str, Json]:
    """Describe one node.

    Args:
        definition: The node.
        folders: Where the options that are files are looked up.
        name: The alias that was asked for; the node's own name unless given.
    """
    inputs: dict[str, dict[str, Json]] = {"required": {}}
    for spec in definition.inputs:
        section = inputs.setdefault("required" if spec.required else "optional", {})
        section[spec.name] = _input(spec, folders)
    if definition.hidden:
        inputs["hidden"] = {key: kind.value for key, kind in definition.hidden.items()}
    return {
        "input": {**inputs},
        "input_order": {section: list(specs) for section, specs in inputs.items()},
        "output": [output.type for output in definition.outputs],
        "output_is_list": [False for _ in definition.outputs],
        "output_name": [output.name for output in definition.outputs],
        "name": name or definition.name,
        "display_name": definition.display_name,
        "description": definition.description,
        "python_module": definition.source,
        "category": definition.category,
        "output_node": definition.output_node,
    }


def _input(spec: InputSpec, folders: Folders) -> Json:
    options = dict(_options(spec.kind))
    if spec.default is not MISSING and spec.default is not None:
        options["default"] = _as_json(spec.default)
    if spec.tooltip:
        options["tooltip"] = spec.tooltip
    if isinstance(spec.kind, Combo | ModelFile | InputFile):
        return [list(spec.kind.options(folders)), options]
    return [spec.kind.type, options] if options else [spec.kind.type]


def _options(kind: Kind) -> dict[str, Json]:
    match kind:
        case Int():
            steered: dict[str, Json] = {"control_after_generate": True}
            step: dict[str, Json] = {} if kind.step is None else {"step": kind.step}
            more = steered if kind.control_after_generate else {}
            shown: dict[str, Json] = {"display": kind.display} if kind.display else {}
            return {"min": kind.min, "max": kind.max, **step, **more, **shown}
        case Float():
            fine = {"step": kind.step, "round": kind.round}
            given = {key: value for key, value in fine.items() if value is not None}
            return {"min": kind.min, "max": kind.max, **given}
        case String():
            flags = {"multiline": kind.multiline, "dynamicPrompts": kind.dynamic_prompts}
            return {key: True for key, value in flags.items() if value}
        case InputFile() if kind.upload:
            upload: dict[str, Json] = {f"{kind.kind}_upload": True}
            return upload | _elsewhere(kind.place) if kind.place != "input" else upload
        case Boolean() | Socket() | Combo() | ModelFile() | InputFile():
            return {}


def _elsewhere(place: str) -> dict[str, Json]:
    """How editors learn which files are in another folder, and that there may soon be more."""
    remote: dict[str, Json] = {
        "route": f"/internal/files/{place}",
        "refresh_button": True,
        "control_after_refresh": "first",
    }
    return {"image_folder": place, "remote": remote}


def _as_json(value: object) -> Json:
    return value if isinstance(value, bool | int | float | str) else str(value)

"""Node definitions as ComfyUI's `GET /object_info` describes them, which editors and clients read.

`{CLASS: {"input": {"required": {NAME: [TYPE or options, {…}]}, "optional", "hidden"},
"input_order", "output", "output_is_list", "output_name", "name", "display_name", "description",
"python_module", "category", "output_node", "output_tooltips"?, "deprecated"?, "experimental"?}}`

What a class of ComfyUI's kind declares of its inputs is passed on as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.definition import MISSING
from graph.sockets import Boolean, Combo, Float, Foreign, InputFile, Int, ModelFile, Socket, String

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.definition import InputSpec, NodeDefinition, OutputSpec
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
    if definition.refresh is not None:
        definition = definition.refresh()
    inputs = definition.declared
    if inputs is None:
        inputs = _sections(definition, folders)
    return {
        "input": {**inputs},
        "input_order": {
            section: list(specs) for section, specs in inputs.items() if isinstance(specs, dict)
        },
        "output": [_output(output) for output in definition.outputs],
        "output_is_list": [output.is_list for output in definition.outputs],
        "output_name": [output.name for output in definition.outputs],
        "name": name or definition.name,
        "display_name": definition.display_name or definition.name,
        "description": definition.description,
        "python_module": definition.source,
        "category": definition.category,
        "output_node": definition.output_node,
        **_remarks(definition),
    }


def _sections(definition: NodeDefinition, folders: Folders) -> dict[str, Json]:
    """The inputs as ComfyUI's classes would declare them."""
    inputs: dict[str, Json] = {}
    for section in ("required", "optional"):
        found: dict[str, Json] = {
            spec.name: _input(spec, folders)
            for spec in definition.inputs
            if spec.required == (section == "required")
        }
        if found or section == "required":
            inputs[section] = found
    if definition.hidden:
        inputs["hidden"] = {key: kind.value for key, kind in definition.hidden.items()}
    return inputs


def _remarks(definition: NodeDefinition) -> dict[str, Json]:
    """What is said only of the nodes that it is true of."""
    remarks: dict[str, Json] = {}
    if any(output.tooltip for output in definition.outputs):
        remarks["output_tooltips"] = [output.tooltip for output in definition.outputs]
    if definition.deprecated:
        remarks["deprecated"] = True
    if definition.experimental:
        remarks["experimental"] = True
    return remarks


def _output(output: OutputSpec) -> Json:
    return [*output.choices] if output.choices is not None else output.type


def _input(spec: InputSpec, folders: Folders) -> Json:
    options = dict(_options(spec.kind))
    if spec.default is not MISSING and spec.default is not None:
        options["default"] = _as_json(spec.default)
    if spec.lazy:
        options["lazy"] = True
    if spec.raw_link:
        options["rawLink"] = True
    if spec.force_input:
        options["forceInput"] = True
    if spec.advanced:
        options["advanced"] = True
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
        case Boolean() | Socket() | Combo() | ModelFile() | InputFile() | Foreign():
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

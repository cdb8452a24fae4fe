"""The built-in nodes as classes in ComfyUI's convention, for packs that call or extend them.

    from nodes import NODE_CLASS_MAPPINGS
    (image,) = NODE_CLASS_MAPPINGS["VAEDecode"]().decode(vae, samples)

Packs know ComfyUI's module `nodes`, whose name ours has, and look for these classes in it; the
loader of packs adds those that packs bring.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from graph.coerce import WrongValueError, locate, named_beside
from graph.context import NodeContext, current
from graph.decorator import definition_of
from graph.definition import NodeDefinition
from graph.errors import NodeInputError
from graph.files import FileStamp
from graph.folders import Folders
from graph.object_info import describe
from graph.result import Expansion, NodeOutput
from graph.running import latest
from graph.sockets import FILES

MAX_RESOLUTION = 16384

_METHODS = {
    "CheckpointLoader": "load_checkpoint",
    "CheckpointLoaderSimple": "load_checkpoint",
    "CLIPLoader": "load_clip",
    "CLIPSetLastLayer": "set_last_layer",
    "CLIPTextEncode": "encode",
    "CLIPVisionEncode": "encode",
    "CLIPVisionLoader": "load_clip",
    "ConditioningAverage": "addWeighted",
    "ConditioningCombine": "combine",
    "ConditioningConcat": "concat",
    "ConditioningSetArea": "append",
    "ConditioningSetAreaPercentage": "append",
    "ConditioningSetAreaStrength": "append",
    "ConditioningSetMask": "append",
    "ConditioningSetTimestepRange": "set_range",
    "ConditioningZeroOut": "zero_out",
    "ControlNetApply": "apply_controlnet",
    "ControlNetApplyAdvanced": "apply_controlnet",
    "ControlNetLoader": "load_controlnet",
    "DiffusersLoader": "load_checkpoint",
    "DualCLIPLoader": "load_clip",
    "EmptyImage": "generate",
    "EmptyLatentImage": "generate",
    "ImageBatch": "batch",
    "ImageInvert": "invert",
    "ImagePadForOutpaint": "expand_image",
    "ImageScale": "upscale",
    "ImageScaleBy": "upscale",
    "InpaintModelConditioning": "encode",
    "KSampler": "sample",
    "KSamplerAdvanced": "sample",
    "LatentBlend": "blend",
    "LatentComposite": "composite",
    "LatentCrop": "crop",
    "LatentFlip": "flip",
    "LatentFromBatch": "frombatch",
    "LatentRotate": "rotate",
    "LatentUpscale": "upscale",
    "LatentUpscaleBy": "upscale",
    "LoadImage": "load_image",
    "LoadImageMask": "load_image",
    "LoadLatent": "load",
    "PreviewImage": "save_images",
    "RepeatLatentBatch": "repeat",
    "SaveImage": "save_images",
    "SaveLatent": "save",
    "SetLatentNoiseMask": "set_mask",
    "StyleModelLoader": "load_style_model",
    "UNETLoader": "load_unet",
    "VAEDecode": "decode",
    "VAEDecodeTiled": "decode",
    "VAEEncode": "encode",
    "VAEEncodeForInpaint": "encode",
    "VAEEncodeTiled": "encode",
    "VAELoader": "load_vae",
}
"""What the method of a class is called that packs call; of others it is `execute`."""


class _Offered:
    """Where options that are files are looked up while no node runs."""

    folders: Folders | None = None


def offer(folders: Folders) -> None:
    """Say where options that are files are looked up while no node runs."""
    _Offered.folders = folders


def attribute(name: str) -> Any:  # noqa: ANN401 - whatever ComfyUI's module has
    """Return what packs look for in the module `nodes`.

    Raises:
        AttributeError: There is no such thing.
    """
    known: dict[str, Callable[[], object]] = {
        "MAX_RESOLUTION": lambda: MAX_RESOLUTION,
        "NODE_CLASS_MAPPINGS": class_mappings,
        "NODE_DISPLAY_NAME_MAPPINGS": display_names,
        "EXTENSION_WEB_DIRS": web_directories,
    }
    if name in known:
        return known[name]()
    # Modules of ours are lower case; classes are not.
    if name[:1].isupper() and name in class_mappings():
        return class_mappings()[name]
    raise AttributeError(f"module 'nodes' has no attribute {name!r}")


@cache
def class_mappings() -> dict[str, type]:
    """Return all classes by name: the one dictionary that packs share."""
    return {
        name: class_of(definition, name)
        for definition in _definitions()
        for name in (definition.name, *definition.aliases)
    }


@cache
def display_names() -> dict[str, str]:
    """Return what editors call nodes: the one dictionary that packs share."""
    return {definition.name: definition.display_name for definition in _definitions()}


@cache
def web_directories() -> dict[str, str]:
    """Return the folders of scripts for editors, by pack: the one dictionary that packs share."""
    return {}


def class_of(definition: NodeDefinition, name: str) -> type:
    """Return a class in ComfyUI's convention that does what a node does.

    Args:
        definition: The node.
        name: Its name or alias.
    """
    method = _METHODS.get(name, "execute")

    def input_types(_cls: type) -> dict[str, Any]:
        return _input_types(definition)

    def run(_self: object, *args: object, **kwargs: object) -> object:
        return _call(definition, {**_by_name(definition, args), **kwargs})

    def save(self: Any, *args: object, **kwargs: object) -> object:  # noqa: ANN401 - of this class
        given = {**_by_name(_named("SaveImage"), args), **kwargs}
        return _call(_named("PreviewImage" if self.type == "temp" else "SaveImage"), given)

    body: dict[str, object] = {
        "INPUT_TYPES": classmethod(input_types),
        "RETURN_TYPES": tuple(output.type for output in definition.outputs),
        "RETURN_NAMES": tuple(output.name for output in definition.outputs),
        "OUTPUT_NODE": definition.output_node,
        "CATEGORY": definition.category,
        "DESCRIPTION": definition.description,
        "FUNCTION": method,
        method: save if name in _SAVERS else run,
        "__doc__": definition.description,
        "__module__": definition.source,
    }
    return type(name, _SAVERS.get(name, ()), body)


class _SavesImages:
    """What packs that extend ComfyUI's SaveImage find in it and set: above all `type`."""

    def __init__(self) -> None:
        self.type = "output"
        self.output_dir = str(_folders().output)
        self.prefix_append = ""
        self.compress_level = 4


class _ShowsImages(_SavesImages):
    """The same for PreviewImage, which ComfyUI makes of SaveImage."""

    def __init__(self) -> None:
        super().__init__()
        self.type = "temp"
        self.output_dir = str(_folders().temp)


_SAVERS = {"SaveImage": (_SavesImages,), "PreviewImage": (_ShowsImages,)}


def _named(name: str) -> NodeDefinition:
    return next(definition for definition in _definitions() if definition.name == name)


def _definitions() -> list[NodeDefinition]:
    from nodes.registry import BUILTIN

    return [definition_of(function) for function in BUILTIN]


def _folders() -> Folders:
    context = current.get() or latest()
    folders = context.folders if context else _Offered.folders
    if folders is None:
        raise NodeInputError("the classes of built-in nodes are there for packs that are loaded")
    return folders


def _input_types(definition: NodeDefinition) -> dict[str, Any]:
    sections: Any = describe(definition, _folders())["input"]
    return {
        key: {name: tuple(e) if isinstance(e, list) else e for name, e in section.items()}
        for key, section in sections.items()
    }


def _names(definition: NodeDefinition) -> list[str]:
    """The names of inputs in the order in which ComfyUI's methods take them, hidden ones last."""
    ordered = sorted(definition.inputs, key=lambda spec: not spec.required)
    return [*(spec.name for spec in ordered), *definition.hidden]


def _by_name(definition: NodeDefinition, args: tuple[object, ...]) -> dict[str, object]:
    names = _names(definition)
    if len(args) > len(names):
        raise TypeError(f"{definition.name} takes {len(names)} inputs, and {len(args)} were given")
    return dict(zip(names, args, strict=False))


def _call(definition: NodeDefinition, given: Mapping[str, object]) -> object:
    names = _names(definition)
    known = {name: value for name, value in given.items() if name in names}
    _note_files(definition, known)
    return _as_comfyui(definition.function(*_before(definition), **known), len(definition.outputs))


def _note_files(definition: NodeDefinition, given: Mapping[str, object]) -> None:
    """Have the files that a called node reads count in the result of the one that calls it."""
    context = current.get()
    if context is None:
        return
    for spec in definition.inputs:
        value = given.get(spec.name)
        if not isinstance(value, str):
            continue
        # A file that is not there is the called node's to complain of.
        with suppress(WrongValueError):
            if isinstance(spec.kind, FILES):
                outside = context.allow_outside_inputs
                found = locate(spec.kind, value, context.folders, outside=outside)
                context.read.append(FileStamp.of(found))
            beside = named_beside(spec.kind, value, context.folders)
            context.read.extend(map(FileStamp.of, beside.values()))


def _before(definition: NodeDefinition) -> tuple[NodeContext, ...]:
    if not definition.needs_context:
        return ()
    context = current.get() or latest()
    if context is None:
        raise NodeInputError(f"{definition.name} can only be called while a node runs")
    return (context,)


def _as_comfyui(result: object, count: int) -> object:
    if isinstance(result, Expansion):
        return {"result": result.values, "expand": result.nodes}
    if isinstance(result, NodeOutput):
        return {"ui": result.ui, "result": result.values} if result.ui else result.values
    if isinstance(result, tuple) and count != 1:
        return result
    return (result,) if count else ()

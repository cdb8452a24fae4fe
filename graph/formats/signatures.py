"""What a conversion needs to know about node classes: their inputs in order, and a little of each.

The editor's files list a node's typed-in values without names, in the order in which the node's
class declares its inputs; a signature gives them their names back. Signatures come from a server's
`/object_info` (`ObjectInfo`, here) or from our own registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.workflow import Json

SEED_NAMES = ("seed", "noise_seed")
EDITOR_TITLES = {"ImageScaleToTotalPixels": "Scale Image to Total Pixels"}
"""Classes that the server has no title for but the editor has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSignature:
    """One declared input.

    Attributes:
        name: The name that the node's function knows it by.
        type: A socket type such as `"MODEL"` or `"INT"`; `"COMBO"` for a choice.
        widget_type: What kind of field the editor shows, where that is not the type's own.
        default: The value of a field that nobody has touched; None where there is none.
        first_choice: The first of a choice's options, its default in the absence of one.
        control: Whether the editor adds `control_after_generate`; None leaves it to the name.
        multiline: Text in a box, which knows no carriage returns.
        dynamic_prompts: Text in which `{a|b}` means one of the two.
        force_input: A socket, even if the type would have a field.
        socketless: A field that never takes a link.
        multiselect: A choice of several; its value is a list.
        upload: Whether the editor puts a button for picking a picture or film beside it.
        audio_upload: The same for sound.
        remote: Whether the options are fetched; the editor adds a switch for that.
        refresh_button: Whether it also adds a button for that.
    """

    name: str
    type: str
    widget_type: str = ""
    default: Json = None
    first_choice: Json = None
    control: bool | None = None
    multiline: bool = False
    dynamic_prompts: bool = False
    force_input: bool = False
    socketless: bool = False
    multiselect: bool = False
    upload: bool = False
    audio_upload: bool = False
    remote: bool = False
    refresh_button: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One node class: what it is called, what goes in and what comes out.

    Attributes:
        title: What the editor calls a node of this class that nobody has named.
        inputs: Required ones first, then optional ones, in the declared order; none is hidden.
        outputs: The socket types.
    """

    title: str
    inputs: tuple[InputSignature, ...]
    outputs: tuple[str, ...]


class Signatures(Protocol):
    """Anything that knows node classes by name."""

    def get(self, class_type: str) -> Signature | None:
        """Return the signature of a class, or None for one that is not known."""
        ...


class ObjectInfo:
    """Signatures out of what a server answers to `GET /object_info`.

    Entries are read when they are asked for. Malformed parts of an entry count as absent, since a
    server's answer is not the user's to mend.
    """

    def __init__(self, data: Mapping[str, Json]) -> None:
        self._data = data
        self._read: dict[str, Signature | None] = {}

    def get(self, class_type: str) -> Signature | None:
        """Return the signature of a class, or None for one that is not known."""
        if class_type not in self._read:
            entry = self._data.get(class_type)
            found = _signature(class_type, entry) if isinstance(entry, Mapping) else None
            self._read[class_type] = found
        return self._read[class_type]


def _signature(class_type: str, entry: Mapping[str, Json]) -> Signature:
    specs = _mapping(entry.get("input"))
    order = _mapping(entry.get("input_order"))
    inputs = tuple(
        _input(name, spec)
        for section in ("required", "optional")
        for name, spec in _ordered(_mapping(specs.get(section)), order.get(section))
    )
    outputs = entry.get("output")
    types = tuple(socket_type(item) for item in outputs) if isinstance(outputs, list) else ()
    title = _text(entry.get("display_name")) or EDITOR_TITLES.get(class_type, class_type)
    return Signature(title, inputs, types)


def _ordered(specs: Mapping[str, Json], order: Json) -> Iterator[tuple[str, Json]]:
    names = [name for name in order if isinstance(name, str)] if isinstance(order, list) else []
    for name in dict.fromkeys([*names, *specs]):
        if name in specs:
            yield name, specs[name]


def _input(name: str, spec: Json) -> InputSignature:
    parts = spec if isinstance(spec, list) else [spec]
    kind = parts[0] if parts else None
    options = _mapping(parts[1]) if len(parts) > 1 else {}
    choices = kind if isinstance(kind, list) else options.get("options")
    control = options.get("control_after_generate")
    remote = options.get("remote")
    uploads = ("image_upload", "video_upload", "animated_image_upload")
    return InputSignature(
        name=name,
        type=socket_type(kind),
        widget_type=_text(options.get("widgetType")),
        default=options.get("default"),
        first_choice=choices[0] if isinstance(choices, list) and choices else None,
        control=None if control is None else bool(control),
        multiline=options.get("multiline") is True,
        dynamic_prompts=options.get("dynamicPrompts") is True,
        force_input=bool(options.get("forceInput")),
        socketless=bool(options.get("socketless")),
        multiselect=bool(options.get("multi_select")),
        upload=any(options.get(flag) is True for flag in uploads),
        audio_upload=options.get("audio_upload") is True,
        remote=isinstance(remote, Mapping),
        refresh_button=bool(_mapping(remote).get("refresh_button")),
    )


def socket_type(kind: object) -> str:
    """Read a socket type as files and servers write it: a list of options is a `COMBO`."""
    if isinstance(kind, str):
        return kind or "*"
    return "COMBO" if isinstance(kind, list) else "*"


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""

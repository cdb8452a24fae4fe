"""Which fields the editor shows on a node of a known class, in which order, holding what at first.

A field is what a user types into or chooses from ("widget" in the editor's words). Its place in the
saved list `widgets_values` is its only name there, so the order must be exactly the editor's: one
field for each declared input that has one, `control_after_generate` right behind the number or
choice that it steers, and a few fields that only the editor adds. The orders were read off saved
files; `tests/data/conversion` holds the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from graph.formats.canvas import Slot
from graph.formats.signatures import SEED_NAMES, InputSignature, Signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.workflow import Json

TYPED_IN = frozenset(("INT", "FLOAT", "BOOLEAN", "STRING", "COMBO", "COLOR"))
ON_SCREEN = frozenset(
    ("AUDIO_UI", "AUDIO_RECORD", "WEBCAM", "PREVIEW_3D", "LOAD_3D", "LOAD_3D_ANIMATION")
)
"""A player, a microphone, a camera or a view: without a screen the value of these is empty."""
BUTTONS = frozenset(("IMAGEUPLOAD", "AUDIOUPLOAD"))

PLAYERS = frozenset(("LoadAudio", "SaveAudio", "PreviewAudio", "SaveAudioMP3", "SaveAudioOpus"))
VIEWERS = frozenset(("Preview3D", "Preview3DAnimation", "SaveGLB"))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a node.

    Attributes:
        name: The input that it is the value of.
        initial: Its value while nobody has touched it; None where the editor has none either.
        saved: Whether it has a place in `widgets_values`.
        sent: Whether it becomes an input of the node in API format.
        source: The declared input that it belongs to; None for what the editor adds.
    """

    name: str
    initial: Json = None
    saved: bool = True
    sent: bool = True
    source: InputSignature | None = None

    @property
    def forced(self) -> bool:
        """Whether this is but the unused place that a forced socket once had in saved lists."""
        return self.source is not None and self.source.force_input


@dataclass(frozen=True)
class Layout:
    """How a node of one class is laid out in the editor.

    Attributes:
        title: What it is called if nobody has named it.
        slots: Its inputs, sockets before those that stand for a field; none is linked.
        outputs: The types of its outputs.
        fields: In the editor's order, with the unused ones of forced sockets among them.
    """

    title: str
    slots: tuple[Slot, ...]
    outputs: tuple[str, ...]
    fields: tuple[Field, ...]

    @cached_property
    def sent_fields(self) -> dict[str, Field]:
        """The fields that become inputs, by name."""
        return {field.name: field for field in self.fields if field.sent}


def layout_of(class_type: str, signature: Signature) -> Layout:
    """Lay out a node as the editor would."""
    inputs = (*signature.inputs, *_added_inputs(class_type, signature))
    shown = [item for item in inputs if has_field(item)]
    slots = [Slot(item.name, item.type) for item in inputs if not has_field(item)]
    slots += [Slot(item.name, item.type, widget=item.name) for item in shown if not item.socketless]
    fields = [field for item in inputs for field in _fields(item)]
    if class_type == "PreviewAny":
        fields.append(Field("preview", "", saved=False))
    return Layout(signature.title, tuple(slots), signature.outputs, tuple(fields))


def has_field(item: InputSignature) -> bool:
    """Say whether the editor shows a field for this input, rather than a socket alone."""
    kind = item.widget_type or item.type
    return not item.force_input and kind in TYPED_IN | ON_SCREEN | BUTTONS


def _added_inputs(class_type: str, signature: Signature) -> Iterator[InputSignature]:
    """Yield the inputs that the editor itself adds to some classes, behind the declared ones."""
    if class_type in PLAYERS:
        yield InputSignature(name="audioUI", type="AUDIO_UI")
    if any(item.upload and item.type == "COMBO" for item in signature.inputs):
        yield InputSignature(name="upload", type="IMAGEUPLOAD")
    if any(item.audio_upload for item in signature.inputs):
        yield InputSignature(name="upload", type="AUDIOUPLOAD")
    if class_type in VIEWERS:
        yield InputSignature(name="image", type="PREVIEW_3D")


def _fields(item: InputSignature) -> Iterator[Field]:
    """Yield the fields of one declared input: its own, and those that come along with it."""
    kind = item.widget_type or item.type
    if item.force_input and kind in TYPED_IN:
        yield Field(item.name, sent=False, source=item)
    if not has_field(item):
        return
    if kind in {"LOAD_3D", "LOAD_3D_ANIMATION"}:
        yield Field("upload 3d model", "upload3dmodel")
        yield Field("upload extra resources", "uploadExtraResources")
        yield Field("clear", "clear")
    yield Field(item.name, _initial(item, kind), kind != "AUDIO_UI", kind not in BUTTONS, item)
    if item.remote:
        yield Field("Auto-refresh after generation", initial=False, sent=False)
    if item.refresh_button:
        yield Field("refresh", "refresh", sent=False)
    if _is_steered(item, kind):
        yield Field("control_after_generate", "randomize", sent=False)
        if kind == "COMBO":
            yield Field("control_filter_list", "", sent=False)


def _is_steered(item: InputSignature, kind: str) -> bool:
    """Whole numbers called seed are steered unless their class says no; others if it says yes."""
    if kind == "INT":
        return item.name in SEED_NAMES if item.control is None else item.control
    return kind == "COMBO" and bool(item.control)


def _initial(item: InputSignature, kind: str) -> Json:
    if kind == "COMBO":
        return [] if item.multiselect else item.default or item.first_choice
    if item.default is not None:
        return item.default
    blanks: dict[str, Json] = {"INT": 0, "FLOAT": 0, "BOOLEAN": False}
    return blanks.get(kind, "")

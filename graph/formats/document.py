"""Telling what a file or a posted JSON is, and making one `Document` of it.

Understood are: API format; the editor's document (UI format, 0.4 and 1.0); what is posted to a
server, `{"prompt": …, "extra_data": …}`; both formats side by side, `{"output": …, "workflow": …}`;
and a PNG picture that carries either format as text. A picture's API format is preferred, since it
is exactly what ran; the editor's document then only travels along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from graph.errors import FormatError
from graph.formats.api import is_api, parse_api, to_api
from graph.formats.png import SIGNATURE, read_png_texts
from graph.formats.ui import convert_ui, is_ui
from graph.formats.values import copy_json, describe, parse_json

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from graph.formats.signatures import Signatures
    from graph.workflow import Json, Workflow

MAX_FILE = 64 * 2**20
PICTURES = {b"\xff\xd8\xff": "JPEG", b"RIFF": "WebP", b"GIF8": "GIF", b"\0\0\0": "video or AVIF"}


@dataclass(frozen=True, slots=True)
class Document:
    """A workflow and what came with it.

    Attributes:
        workflow: What is to run.
        canvas: The editor's document, if there was one: pictures made now should carry it on.
        extra_data: What else was posted along, such as `extra_pnginfo`.
        notes: What was lost in reading, one sentence each.
    """

    workflow: Workflow
    canvas: Mapping[str, Json] | None = None
    extra_data: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def prompt(self) -> dict[str, Json]:
        """The workflow in API format."""
        return to_api(self.workflow)

    @property
    def extra_pnginfo(self) -> dict[str, Json]:
        """What a picture carries beside the prompt: the posted texts, and the document."""
        posted = self.extra_data.get("extra_pnginfo")
        texts = dict(posted) if isinstance(posted, Mapping) else {}
        return texts if self.canvas is None else {**texts, "workflow": dict(self.canvas)}


def read_document(path: Path, signatures: Signatures, random: Random | None = None) -> Document:
    """Read a workflow from a JSON file or from a PNG picture that carries one.

    Args:
        path: The file; what it holds decides, not what it is called.
        signatures: The node classes that are known.
        random: Decides between the `{a|b}` of prompts in the editor's documents.

    Raises:
        FormatError: It cannot be read, or is no workflow.
    """
    source = path.name
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) == SIGNATURE:
                file.seek(0)
                return _from_picture(read_png_texts(file, source), source, signatures, random)
            file.seek(0)
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > MAX_FILE:
        raise FormatError(f"{source} is larger than {MAX_FILE // 2**20} MiB, which no workflow is")
    for magic, kind in PICTURES.items():
        if data.startswith(magic):
            raise FormatError(
                f"{source} is a {kind} file: of pictures, only PNG files can be read for the "
                "workflow that they carry"
            )
    return parse_document(parse_json(data, source), signatures, random, source)


def parse_document(
    data: object,
    signatures: Signatures,
    random: Random | None = None,
    source: str = "the workflow",
) -> Document:
    """Make a document of parsed JSON, whichever format it is in. The data is not changed.

    Args:
        data: The JSON.
        signatures: The node classes that are known.
        random: Decides between the `{a|b}` of prompts in the editor's documents.
        source: What the JSON is called in errors.

    Raises:
        FormatError: It is no workflow, or a malformed one.
    """
    if is_ui(data):
        return _from_canvas(data, signatures, random)
    if isinstance(data, Mapping) and not is_api(data):
        if "prompt" in data:
            return _posted(data, "prompt", signatures, random)
        if "output" in data and "workflow" in data:
            document = _posted(data, "output", signatures, random)
            return _with_canvas(document, data["workflow"])
    if is_api(data) or data == {}:
        return Document(parse_api(data))
    got = f"has {_keys(data)}" if isinstance(data, Mapping) else f"is {describe(data)}"
    raise FormatError(
        f"{source} is not a workflow: it {got}, but API format has nodes by id, each with a "
        "class_type, and the editor's format has a list 'nodes'"
    )


def _from_canvas(data: object, signatures: Signatures, random: Random | None) -> Document:
    workflow, notes = convert_ui(data, signatures, random)
    return _with_canvas(Document(workflow, notes=notes), data)


def _posted(
    data: Mapping[str, object], key: str, signatures: Signatures, random: Random | None
) -> Document:
    """Open what is posted to a server: the workflow in whichever format, and what goes with it."""
    inner = data[key]
    in_ui = is_ui(inner)
    document = _from_canvas(inner, signatures, random) if in_ui else Document(parse_api(inner))
    extra = copy_json(data.get("extra_data") or {}, "'extra_data'")
    if not isinstance(extra, dict):
        raise FormatError(f"'extra_data' must be an object, not {describe(extra)}")
    info = extra.get("extra_pnginfo")
    canvas = info.get("workflow") if isinstance(info, dict) else None
    return _with_canvas(replace(document, extra_data=extra), canvas)


def _with_canvas(document: Document, canvas: object) -> Document:
    """Let the editor's document travel along; whatever is none is left behind."""
    copied = copy_json(canvas, "the editor's document") if is_ui(canvas) else None
    return replace(document, canvas=copied) if isinstance(copied, dict) else document


def _from_picture(
    texts: Mapping[str, str], source: str, signatures: Signatures, random: Random | None
) -> Document:
    canvas: Json = None
    notes: list[str] = []
    if "workflow" in texts:
        try:
            canvas = parse_json(texts["workflow"], f"the text 'workflow' in {source}")
        except FormatError as error:
            if "prompt" not in texts:
                raise
            notes.append(f"{error}; it is left out")
    if "prompt" in texts:
        try:
            prompt = parse_json(texts["prompt"], f"the text 'prompt' in {source}")
            return _with_canvas(Document(parse_api(prompt), notes=tuple(notes)), canvas)
        except FormatError as error:
            if not is_ui(canvas):
                raise
            notes.append(f"{error}; its text 'workflow' is used instead")
    if canvas is not None:
        document = parse_document(canvas, signatures, random, f"the text 'workflow' in {source}")
        return replace(document, notes=(*notes, *document.notes))
    hint = " (its text 'parameters' is that of another program)" if "parameters" in texts else ""
    raise FormatError(f"{source} is a picture that carries no workflow{hint}")


def _keys(data: Mapping[str, object]) -> str:
    names = [str(key) for key in data]
    return "the keys " + ", ".join(f"'{name[:30]}'" for name in names[:5])

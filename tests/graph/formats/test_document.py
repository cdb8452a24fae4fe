"""Telling formats apart, and pictures that carry workflows."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import FormatError
from graph.formats.document import MAX_FILE, Document, parse_document, read_document
from graph.workflow import Link, Workflow, WorkflowNode
from tests.graph.formats.drafts import SIGNATURES, Draft
from tests.graph.formats.test_png import chunk, png

if TYPE_CHECKING:
    from pathlib import Path

API: dict[str, Any] = {
    "1": {"class_type": "Paint", "inputs": {"seed": 5}},
    "2": {"class_type": "Keep", "inputs": {"pictures": ["1", 0]}},
}
FROM_API = Workflow(
    {
        "1": WorkflowNode("1", "Paint", {"seed": 5}),
        "2": WorkflowNode("2", "Keep", {"pictures": Link("1", 0)}),
    }
)


def _canvas() -> dict[str, Any]:
    draft = Draft()
    draft.link(draft.add("Paint", "a cat", 9, "fixed", "ink"), 0, draft.add("Keep"), "pictures")
    return draft.document()


def _parsed(data: object) -> Document:
    before = copy.deepcopy(data)
    document = parse_document(data, SIGNATURES)
    assert data == before
    return document


def _picture(path: Path, **texts: object) -> Path:
    chunks = []
    for keyword, text in texts.items():
        shown = text if isinstance(text, str) else json.dumps(text)
        chunks.append(chunk(b"tEXt", f"{keyword}\0{shown}".encode("latin-1")))
    path.write_bytes(png(*chunks).getvalue())
    return path


def test_api_format_is_told() -> None:
    assert _parsed(API) == Document(FROM_API)
    assert _parsed(API).extra_pnginfo == {}


@pytest.mark.parametrize("version", [0.4, 1])
def test_the_editors_document_is_told_and_travels_along(version: float) -> None:
    canvas = {**_canvas(), "version": 0.4, "extra": {"ds": {"scale": 1}}}
    document = _parsed(canvas)
    assert document.workflow.nodes["1"].inputs["seed"] == 9
    assert document.canvas == canvas
    assert document.canvas is not canvas
    assert document.extra_pnginfo == {"workflow": canvas}


def test_the_prompt_is_the_workflow_in_api_format() -> None:
    assert _parsed(API).prompt == API


def test_what_is_posted_to_a_server_is_told() -> None:
    info = {"workflow": _canvas(), "made by": "me"}
    extra = {"extra_pnginfo": info, "more": [1]}
    document = _parsed({"prompt": API, "client_id": "x", "extra_data": extra})
    assert document.workflow == FROM_API
    assert document.canvas == _canvas()
    assert document.extra_data == extra
    assert document.extra_pnginfo == info


def test_the_editors_document_may_be_posted_as_it_is() -> None:
    document = _parsed({"prompt": _canvas()})
    assert document.workflow.nodes["1"].inputs["seed"] == 9
    assert document.extra_pnginfo == {"workflow": _canvas()}


def test_both_formats_side_by_side_are_told() -> None:
    document = _parsed({"output": API, "workflow": _canvas()})
    assert (document.workflow, document.canvas) == (FROM_API, _canvas())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"extra_data": [], "prompt": API, "a": 1}, None),
        ({"prompt": API, "extra_data": 5}, "'extra_data' must be an object, not a number"),
        ({"prompt": []}, "a workflow in API format is an object of nodes by id, not a list"),
        ({"prompt": "a cat"}, "is an object of nodes by id, not text"),
        ({}, "the workflow is empty"),
        ([API], "the workflow is not a workflow: it is a list, but API format has nodes by id"),
        ("text", r"it is text \(\"text\"\), but"),
        ({"a": 1, "b": {"c": 2}}, "it has the keys 'a', 'b', but API format has nodes"),
        ({"1": {"inputs": {}}}, "node 1 must name its class in 'class_type'"),
        ({"nodes": 5}, "the workflow must have a list 'nodes'"),
    ],
)
def test_what_is_no_workflow_is_refused(data: object, sentence: str | None) -> None:
    if sentence is None:
        assert _parsed(data).workflow == FROM_API
        return
    with pytest.raises(FormatError, match=sentence):
        _parsed(data)


def test_a_file_is_told_by_what_it_holds_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "workflow.png"
    path.write_text("\ufeff" + json.dumps(API), encoding="utf-8")
    assert read_document(path, SIGNATURES).workflow == FROM_API
    picture = _picture(tmp_path / "picture.json", prompt=API)
    assert read_document(picture, SIGNATURES).workflow == FROM_API


def test_a_picture_is_read_for_what_ran_and_keeps_the_document(tmp_path: Path) -> None:
    document = read_document(
        _picture(tmp_path / "a.png", prompt=API, workflow=_canvas()), SIGNATURES
    )
    assert document == Document(FROM_API, canvas=_canvas())


def test_a_picture_with_the_editors_document_alone_will_do(tmp_path: Path) -> None:
    document = read_document(_picture(tmp_path / "a.png", workflow=_canvas()), SIGNATURES)
    assert document.workflow.nodes["1"].inputs["seed"] == 9
    assert document.canvas == _canvas()


def test_of_a_picture_with_one_broken_text_the_other_is_used(tmp_path: Path) -> None:
    broken = _picture(tmp_path / "a.png", prompt="{", workflow=_canvas())
    document = read_document(broken, SIGNATURES)
    assert document.workflow.nodes["1"].inputs["seed"] == 9
    assert "'prompt' in a.png is not valid JSON" in document.notes[0]
    assert document.notes[0].endswith("its text 'workflow' is used instead")
    document = read_document(_picture(tmp_path / "b.png", prompt=API, workflow="{"), SIGNATURES)
    assert document.workflow == FROM_API
    assert document.notes[0].endswith("it is left out")


def test_nan_as_comfyui_writes_it_is_read(tmp_path: Path) -> None:
    text = '{"1": {"class_type": "Paint", "inputs": {}, "is_changed": [NaN]}}'
    document = read_document(_picture(tmp_path / "a.png", prompt=text), SIGNATURES)
    assert set(document.workflow.nodes) == {"1"}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({}, "a.png is a picture that carries no workflow$"),
        ({"parameters": "steps: 20"}, r"no workflow \(its text 'parameters' is that of another"),
        ({"prompt": "{"}, "the text 'prompt' in a.png is not valid JSON"),
        ({"workflow": "{"}, "the text 'workflow' in a.png is not valid JSON"),
        ({"prompt": "{", "workflow": "[]"}, "the text 'prompt' in a.png is not valid JSON"),
        ({"workflow": "[]"}, "the text 'workflow' in a.png is not a workflow: it is a list"),
    ],
)
def test_a_picture_without_a_readable_workflow_is_refused(
    tmp_path: Path, texts: dict[str, str], sentence: str
) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_document(_picture(tmp_path / "a.png", **texts), SIGNATURES)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xd8\xff\xe0rest", "a.bin is a JPEG file: of pictures, only PNG files"),
        (b"RIFF....WEBP", "a.bin is a WebP file"),
        (b"", "a.bin is not valid JSON"),
        (b"\x00\x01", "a.bin is not valid JSON"),
        (b"{'a': 1}", "a.bin is not valid JSON: Expecting property name .* line 1, column 2"),
        (b"\x89PNG\r\n\x1a\n", "a.bin is a picture that carries no workflow"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=sentence):
        read_document(path, SIGNATURES)


def test_a_file_that_is_not_there_or_is_a_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"cannot read .*none.json: No such file"):
        read_document(tmp_path / "none.json", SIGNATURES)
    with pytest.raises(FormatError, match=r"cannot read "):
        read_document(tmp_path, SIGNATURES)


def test_a_file_without_end_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(MAX_FILE * 100)  # sparse
    with pytest.raises(FormatError, match="larger than 64 MiB"):
        read_document(path, SIGNATURES)

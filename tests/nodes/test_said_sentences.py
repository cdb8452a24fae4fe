"""What the engine says is what the editor can say in other languages.

`tests/data/said_sentences.json` holds a sentence of each shape, said here by the engine itself and
translated in `tests/editor/sentences.test.js`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.coerce import WrongValueError, coerce
from graph.errors import Cancelled, GraphError
from graph.folders import Folders
from graph.keys import Recipe
from graph.reasons import explain
from graph.registry import Registry
from graph.sockets import Boolean, Combo, Float, Int, String
from graph.validate import validate
from graph.workflow import Link
from nodes.registry import register_builtin
from tests.graph.stubs import flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.sockets import Kind
    from tests.graph.stubs import Nodes

SAID = Path(__file__).parents[1] / "data" / "said_sentences.json"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """An installation with one model and one picture."""
    found = Folders.under(tmp_path)
    for place in ("models/vae/fine.safetensors", "input/cat.png"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    return found


WORKFLOWS: tuple[Nodes, ...] = (
    {"1": ("EmptyImage", {})},
    {"1": ("SaveImage", {})},
    {"1": ("SaveImage", {"image": "2:0"}), "2": ("EmptyImage", {})},
    {"1": ("SaveImage", {"images": "9:0"})},
    {"1": ("SaveImage", {"images": "2:0"}), "2": ("VAELoader", {"vae_name": "fine.safetensors"})},
    {"1": ("SaveImage", {"images": "2:3"}), "2": ("EmptyImage", {})},
    {"1": ("SaveImage", {"images": "cat"})},
    {"1": ("SaveImages", {"images": "2:0"})},
    {"1": ("SaveImage", {"images": "2:0"}), "2": ("ImageInvert", {"image": "2:0"})},
    {"1": ("SaveImage", {"images": "2:0"}), "2": ("LoadImage", {"image": "cats.png"})},
    {"1": ("SaveImage", {"images": "2:0"}), "2": ("LoadImage", {"image": "dog.webp"})},
    {"1": ("SaveImage", {"images": "2:0"}), "2": ("LoadImage", {"image": "../x.png"})},
    {
        "1": ("SaveImage", {"images": "2:0"}),
        "2": ("VAEDecode", {"samples": "3:0", "vae": "4:0"}),
        "3": ("EmptyLatentImage", {"width": 9, "height": 64, "batch_size": "many"}),
        "4": ("VAELoader", {"vae_name": "x.safetensors"}),
    },
)

VALUES: tuple[tuple[Kind, object], ...] = (
    (Int(0, 9), 10),
    (Int(0, 9), -1),
    (Float(0.0, 1.0), 1.5),
    (Int(0, 9), "many"),
    (Float(0.0, 1.0), "much"),
    (String(), None),
    (Boolean(), "perhaps"),
    (Combo(("bilinear", "area")), "bilinar"),
    (Combo(()), "x"),
)

BEFORE = Recipe(
    "KSampler", "1", {"seed": 1, "cfg": 7.5}, {"model": b"m", "positive": b"p"}, {"cat.png": b"c"}
)
AFTER = (
    replace(BEFORE, version="2"),
    replace(BEFORE, constants={"seed": 2, "cfg": 8.0}),
    replace(BEFORE, constants={"seed": 1, "cfg": 7.5, "steps": 4}),
    replace(BEFORE, constants={"seed": 1}),
    replace(BEFORE, sources={"model": b"n", "positive": b"p"}),
    replace(BEFORE, sources={"positive": b"p"}),
    replace(BEFORE, sources={**BEFORE.sources, "seed": b"s"}, constants={"cfg": 7.5}),
    replace(BEFORE, files={"cat.png": b"d"}),
    replace(BEFORE, files={"cat.png": b"c", "dog.png": b"e"}),
    replace(BEFORE, files={}),
    replace(BEFORE, stamp=2),
    BEFORE,
)


def sentences(folders: Folders) -> Iterator[str]:
    """What the engine says of broken workflows, of wrong values and of files that are not there."""
    registry = Registry()
    register_builtin(registry)
    for nodes in WORKFLOWS:
        checked = validate(flow(nodes), registry, folders)
        yield from map(str, checked.problems)
        yield from checked.warnings
    for kind, value in VALUES:
        with pytest.raises(WrongValueError) as wrong:
            coerce(kind, value, folders)
        yield f"Fine (node 7), input 'x': expected {wrong.value.expected}, got {wrong.value.got}"
        if wrong.value.remedy:
            yield wrong.value.remedy
    for kind_name, name in (("vae", "fine.pt"), ("vae", "other"), ("loras", "other")):
        with pytest.raises(GraphError) as missing:
            folders.model_path(kind_name, name)
        yield str(missing.value)
    for name in ("cats.png", "zebra", "../x"):
        with pytest.raises(GraphError) as absent:
            folders.input_path(name)
        yield str(absent.value)
    yield str(Cancelled())


def reasons() -> Iterator[str]:
    """Why nodes run."""
    links = {"model": Link("4", 0), "positive": Link("6", 1), "seed": Link("9", 0)}
    for now in AFTER:
        yield explain(BEFORE, now, links=links, pure=True, files_gone=False)
    yield explain(None, BEFORE, links=links, pure=True, files_gone=False)
    yield explain(None, BEFORE, links=links, pure=True, files_gone=False, known=True)
    yield explain(BEFORE, BEFORE, links=links, pure=False, files_gone=False)
    yield explain(BEFORE, BEFORE, links=links, pure=True, files_gone=True)


def test_the_engine_says_what_is_written_down(folders: Folders) -> None:
    said = {"sentences": [*dict.fromkeys(sentences(folders))], "reasons": [*reasons()]}
    assert said == json.loads(SAID.read_text("utf-8"))

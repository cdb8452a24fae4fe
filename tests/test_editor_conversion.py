"""The editor and the engine make the same of a document: of every template that ComfyUI ships."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

import pytest

from graph.errors import FormatError
from graph.formats.api import to_api
from graph.formats.ui import convert_ui
from tests.graph.formats.pairs import editor_signatures
from tests.test_editor import NODE, ROOT, templates

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

    from graph.workflow import Json

T = TypeVar("T")
CONVERTER = ROOT / "tests" / "editor" / "support" / "convert.js"


class First(Random):
    """Always chooses the first."""

    def choice(self, seq: SupportsLenAndGetItem[T]) -> T:
        """Return the first."""
        return seq[0]


def documents(folder: Path) -> list[Json]:
    files = sorted(folder.rglob("*.json"))
    kept = [file for file in files if not file.name.startswith("index")]
    kept = [file for file in kept if file.name != "fuse_options.json"]
    return [without_names(json.loads(file.read_text(encoding="utf-8"))) for file in kept]


def without_names(value: Json) -> Json:
    """Leave out the names that only the editor reads, of values of classes it does not know."""
    if isinstance(value, dict):
        kept = value.items()
        return {key: without_names(item) for key, item in kept if key != "widgets_values_named"}
    return [without_names(item) for item in value] if isinstance(value, list) else value


def converted(document: Json) -> Json:
    try:
        return to_api(convert_ui(document, editor_signatures(), First(0)).workflow)
    except FormatError:
        return "refused"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_editor_posts_what_the_engine_makes_of_the_file(tmp_path: Path) -> None:
    folder = templates()
    if folder is None:
        pytest.skip("comfyui-workflow-templates-json is not installed")
    pairs = list(enumerate(documents(Path(folder))))
    files = [tmp_path / f"{number}.json" for number, _ in pairs]
    for file, (_, document) in zip(files, pairs, strict=True):
        file.write_text(json.dumps(document), encoding="utf-8")
    done = subprocess.run(
        [str(NODE), str(CONVERTER)],
        input=json.dumps([str(file) for file in files]),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    ours = [json.loads(line) for line in done.stdout.rstrip("\n").split("\n")]
    assert len(ours) == len(pairs) == 644
    for (number, document), posted in zip(pairs, ours, strict=True):
        assert posted == converted(document), f"document {number}"

"""Every workflow that ComfyUI ships is shown, most of them with classes that are not here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PACKAGE = "comfyui_workflow_templates_json"
_AT_ONCE = 40
_SHOW = """(texts) => texts.map((text) => {
    const {renderer} = editor;
    const json = JSON.parse(text);
    const document = editor.open({name: 'shown', json});
    editor.fit();
    const {nodes} = renderer.draw();
    editor.close(document);
    return [nodes, json.nodes.length];
})"""


def _templates() -> list[str]:
    found = find_spec(_PACKAGE)
    places = found.submodule_search_locations if found else None
    if not places:
        pytest.skip(f"{_PACKAGE} is not installed")
    files = sorted(Path(next(iter(places))).rglob("*.json"))
    return [
        file.read_text(encoding="utf-8")
        for file in files
        if not file.name.startswith("index") and file.name != "fuse_options.json"
    ]


def test_every_template_is_shown_whole_and_without_an_exception(page: Page) -> None:
    texts = _templates()
    assert len(texts) == 644
    for start in range(0, len(texts), _AT_ONCE):
        for drawn, there in page.evaluate(_SHOW, texts[start : start + _AT_ONCE]):
            assert drawn == there

"""Whole folders of real files: none may make conversion fail.

Name a folder of workflow files in `SAFELIGHT_TEMPLATES` (for instance an unpacked
`comfyui-workflow-templates-json` from PyPI) and run with `-m slow`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from graph.errors import FormatError
from graph.formats.document import parse_document
from graph.formats.ui import is_ui
from tests.graph.formats.pairs import editor_signatures

FOLDER = os.environ.get("SAFELIGHT_TEMPLATES", "")


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER, reason="SAFELIGHT_TEMPLATES names no folder")
def test_every_workflow_in_the_folder_converts() -> None:
    failed: dict[str, str] = {}
    converted = 0
    for path in sorted(Path(FOLDER).rglob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if not is_ui(data):
            continue
        try:
            parse_document(data, editor_signatures())
            converted += 1
        except FormatError as error:
            failed[path.name] = str(error)
    assert failed == {}
    assert converted

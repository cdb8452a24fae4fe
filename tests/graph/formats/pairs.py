"""The documents with what ComfyUI's editor made of them, and the node classes that they use."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from graph.formats.signatures import ObjectInfo

CONVERSION = Path(__file__).parents[2] / "data" / "conversion"
NAMES = sorted(file.stem for file in (CONVERSION / "pairs").glob("*.json"))


@cache
def pair(name: str) -> dict[str, Any]:
    """Return a document and the API format that the editor made of it; not to be changed."""
    text = (CONVERSION / "pairs" / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def editor_signatures() -> ObjectInfo:
    """Return all node classes that the pairs use."""
    files = ("comfyui_nodes.json", "api_nodes.json")
    tables = [json.loads((CONVERSION / name).read_text(encoding="utf-8")) for name in files]
    return ObjectInfo({**tables[0], **tables[1]})

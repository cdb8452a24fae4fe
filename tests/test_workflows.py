"""The ready-made workflows, as documents: sound here, and openable in ComfyUI's editor."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from app.session import Session
from app.settings import Settings

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / "workflows").glob("*.json"))
CORE_NODES = ROOT / "tests" / "data" / "conversion" / "comfyui_nodes.json"
OUR_OWN = {"CLIPTextEncodeA1111", "DDIMInversion", "DynamicPrompt"}
TITLE_HEIGHT = 30

pytestmark = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def test_a_workflow_is_sound(path: Path) -> None:
    session = Session(Settings())

    document = session.load(path)
    checked = session.check(document)

    assert (document.notes, checked.problems, checked.warnings) == ((), (), ())


def test_a_workflow_uses_classes_that_comfyui_knows_or_has_no_equal_of(path: Path) -> None:
    known = set(json.loads(CORE_NODES.read_text())) | OUR_OWN

    assert {node["type"] for node in _document(path)["nodes"]} <= known


def test_links_and_slots_tell_the_same(path: Path) -> None:
    document = _document(path)
    nodes = {node["id"]: node for node in document["nodes"]}

    assert document["version"] == 0.4
    assert document["last_node_id"] == max(nodes)
    assert document["last_link_id"] == max(link for link, *_ in document["links"])
    for link, source, slot, target, place, kind in document["links"]:
        assert link in nodes[source]["outputs"][slot]["links"]
        assert nodes[source]["outputs"][slot]["type"] == kind
        assert nodes[target]["inputs"][place]["link"] == link


def test_no_node_lies_on_another(path: Path) -> None:
    boxes = [(*node["pos"], *node["size"]) for node in _document(path)["nodes"]]

    for one, other in combinations(boxes, 2):
        beside = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
        first, second = sorted((one, other), key=lambda box: box[1])
        assert beside or first[1] + first[3] + TITLE_HEIGHT <= second[1]

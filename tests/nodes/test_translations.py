"""All that built-in nodes say is there in Chinese, in `web/editor/locales/zh`, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.folders import Folders
from graph.object_info import describe_all
from graph.registry import Registry
from nodes.registry import register_builtin

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALE = Path(__file__).parents[2] / "web/editor/locales/zh"
OF_THE_EDITOR = {"Note", "MarkdownNote", "Reroute", "PrimitiveNode"}
CATEGORIES_OF_THE_EDITOR = {"utils", "subgraph"}
OUTPUTS_OF_THE_EDITOR = {"connect to widget input"}
PROPER_NAMES = {"sampler_name", "scheduler", "config_name", "type", "model_type"}
"""Inputs whose options are called the same in every language."""
KEPT = {"fp8_e4m3fn", "fp8_e5m2", "lcm", "edm", "edm_playground_v2.5", "cosmos_rflow", "ER-SDE"}
"""Other options that are."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def read(name: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((LOCALE / f"{name}.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    registry = Registry()
    register_builtin(registry)
    described = describe_all(registry, Folders.under(tmp_path_factory.mktemp("empty")))
    found: dict[str, dict[str, object]] = json.loads(json.dumps(described))
    return found


def inputs(nodes: dict[str, dict[str, object]]) -> Iterator[tuple[str, object, dict[str, object]]]:
    """The name, type or options, and further facts of every input."""
    for node in nodes.values():
        sections = node["input"]
        assert isinstance(sections, dict)
        for section in ("required", "optional"):
            for name, spec in sections.get(section, {}).items():
                yield name, spec[0], spec[1] if len(spec) > 1 else {}


def options(nodes: dict[str, dict[str, object]]) -> dict[str, set[str]]:
    """The options of inputs that are no files and no proper names."""
    found: dict[str, set[str]] = {}
    for name, kind, _ in inputs(nodes):
        if isinstance(kind, list) and kind and name not in PROPER_NAMES:
            found.setdefault(name, set()).update(map(str, kind))
    return {name: listed - KEPT for name, listed in found.items()}


def sentences(nodes: dict[str, dict[str, object]]) -> set[str]:
    """The descriptions and tooltips."""
    found = {str(node["description"]) for node in nodes.values()}
    found |= {str(facts.get("tooltip", "")) for _, _, facts in inputs(nodes)}
    for node in nodes.values():
        tooltips = node.get("output_tooltips", [])
        assert isinstance(tooltips, list)
        found |= set(tooltips)
    return found - {""}


def output_names(nodes: dict[str, dict[str, object]]) -> set[str]:
    found: set[str] = set()
    for node in nodes.values():
        names = node["output_name"]
        assert isinstance(names, list)
        found.update(names)
    return found


def test_every_class_has_a_chinese_title(nodes: dict[str, dict[str, object]]) -> None:
    assert read("titles").keys() == nodes.keys() | OF_THE_EDITOR


def test_every_input_has_a_chinese_name(nodes: dict[str, dict[str, object]]) -> None:
    assert read("vocabulary")["inputs"].keys() == {name for name, _, _ in inputs(nodes)}


def test_every_output_has_a_chinese_name(nodes: dict[str, dict[str, object]]) -> None:
    assert read("vocabulary")["outputs"].keys() == output_names(nodes) | OUTPUTS_OF_THE_EDITOR


def test_every_word_of_a_category_is_there_in_chinese(nodes: dict[str, dict[str, object]]) -> None:
    words = {word for node in nodes.values() for word in str(node["category"]).split("/")}
    assert read("vocabulary")["categories"].keys() == words | CATEGORIES_OF_THE_EDITOR


def test_every_option_that_is_a_word_is_there_in_chinese(
    nodes: dict[str, dict[str, object]],
) -> None:
    translated = json.loads((LOCALE / "vocabulary.json").read_text("utf-8"))["options"]
    assert {name: set(labels) for name, labels in translated.items()} == options(nodes)


def test_every_sentence_is_there_in_chinese_once(nodes: dict[str, dict[str, object]]) -> None:
    files = [read(path.stem) for path in sorted(LOCALE.glob("texts_*.json"))]
    written = [sentence for file in files for sentence in file]
    assert sorted(written) == sorted(sentences(nodes))
    english = {key for file in files for key, text in file.items() if not CHINESE.search(str(text))}
    assert english == set()


def test_other_names_are_of_classes_that_there_are(nodes: dict[str, dict[str, object]]) -> None:
    assert read("vocabulary")["synonyms"].keys() <= nodes.keys() | OF_THE_EDITOR
    classes = read("vocabulary")["classes"]
    assert classes.keys() <= nodes.keys()
    for name, about in classes.items():
        named = {input_name for input_name, _, _ in inputs({name: nodes[name]})}
        assert json.loads(json.dumps(about))["inputs"].keys() <= named

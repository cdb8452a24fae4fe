"""Ours against the editor's: 51 documents and the API format that ComfyUI's editor made of them."""

from __future__ import annotations

import copy

import pytest

from graph.formats.api import parse_api, to_api
from graph.formats.ui import convert_ui
from tests.graph.formats.pairs import NAMES, editor_signatures, pair


def test_there_are_all_51_of_them() -> None:
    assert len(NAMES) == 51


@pytest.mark.parametrize("name", NAMES)
def test_a_document_becomes_what_the_editor_makes_of_it(name: str) -> None:
    document = copy.deepcopy(pair(name)["document"])
    converted, notes = convert_ui(document, editor_signatures())
    assert to_api(converted) == pair(name)["prompt"]
    assert notes == ()
    assert document == pair(name)["document"], "converting must not change the document"


@pytest.mark.parametrize("name", NAMES)
def test_api_format_survives_reading_and_writing(name: str) -> None:
    assert to_api(parse_api(pair(name)["prompt"])) == pair(name)["prompt"]


@pytest.mark.parametrize("name", NAMES)
def test_the_newer_way_to_write_links_means_the_same(name: str) -> None:
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    document = pair(name)["document"]
    links = [dict(zip(keys, link, strict=True)) for link in document["links"]]
    newer = {**document, "version": 1, "links": links}
    assert to_api(convert_ui(newer, editor_signatures()).workflow) == pair(name)["prompt"]

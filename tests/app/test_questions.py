"""What a worker answers about workflows and values, with our nodes and real tensors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import torch

from app import tensors
from app.catalogue import make_registry
from app.questions import answers
from app.value_summary import summarise
from graph.executor import Engine
from graph.folders import Folders
from graph.formats.api import parse_api
from graph.result import Blocked, Items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PICTURE = {
    "1": {
        "class_type": "EmptyImage",
        "inputs": {"width": 16, "height": 8, "batch_size": 2, "color": 0xFF0000},
    },
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}},
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    folders = Folders.under(tmp_path)
    made = Engine(make_registry(), folders, hasher=tensors.content_hash)
    yield made
    made.close()


@pytest.fixture
def ask(engine: Engine) -> Callable[..., Any]:
    known = answers(engine)
    return lambda name, prompt, **more: known[name]({"prompt": prompt, "targets": None, **more})


def test_a_check_says_everything_that_is_wrong(ask: Callable[..., Any]) -> None:
    assert ask("check", PICTURE)["outputs"] == ("3",)
    broken = {**PICTURE, "1": {"class_type": "EmptyImage", "inputs": {"width": -1}}}
    found = ask("check", broken)
    assert found["broken"] == ("3",)
    types = {problem["type"] for problem in found["problems"]}
    assert types == {"value_smaller_than_min", "required_input_missing"}
    json.dumps(found)


def test_a_plan_says_what_runs_and_why(ask: Callable[..., Any], engine: Engine) -> None:
    nodes = ask("plan", PICTURE)["nodes"]
    assert nodes["1"]["prospect"] == "runs"
    assert nodes["1"]["reason"] == "first run"
    assert nodes["2"]["prospect"] == "depends"
    engine.run(parse_api(PICTURE))
    nodes = ask("plan", PICTURE)["nodes"]
    assert all(node["cached"] for node in nodes.values())
    json.dumps(nodes)


def test_a_value_is_described_after_its_node_has_run(
    ask: Callable[..., Any], engine: Engine
) -> None:
    assert ask("value", PICTURE, node="2", slot=0) is None
    engine.run(parse_api(PICTURE))
    found = ask("value", PICTURE, node="2", slot=0)
    thumbnail = found.pop("thumbnail")
    assert thumbnail.startswith(b"\xff\xd8")
    assert found == {
        "type": "IMAGE",
        "kind": "Tensor",
        "shape": [2, 8, 16, 3],
        "dtype": "float32",
        "device": "cpu",
        "min": 0.0,
        "max": 1.0,
        "mean": pytest.approx(2 / 3),
    }
    for node, slot in (("2", 1), ("2", -1), ("9", 0), ("3", 0)):
        assert ask("value", PICTURE, node=node, slot=slot) is None


def test_a_latent_is_told_by_its_samples() -> None:
    found = summarise({"samples": torch.full((1, 4, 2, 3), 2.0), "batch_index": [0]}, "LATENT")
    assert found["shape"] == [1, 4, 2, 3]
    assert found["min"] == found["max"] == found["mean"] == 2.0
    assert found["fields"] == {"samples": "tensor 1×4×2×3 float32", "batch_index": [0]}


def test_a_mask_has_a_thumbnail_and_odd_numbers_are_words() -> None:
    found = summarise(torch.tensor([[[0.0, float("nan")], [float("inf"), 1.0]]]), "MASK")
    assert "thumbnail" in found
    assert (found["min"], found["max"]) == ("nan", "nan")
    found.pop("thumbnail")
    json.dumps(found, allow_nan=False)


def test_conditioning_text_numbers_and_objects_are_told_in_short() -> None:
    conditioning = [[torch.zeros(1, 77, 768), {"pooled_output": None}]]
    found = summarise(conditioning, "CONDITIONING")
    assert found["count"] == 1
    assert found["items"] == [["tensor 1×77×768 float32", "dict"]]
    assert summarise("x" * 20_000, "STRING")["text"] == "x" * 10_000
    assert summarise(7, "INT")["text"] == "7"
    assert summarise(object(), "MODEL") == {"type": "MODEL", "kind": "object"}
    assert summarise(torch.zeros(0), "IMAGE")["shape"] == [0]


def test_several_values_in_one_link_are_told_one_by_one() -> None:
    found: dict[str, Any] = summarise(Items([1, 2, 3]), "INT")
    assert found["count"] == 3
    assert [item["text"] for item in found["items"]] == ["1", "2", "3"]
    assert summarise(Blocked("no"), "INT")["text"] == "no"

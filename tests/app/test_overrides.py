"""`--set` and `--seed` on a small workflow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from app.errors import InputError
from app.overrides import Change, apply, parse_change, seed_changes
from graph.formats.signatures import ObjectInfo
from graph.workflow import Link, Workflow, WorkflowNode

if TYPE_CHECKING:
    from pathlib import Path

    from graph.workflow import Value

SIGNATURES = ObjectInfo(
    {
        "Sampler": {
            "input": {
                "required": {
                    "model": ["MODEL", {}],
                    "seed": ["INT", {"default": 0}],
                    "cfg": ["FLOAT", {"default": 8.0}],
                    "name": [["euler", "heun"], {}],
                    "tiled": ["BOOLEAN", {}],
                }
            },
            "output": ["LATENT"],
        },
        "Encode": {"input": {"required": {"text": ["STRING", {}]}}, "output": ["CONDITIONING"]},
        "LoadImage": {
            "input": {"required": {"image": [["a.png"], {"image_upload": True}]}},
            "output": ["IMAGE"],
        },
    }
)
WORKFLOW = Workflow(
    {
        node.id: node
        for node in (
            WorkflowNode("3", "Sampler", {"model": Link("1", 0), "seed": 1}, "Sampler"),
            WorkflowNode("6", "Encode", {"text": "a"}, "Sky v1.5 (good)"),
            WorkflowNode("7", "Encode", {"text": "b"}, "Encode"),
            WorkflowNode("8", "LoadImage", {"image": "a.png"}),
            WorkflowNode("9:2", "Strange", {"noise_seed": 4, "thing": 1}, ""),
        )
    }
)


def canonical(name: str) -> str:
    return "Sampler" if name == "KSampler" else name


def change(text: str) -> Change:
    return parse_change(text, WORKFLOW, SIGNATURES, canonical)


@pytest.mark.parametrize(
    ("text", "node", "name", "value"),
    [
        ("3.seed=8", "3", "seed", 8),
        ("Sampler.seed=8", "3", "seed", 8),
        ("sampler.seed=8", "3", "seed", 8),
        ("KSampler.seed=8", "3", "seed", 8),
        ("3.cfg=4", "3", "cfg", 4.0),
        ("3.cfg=1e1", "3", "cfg", 10.0),
        ("3.name=heun", "3", "name", "heun"),
        ("3.tiled=Yes", "3", "tiled", True),
        ("3.tiled=0", "3", "tiled", False),
        ('3.model=["1", 2]', "3", "model", Link("1", 2)),
        ("Sky v1.5 (good).text=x", "6", "text", "x"),
        ("7.text= a.b = c ", "7", "text", " a.b = c "),
        ('7.text=["1", 2]', "7", "text", '["1", 2]'),
        ("7.text=", "7", "text", ""),
        ("9:2.thing=3.5", "9:2", "thing", 3.5),
        ("9:2.thing=blue", "9:2", "thing", "blue"),
        ('9:2.thing={"a": [1]}', "9:2", "thing", {"a": [1]}),
    ],
)
def test_a_node_goes_by_id_title_or_class_and_a_value_by_its_inputs_type(
    text: str, node: str, name: str, value: Value
) -> None:
    made = change(text)
    assert made == Change(node, name, value)
    assert type(made.value) is type(value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("3.seed", "expected NODE.INPUT=VALUE"),
        ("seed=3", "'seed' names no input: expected NODE.INPUT"),
        ("Sampel.seed=3", "no node 'Sampel'; did you mean 'Sampler'?"),
        ("3.sed=3", "Sampler (node 3) has no input 'sed'; did you mean 'seed'?"),
        ("3.zzz=3", "has no input 'zzz'; it has model, seed, cfg, name, tiled"),
        ("3.seed=x", "'seed' of Sampler (node 3) takes a whole number, not 'x'"),
        ("3.seed=1.5", "takes a whole number, not '1.5'"),
        ("3.cfg=big", "takes a number, not 'big'"),
        ("3.tiled=maybe", "takes true or false, not 'maybe'"),
        ("3.model=x", "is fed by a link"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        change(text)


def test_an_ambiguous_name_lists_the_candidates() -> None:
    twins = apply(WORKFLOW, []).with_node(WorkflowNode("12", "LoadImage", {}, "Mask"))
    with pytest.raises(
        InputError, match=r'may be LoadImage \(node 8\), LoadImage "Mask" \(node 12\)'
    ):
        parse_change("LoadImage.image=a.png", twins, SIGNATURES)


def test_a_title_wins_over_a_class() -> None:
    assert change("Encode.text=x").node == "7"


def test_a_picture_elsewhere_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cat.png").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert change("LoadImage.image=./cat.png").value == str(tmp_path / "cat.png")
    assert change(f"LoadImage.image={tmp_path}/cat.png").value == str(tmp_path / "cat.png")
    assert change("LoadImage.image=cat.png").value == "cat.png"
    assert change("LoadImage.image=./dog.png").value == "./dog.png"


def test_a_seed_goes_to_every_seed_that_no_link_feeds() -> None:
    fed = WORKFLOW.with_node(WorkflowNode("4", "Sampler", {"seed": Link("1", 0)}))
    assert seed_changes(fed, SIGNATURES, 5) == (
        Change("3", "seed", 5),
        Change("9:2", "noise_seed", 5),
    )


def test_a_seed_is_set_even_where_the_file_left_it_out() -> None:
    bare = Workflow({"1": WorkflowNode("1", "Sampler")})
    changed = apply(bare, seed_changes(bare, SIGNATURES, 5))
    assert changed.nodes["1"].inputs == {"seed": 5}


def test_a_workflow_without_seeds_says_so() -> None:
    bare = Workflow({"8": WorkflowNode("8", "LoadImage")})
    with pytest.raises(InputError, match="no node of this workflow has an input 'seed'"):
        seed_changes(bare, SIGNATURES, 5)


def test_changes_are_made_in_order_and_leave_the_original_alone() -> None:
    changed = apply(WORKFLOW, [Change("3", "seed", 5), Change("3", "seed", 6)])
    assert changed.nodes["3"].inputs["seed"] == 6
    assert WORKFLOW.nodes["3"].inputs["seed"] == 1

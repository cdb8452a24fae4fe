"""This run's values in the editor's document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.canvas_values import with_changes
from app.overrides import Change
from graph.formats.signatures import ObjectInfo
from graph.workflow import Link

if TYPE_CHECKING:
    from graph.workflow import Json

SIGNATURES = ObjectInfo(
    {
        "Sampler": {
            "input": {
                "required": {
                    "model": ["MODEL", {}],
                    "seed": ["INT", {"default": 0}],
                    "steps": ["INT", {"default": 20}],
                }
            },
            "output": [],
        }
    }
)


def canvas(values: Json) -> dict[str, Json]:
    return {"nodes": [{"id": 3, "type": "Sampler", "widgets_values": values}], "version": 0.4}


def typed(document: dict[str, Json]) -> Json:
    nodes = document["nodes"]
    assert isinstance(nodes, list)
    assert isinstance(nodes[0], dict)
    return nodes[0]["widgets_values"]


def test_a_change_goes_to_its_place_behind_what_steers_the_seed() -> None:
    before = canvas([1, "fixed", 20])
    after = with_changes(before, [Change("3", "seed", 9), Change("3", "steps", 4)], SIGNATURES)
    assert typed(after) == [9, "fixed", 4]
    assert typed(before) == [1, "fixed", 20]


def test_values_that_are_saved_by_name_are_changed_by_name() -> None:
    after = with_changes(canvas({"seed": 1}), [Change("3", "seed", 9)], SIGNATURES)
    assert typed(after) == {"seed": 9}


def test_links_other_nodes_and_short_lists_are_left_alone() -> None:
    changes = [
        Change("3", "model", Link("1", 0)),
        Change("3:1", "seed", 9),
        Change("3", "steps", 4),
    ]
    assert typed(with_changes(canvas([1]), changes, SIGNATURES)) == [1]

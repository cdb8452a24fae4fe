"""The editor's document as a workflow: fields, primitives, notes, unknown classes."""

from __future__ import annotations

import copy
import time
from random import Random
from typing import Any

import pytest

from graph.errors import FormatError
from graph.formats.ui import convert_ui, is_ui
from graph.workflow import Link, Value, WorkflowNode
from tests.graph.formats.drafts import SIGNATURES, Draft


def _inputs(draft: Draft, node: int) -> dict[str, Any]:
    return dict(draft.converted().nodes[str(node)].inputs)


def test_values_get_their_names_and_links_their_nodes() -> None:
    draft = Draft()
    paint = draft.add("Paint", "a cat", 5, "randomize", "ink")
    keep = draft.add("Keep", "cat", title="Save it")
    draft.link(paint, 0, keep, "pictures")
    inputs: dict[str, Value] = {"text": "a cat", "seed": 5, "style": "ink"}
    assert draft.converted().nodes == {
        "1": WorkflowNode("1", "Paint", inputs, "Paint a Picture"),
        "2": WorkflowNode("2", "Keep", {"name": "cat", "pictures": Link("1", 0)}, "Save it"),
    }


def test_a_link_overrides_what_is_typed_into_the_field() -> None:
    draft = Draft()
    measure, paint = draft.add("Measure"), draft.add("Paint", "x", 5, "fixed", "ink")
    draft.link(measure, 0, paint, "seed", "INT", widget=True)
    assert _inputs(draft, paint) == {"text": "x", "seed": Link("1", 0), "style": "ink"}


def test_a_primitive_node_puts_its_value_into_every_field_it_is_linked_to() -> None:
    draft = Draft()
    primitive = draft.add("PrimitiveNode", 99, "fixed")
    for _ in range(2):
        paint = draft.add("Paint", "x", 5, "fixed", "ink")
        draft.link(primitive, 0, paint, "seed", "INT", widget=True)
    assert [_inputs(draft, node)["seed"] for node in (2, 3)] == [99, 99]
    assert set(draft.converted().nodes) == {"2", "3"}


def test_a_primitive_node_without_a_value_changes_nothing() -> None:
    draft = Draft()
    primitive, paint = draft.add("PrimitiveNode"), draft.add("Paint", "x", 5, "fixed", "ink")
    draft.link(primitive, 0, paint, "seed", "INT", widget=True)
    assert _inputs(draft, paint)["seed"] == 5


def test_a_primitive_node_on_a_plain_socket_feeds_nothing() -> None:
    draft = Draft()
    primitive, keep = draft.add("PrimitiveNode", 1), draft.add("Keep", "x")
    draft.link(primitive, 0, keep, "pictures")
    assert _inputs(draft, keep) == {"name": "x"}


def test_notes_vanish() -> None:
    draft = Draft()
    draft.add("Note", "read me")
    draft.add("MarkdownNote", "# me too")
    draft.add("Paint")
    assert set(draft.converted().nodes) == {"3"}


def test_choices_in_prompts_are_made_the_same_way_every_time_unless_asked() -> None:
    draft = Draft()
    draft.add("Paint", "a {red|green|blue} cat // my favourite", 5, "fixed", "ink")
    draft.add("Keep", "{a|b}//")
    assert draft.converted() == draft.converted()
    assert _inputs(draft, 2)["name"] == "{a|b}//", "only fields that are declared for it"
    converted = [convert_ui(draft.document(), SIGNATURES, Random(n)) for n in range(30)]
    texts = {one.workflow.nodes["1"].inputs["text"] for one in converted}
    assert texts == {f"a {colour} cat " for colour in ("red", "green", "blue")}


def test_an_input_whose_field_the_class_no_longer_has_is_dropped() -> None:
    draft = Draft()
    measure, paint = draft.add("Measure"), draft.add("Paint", "x", 5, "fixed", "ink")
    draft.link(measure, 0, paint, "brush", "INT", widget=True)
    assert "brush" not in _inputs(draft, paint)


def test_an_input_that_a_node_grew_by_itself_is_kept() -> None:
    draft = Draft()
    paint, blend = draft.add("Paint"), draft.add("Blend")
    draft.link(paint, 0, blend, "image_3")
    assert _inputs(draft, blend)["image_3"] == Link("1", 0)


def test_a_node_of_an_unknown_class_keeps_the_values_that_its_inputs_name() -> None:
    draft = Draft()
    sockets = [
        {"name": n, "type": t, "widget": {"name": n}} for n, t in (("n", "INT"), ("s", "COMBO"))
    ]
    paint, node = draft.add("Paint"), draft.add("Unheard", 3, "x", inputs=sockets)
    draft.link(paint, 0, node, "picture")
    workflow, notes = convert_ui(draft.document(), SIGNATURES)
    inputs: dict[str, Value] = {"n": 3, "s": "x", "picture": Link("1", 0)}
    assert workflow.nodes["2"] == WorkflowNode("2", "Unheard", inputs, "Unheard")
    assert notes == ()


def test_values_that_nothing_names_are_left_out_and_said_so() -> None:
    draft = Draft()
    draft.add("Unheard", 3, "x")
    workflow, notes = convert_ui(draft.document(), SIGNATURES)
    assert workflow.nodes["1"].inputs == {}
    assert notes == (
        "node 1 (Unheard) is of a class that is not known here, and the file does not say what "
        "its 2 values are called; they were left out",
    )


def test_values_saved_by_name_need_no_signature() -> None:
    draft = Draft()
    draft.add("Unheard", widgets_values={"n": 3, "videopreview": {"hidden": False}})
    assert _inputs(draft, 1) == {"n": 3}


def test_two_nodes_never_share_a_list() -> None:
    draft = Draft()
    primitive = draft.add("PrimitiveNode", [1, 2])
    for _ in range(2):
        draft.link(primitive, 0, draft.add("Keep"), "name", "STRING", widget=True)
    nodes = draft.converted().nodes
    one, two = (nodes[node].inputs["name"] for node in ("2", "3"))
    assert one == two == [1, 2]
    assert one is not two


def test_a_group_node_says_how_to_get_rid_of_it() -> None:
    draft = Draft()
    draft.add("workflow>My Group")
    with pytest.raises(FormatError, match=r"node 1 \(workflow>My Group\) is a group node.*convert"):
        draft.converted()


@pytest.mark.parametrize("kinds", [[], ["Note", "Reroute"]])
def test_a_document_in_which_nothing_runs_is_refused(kinds: list[str]) -> None:
    draft = Draft()
    for kind in kinds:
        draft.add(kind)
    with pytest.raises(FormatError, match="nothing in the workflow runs"):
        draft.converted()


def test_converting_leaves_the_document_alone() -> None:
    draft = Draft()
    primitive, paint = draft.add("PrimitiveNode", [1]), draft.add("Paint")
    draft.link(primitive, 0, paint, "text", "STRING", widget=True)
    document = draft.document()
    before = copy.deepcopy(document)
    workflow = convert_ui(document, SIGNATURES).workflow
    text = workflow.nodes["2"].inputs["text"]
    assert isinstance(text, list)
    text.append(2)
    assert document == before


@pytest.mark.parametrize(
    ("data", "meant"),
    [
        ({"nodes": []}, True),
        ({"nodes": 5}, True),
        ({"nodes": {"class_type": "A"}}, False),
        ({"1": {"class_type": "A"}}, False),
        ([], False),
    ],
)
def test_a_document_is_told_by_its_nodes(data: object, meant: bool) -> None:
    assert is_ui(data) is meant


def _long(count: int) -> dict[str, Any]:
    draft = Draft()
    last = draft.add("Paint", "a {b|c} d", 5, "fixed", "ink")
    for number in range(1, count):
        kind = "Reroute" if number % 5 == 0 else "Blend"
        node = draft.add(kind, 0.25, mode=4 if number % 7 == 0 else 0)
        draft.link(last, 0, node, "one" if kind == "Blend" else "")
        last = node
    return draft.document()


def _seconds(document: dict[str, Any]) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        convert_ui(document, SIGNATURES)
        times.append(time.process_time() - start)
    return min(times)


def test_time_grows_with_the_number_of_nodes_and_not_faster() -> None:
    small, large = _seconds(_long(500)), _seconds(_long(4000))
    assert large < 3 * 8 * small, (small, large)


def test_two_thousand_nodes_take_a_fraction_of_a_second() -> None:
    assert _seconds(_long(2000)) < 0.3, "0.04 s on an idle machine of two cores"

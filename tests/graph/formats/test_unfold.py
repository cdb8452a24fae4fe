"""Subgraphs unfolded: ids, borders, values typed into instances, nesting."""

from __future__ import annotations

from typing import Any

import pytest

from graph.errors import FormatError
from graph.formats.ui import convert_ui
from graph.workflow import Link
from tests.graph.formats.drafts import SIGNATURES, Draft

MUTED, BYPASSED = 2, 4


def _painter() -> Draft:
    """A subgraph with the fields text and seed that gives a picture, blended with one it takes."""
    inner = Draft()
    paint = inner.add("Paint", "inner text", 1, "fixed", "ink")
    blend = inner.add("Blend", 0.5)
    inner.link(-10, 0, paint, "text", "STRING", widget=True)
    inner.link(-10, 1, paint, "seed", "INT", widget=True)
    inner.link(paint, 0, blend, "one").link(-10, 2, blend, "two")
    return inner.leave(blend, 0, 0)


PORTS = {"words": "STRING", "number": "INT", "picture": "IMAGE"}
EXITS = {"IMAGE": "IMAGE"}


def _inputs(draft: Draft, node: str) -> dict[str, Any]:
    return dict(draft.converted().nodes[node].inputs)


def test_nodes_inside_get_ids_that_lead_to_them() -> None:
    draft = Draft()
    kind = draft.define(_painter(), PORTS, EXITS)
    source, sub, keep = draft.add("Paint"), draft.add(kind), draft.add("Keep")
    draft.link(source, 0, sub, "picture").link(sub, 0, keep, "pictures")
    nodes = draft.converted().nodes
    assert set(nodes) == {"1", "3", "2:1", "2:2"}
    assert nodes["3"].inputs["pictures"] == Link("2:2", 0)
    assert nodes["2:2"].inputs == {"amount": 0.5, "one": Link("2:1", 0), "two": Link("1", 0)}


def test_without_values_of_its_own_an_instance_has_those_inside() -> None:
    draft = Draft()
    draft.add(draft.define(_painter(), PORTS, EXITS))
    assert _inputs(draft, "1:1") == {"text": "inner text", "seed": 1, "style": "ink"}


def test_what_is_typed_into_an_instance_goes_to_the_fields_it_stands_for() -> None:
    draft = Draft()
    kind = draft.define(_painter(), PORTS, EXITS)
    draft.add(kind, "first", 11)
    draft.add(kind, "second")
    draft.add(kind, widgets_values={"number": 33})
    assert _inputs(draft, "1:1") == {"text": "first", "seed": 11, "style": "ink"}
    assert _inputs(draft, "2:1") == {"text": "second", "seed": 1, "style": "ink"}
    assert _inputs(draft, "3:1") == {"text": "inner text", "seed": 33, "style": "ink"}


def test_fields_shown_by_proxy_keep_their_values_inside() -> None:
    draft = Draft()
    proxies = {"proxyWidgets": [["1", "style"], ["-1", "words"]]}
    draft.add(draft.define(_painter(), PORTS, EXITS), properties=proxies)
    assert _inputs(draft, "1:1") == {"text": "inner text", "seed": 1, "style": "ink"}


def test_a_link_into_an_instance_overrides_what_is_typed_in() -> None:
    draft = Draft()
    measure = draft.add("Measure")
    sub = draft.add(draft.define(_painter(), PORTS, EXITS), "typed", 11)
    draft.link(measure, 0, sub, "number", "INT", widget=True)
    assert _inputs(draft, "2:1") == {"text": "typed", "seed": Link("1", 0), "style": "ink"}


def test_a_primitive_node_sets_the_field_of_an_instance() -> None:
    draft = Draft()
    primitive = draft.add("PrimitiveNode", 77, "fixed")
    sub = draft.add(draft.define(_painter(), PORTS, EXITS), "typed", 11)
    draft.link(primitive, 0, sub, "number", "INT", widget=True)
    assert _inputs(draft, "2:1")["seed"] == 77


def test_a_primitive_node_inside_sets_fields_inside() -> None:
    inner = Draft()
    primitive = inner.add("PrimitiveNode", 5, "fixed")
    inner.link(primitive, 0, inner.add("Paint", "x", 1, "fixed", "ink"), "seed", "INT", widget=True)
    draft = Draft()
    draft.add(draft.define(inner, {}, {}))
    assert _inputs(draft, "1:2")["seed"] == 5


def test_one_input_may_set_several_fields_and_feed_plain_sockets() -> None:
    inner = Draft()
    for _ in range(2):
        inner.link(-10, 0, inner.add("Paint", "x", 1, "fixed", "ink"), "seed", "INT", widget=True)
    inner.link(-10, 0, inner.add("Anything"), "what", "*")
    draft = Draft()
    draft.add(draft.define(inner, {"n": "INT"}, {}), 9)
    draft.add(draft.definitions[0]["id"])
    assert [_inputs(draft, f"1:{n}").get("seed") for n in (1, 2)] == [9, 9]
    assert _inputs(draft, "1:3") == {"what": 9}
    assert _inputs(draft, "2:3") == {"what": 1}, "untouched, it is what the first field holds"


def test_values_reach_through_instances_within_instances() -> None:
    draft = Draft()
    painter = draft.define(_painter(), PORTS, EXITS)
    outer = Draft()
    sub = outer.add(painter, "middle", 22)
    outer.link(-10, 0, sub, "words", "STRING", widget=True).link(-10, 1, sub, "picture")
    outer.leave(sub, 0, 0)
    kind = draft.define(outer, {"say": "STRING", "picture": "IMAGE"}, EXITS)
    source, plain, typed = draft.add("Paint"), draft.add(kind), draft.add(kind, "outer")
    draft.link(source, 0, plain, "picture").link(plain, 0, typed, "picture")
    assert _inputs(draft, "2:1:1") == {"text": "middle", "seed": 22, "style": "ink"}
    assert _inputs(draft, "3:1:1") == {"text": "outer", "seed": 22, "style": "ink"}
    assert _inputs(draft, "2:1:2")["two"] == Link("1", 0)
    assert _inputs(draft, "3:1:2")["two"] == Link("2:1:2", 0)


def test_an_input_may_leave_a_subgraph_as_it_came() -> None:
    inner = Draft()
    inner.add("Paint")
    inner.link(-10, 0, -20, "")
    draft = Draft()
    sub_type = draft.define(inner, {"a": "IMAGE"}, {"b": "IMAGE"})
    paint, sub, keep = draft.add("Paint"), draft.add(sub_type), draft.add("Keep")
    draft.link(paint, 0, sub, "a").link(sub, 0, keep, "pictures")
    assert _inputs(draft, "3")["pictures"] == Link("1", 0)


def test_an_output_that_nothing_inside_feeds_feeds_nothing() -> None:
    draft = Draft()
    sub_type = draft.define(_painter(), PORTS, {**EXITS, "more": "IMAGE"})
    sub, keep = draft.add(sub_type), draft.add("Keep")
    draft.link(sub, 1, keep, "pictures")
    assert "pictures" not in _inputs(draft, "2")


@pytest.mark.parametrize(("mode", "fed"), [(MUTED, None), (BYPASSED, Link("1", 0))])
def test_an_instance_is_muted_or_bypassed_as_a_whole(mode: int, fed: Link | None) -> None:
    draft = Draft()
    sub_type = draft.define(_painter(), {"picture": "IMAGE"}, EXITS)
    source, sub, keep = draft.add("Paint"), draft.add(sub_type, mode=mode), draft.add("Keep")
    draft.link(source, 0, sub, "picture").link(sub, 0, keep, "pictures")
    assert set(draft.converted().nodes) == {"1", "3"}
    assert _inputs(draft, "3").get("pictures") == fed


def test_nodes_inside_can_be_muted_and_bypassed() -> None:
    inner = _painter()
    inner.nodes[1]["mode"] = BYPASSED
    draft = Draft()
    sub, keep = draft.add(draft.define(inner, PORTS, EXITS)), draft.add("Keep")
    draft.link(sub, 0, keep, "pictures")
    assert set(draft.converted().nodes) == {"1:1", "2"}
    assert _inputs(draft, "2")["pictures"] == Link("1:1", 0)


def test_instances_keep_the_order_of_the_subgraphs_inputs_not_of_the_file() -> None:
    draft = Draft()
    one, two = draft.add("Paint"), draft.add("Paint")
    inner = Draft()
    inner.link(-10, 0, inner.add("Anything"), "what").link(-10, 1, inner.add("Anything"), "what")
    sub = draft.add(draft.define(inner, {"a": "*", "b": "*"}, {}))
    draft.link(two, 0, sub, "b").link(one, 0, sub, "a")
    assert (_inputs(draft, "3:1"), _inputs(draft, "3:2")) == (
        {"what": Link("1", 0)},
        {"what": Link("2", 0)},
    )


def test_a_field_that_this_version_of_a_class_lacks_still_takes_its_place() -> None:
    inner = _painter()
    inner.link(-10, 3, 1, "brush", "COMBO", widget=True)
    draft = Draft()
    ports = {"words": "STRING", "number": "INT", "picture": "IMAGE", "brush": "COMBO"}
    newer = {"brush": ports.pop("brush"), **ports}
    order = list(newer)
    for link in inner.links:
        if link["origin_id"] == -10:
            link["origin_slot"] = order.index([*ports, "brush"][link["origin_slot"]])
    draft.add(draft.define(inner, newer, EXITS), "thick", "typed", 11)
    assert _inputs(draft, "1:1") == {"text": "typed", "seed": 11, "style": "ink"}


def test_a_subgraph_that_contains_itself_is_reported_with_its_path() -> None:
    draft = Draft()
    one, two = Draft(), Draft()
    draft.add(draft.define(one, {}, {}))
    one.add(draft.define(two, {}, {}))
    two.add(draft.definitions[0]["id"])
    with pytest.raises(FormatError, match="a subgraph contains itself: Sub 1 → Sub 2 → Sub 1"):
        draft.converted()


def _nested(depth: int, copies: int) -> dict[str, Any]:
    draft = Draft()
    inner = Draft()
    inner.add("Paint")
    kind = draft.define(inner, {}, {})
    for _ in range(depth):
        middle = Draft()
        for _ in range(copies):
            middle.add(kind)
        kind = draft.define(middle, {}, {})
        draft.definitions[-1]["id"] = kind = f"level-{len(draft.definitions)}"
    draft.add(kind)
    return draft.document()


def test_deep_nesting_unfolds_up_to_a_limit() -> None:
    deepest = convert_ui(_nested(98, 1), SIGNATURES).workflow
    assert list(deepest.nodes) == [":".join(["1"] * 100)]
    with pytest.raises(FormatError, match="nested more than 100 deep"):
        convert_ui(_nested(5000, 1), SIGNATURES)


def test_a_small_file_cannot_unfold_into_billions_of_nodes() -> None:
    with pytest.raises(FormatError, match="unfolds into more than 100000 nodes"):
        convert_ui(_nested(40, 2), SIGNATURES)


def test_two_ways_to_the_same_id_are_reported() -> None:
    draft = Draft()
    draft.add(draft.define(_painter(), PORTS, EXITS))
    draft.add("Paint", id="1:1")
    with pytest.raises(FormatError, match="two nodes have the id 1:1"):
        draft.converted()


def test_a_subgraph_output_that_is_linked_to_no_node_is_reported() -> None:
    inner = Draft()
    inner.add("Paint")
    inner.leave(44, 0, 0)
    draft = Draft()
    sub, keep = draft.add(draft.define(inner, {}, EXITS)), draft.add("Keep")
    draft.link(sub, 0, keep, "pictures")
    with pytest.raises(FormatError, match=r"node 1 \(Sub 1\): output 0 is linked to node 44"):
        draft.converted()

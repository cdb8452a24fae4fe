"""What an input is fed with in the end: past reroutes, bypassed and muted nodes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from graph.errors import FormatError
from graph.formats.trace import types_fit
from graph.workflow import Link
from tests.graph.formats.drafts import Draft

MUTED, BYPASSED = 2, 4


def _inputs(draft: Draft, node: int) -> dict[str, Any]:
    return dict(draft.converted().nodes[str(node)].inputs)


def test_a_reroute_is_linked_through() -> None:
    draft = Draft()
    paint, first, second, keep = [draft.add(k) for k in ("Paint", "Reroute", "Reroute", "Keep")]
    draft.link(paint, 0, first, "", "*").link(first, 0, second, "", "*")
    draft.link(second, 0, keep, "pictures")
    assert _inputs(draft, keep)["pictures"] == Link("1", 0)
    assert set(draft.converted().nodes) == {"1", "4"}


def test_a_reroute_that_nothing_feeds_feeds_nothing() -> None:
    draft = Draft()
    reroute, keep = draft.add("Reroute"), draft.add("Keep")
    draft.link(reroute, 0, keep, "pictures")
    assert "pictures" not in _inputs(draft, keep)


def test_a_chain_of_ten_thousand_reroutes_is_no_trouble() -> None:
    draft = Draft()
    last = draft.add("Paint")
    for _ in range(10_000):
        reroute = draft.add("Reroute")
        draft.link(last, 0, reroute, "", "*")
        last = reroute
    keep = draft.add("Keep")
    draft.link(last, 0, keep, "pictures")
    assert _inputs(draft, keep)["pictures"] == Link("1", 0)


def test_reroutes_in_a_circle_are_reported_with_their_path() -> None:
    draft = Draft()
    first, second, keep = draft.add("Reroute"), draft.add("Reroute"), draft.add("Keep")
    draft.link(first, 0, second, "", "*").link(second, 0, first, "", "*")
    draft.link(second, 0, keep, "pictures")
    with pytest.raises(FormatError, match=r"circle .*: node 2 \(Reroute\) → node 1 \(Reroute\)$"):
        draft.converted()


def test_a_circle_that_nothing_running_reads_is_let_pass() -> None:
    draft = Draft()
    first, second = draft.add("Reroute"), draft.add("Reroute")
    draft.link(first, 0, second, "", "*").link(second, 0, first, "", "*")
    draft.add("Paint")
    assert set(draft.converted().nodes) == {"3"}


def test_a_circle_of_bypassed_nodes_is_reported() -> None:
    draft = Draft()
    first, second = draft.add("Blend", mode=BYPASSED), draft.add("Blend", mode=BYPASSED)
    keep = draft.add("Keep")
    draft.link(first, 0, second, "one").link(second, 0, first, "one")
    draft.link(second, 0, keep, "pictures")
    with pytest.raises(FormatError, match="links go round in a circle"):
        draft.converted()


def test_running_nodes_in_a_circle_are_left_for_the_plan_to_report() -> None:
    draft = Draft()
    first, second = draft.add("Blend"), draft.add("Blend")
    draft.link(first, 0, second, "one").link(second, 0, first, "one")
    assert _inputs(draft, first)["one"] == Link("2", 0)


@pytest.mark.parametrize("virtual", ["Reroute", ""])
def test_what_a_muted_node_would_feed_is_dropped(virtual: str) -> None:
    draft = Draft()
    paint, keep = draft.add("Paint", mode=MUTED), draft.add("Keep", "x")
    origin = paint
    if virtual:
        origin = draft.add(virtual)
        draft.link(paint, 0, origin, "", "*")
    draft.link(origin, 0, keep, "pictures")
    assert draft.converted().nodes.keys() == {"2"}
    assert _inputs(draft, keep) == {"name": "x"}


def test_a_field_that_a_muted_node_would_feed_is_dropped_too() -> None:
    draft = Draft()
    measure, paint = draft.add("Measure", mode=MUTED), draft.add("Paint", "x", 5, "fixed", "ink")
    draft.link(measure, 0, paint, "seed", "INT", widget=True)
    assert _inputs(draft, paint) == {"text": "x", "style": "ink"}


def test_a_bypassed_node_passes_on_the_input_with_its_outputs_number() -> None:
    draft = Draft()
    one, two, mask = draft.add("Paint"), draft.add("Paint"), draft.add("Paint")
    blend, keep = draft.add("Blend", mode=BYPASSED), draft.add("Keep")
    draft.link(two, 0, blend, "two").link(one, 0, blend, "one").link(mask, 1, blend, "mask", "MASK")
    draft.link(blend, 0, keep, "pictures")
    assert _inputs(draft, keep)["pictures"] == Link(str(one), 0)


def test_else_a_bypassed_node_passes_on_its_first_input_of_the_wanted_type() -> None:
    classes = {"inputs": [{"name": "m", "type": "MASK"}], "outputs": [{"type": "IMAGE"}]}
    draft = Draft()
    paint, other = draft.add("Paint"), draft.add("Unheard", mode=BYPASSED, **classes)
    keep = draft.add("Keep")
    draft.link(paint, 0, other, "p").link(other, 0, keep, "pictures")
    assert _inputs(draft, keep)["pictures"] == Link(str(paint), 0)


def test_an_exact_type_goes_before_an_earlier_one_that_merely_fits() -> None:
    extra = {"inputs": [{"name": "m", "type": "MASK"}, {"name": "any", "type": "*"}]}
    draft = Draft()
    paint = draft.add("Paint")
    other = draft.add("Unheard", mode=BYPASSED, **extra, outputs=[{"type": "IMAGE"}])
    keep = draft.add("Keep")
    draft.link(paint, 0, other, "exact").link(other, 0, keep, "pictures")
    assert _inputs(draft, keep)["pictures"] == Link(str(paint), 0)


def test_a_bypassed_node_without_a_fitting_input_feeds_nothing() -> None:
    draft = Draft()
    paint, measure = draft.add("Paint"), draft.add("Measure", mode=BYPASSED)
    reader = draft.add("Paint", "x", 5, "fixed", "ink")
    draft.link(paint, 0, measure, "picture")
    draft.link(measure, 0, reader, "seed", "INT", widget=True)
    assert _inputs(draft, reader)["seed"] == 5, "its field keeps what is typed in"


@pytest.mark.parametrize("kind", ["IMAGE", "*"])
@pytest.mark.parametrize("number", [0, 1])
def test_of_several_inputs_that_fit_the_one_with_the_outputs_number_is_passed_on(
    kind: str, number: int
) -> None:
    draft = Draft()
    paints = [draft.add("Paint"), draft.add("Paint")]
    swap = draft.add("Unheard", mode=BYPASSED, outputs=[{"type": "IMAGE"}, {"type": "IMAGE"}])
    draft.link(paints[0], 0, swap, "a").link(paints[1], 0, swap, "b")
    reader = draft.add("Anything")
    draft.link(swap, number, reader, "what", kind)
    draft.nodes[reader - 1]["type"] = "AnythingToo"
    assert _inputs(draft, reader)["what"] == Link(str(paints[number]), 0)


def test_a_thousand_readers_of_one_long_chain_walk_it_once() -> None:
    draft = Draft()
    last = draft.add("Paint")
    for _ in range(4000):
        reroute = draft.add("Reroute")
        draft.link(last, 0, reroute, "", "*")
        last = reroute
    for _ in range(4000):
        draft.link(last, 0, draft.add("Keep"), "pictures")
    start = time.process_time()
    draft.converted()
    assert time.process_time() - start < 3, "walking it every time takes half a minute"


def test_an_input_that_takes_anything_gets_the_input_with_the_outputs_number() -> None:
    draft = Draft()
    paint, measure = draft.add("Paint"), draft.add("Measure", mode=BYPASSED)
    first, second = draft.add("Anything"), draft.add("Anything")
    draft.link(paint, 0, measure, "picture")
    draft.link(measure, 0, first, "what", "*").link(measure, 1, second, "what", "*")
    assert _inputs(draft, first)["what"] == Link(str(paint), 0)
    assert _inputs(draft, second)["what"] == Link(str(paint), 0)


def test_bypassed_nodes_in_a_row_are_all_stepped_over() -> None:
    draft = Draft()
    last = paint = draft.add("Paint")
    for _ in range(3):
        blend = draft.add("Blend", mode=BYPASSED)
        draft.link(last, 0, blend, "one")
        last = blend
    keep = draft.add("Keep")
    draft.link(last, 0, keep, "pictures")
    assert _inputs(draft, keep)["pictures"] == Link(str(paint), 0)


def test_a_link_that_is_not_in_the_file_is_reported() -> None:
    draft = Draft()
    draft.add("Keep", inputs=[{"name": "pictures", "type": "IMAGE", "link": 9}])
    with pytest.raises(FormatError, match=r"^node 1 \(Keep\): input 'pictures' hangs on link 9"):
        draft.converted()


def test_a_link_to_a_node_that_is_not_in_the_file_is_reported() -> None:
    draft = Draft()
    draft.link(99, 0, draft.add("Keep"), "pictures")
    with pytest.raises(
        FormatError, match="'pictures' is linked to node 99, which is not in the workflow"
    ):
        draft.converted()


def test_a_broken_link_of_a_muted_node_is_let_pass() -> None:
    draft = Draft()
    draft.add("Paint")
    draft.link(99, 0, draft.add("Keep", mode=MUTED), "pictures")
    assert set(draft.converted().nodes) == {"1"}


@pytest.mark.parametrize("mode", [0, BYPASSED])
def test_an_output_below_zero_is_reported(mode: int) -> None:
    draft = Draft()
    paint, keep = draft.add("Paint", mode=mode), draft.add("Keep")
    draft.link(paint, -5, keep, "pictures")
    with pytest.raises(FormatError, match=r"node 1 \(Paint\) has no output -5"):
        draft.converted()


@pytest.mark.parametrize(
    ("one", "other", "fit"),
    [
        ("IMAGE", "IMAGE", True),
        ("IMAGE", "MASK", False),
        ("*", "MASK", True),
        ("IMAGE,MASK", "MASK", True),
        ("image", "IMAGE", True),
        ("INT, FLOAT", "STRING,FLOAT", True),
        ("INT,FLOAT", "STRING", False),
    ],
)
def test_types_fit_if_they_have_one_in_common(one: str, other: str, fit: bool) -> None:
    assert types_fit(one, other) is fit
    assert types_fit(other, one) is fit

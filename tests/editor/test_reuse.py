"""Subgraphs of a workflow that are used more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.editor.hand import Hand

_TYPES = "[...editor.store.all('node', editor.graph)].map(({type}) => type)"


def test_a_subgraph_is_added_again_by_search_and_by_drag_from_the_panel(hand: Hand) -> None:
    page = hand.page
    sampler = hand.find("KSampler", 600, 200)
    page.mouse.click(*hand.title(sampler))
    page.keyboard.press("Control+Shift+E")
    (first,) = page.evaluate(_TYPES)
    again = hand.find("Subgraph", 1100, 200)
    assert page.evaluate("id => editor.store.node(editor.graph, id).type", again) == first
    outputs = "id => editor.store.node(editor.graph, id).outputs.map(({type}) => type)"
    assert page.evaluate(outputs, again) == []

    page.locator("[data-panel=nodes]").click()
    row = page.locator("details[data-own] .row", has_text="Subgraph")
    row.drag_to(page.locator("#graph"), target_position={"x": 700, "y": 700})
    assert page.evaluate(_TYPES) == [first] * 3
    assert page.evaluate("[...editor.selection.keys].length") == 1

    # Inside it, it is not offered: it would contain itself.
    page.evaluate("id => editor.enter(editor.store.node(editor.graph, id))", again)
    row.wait_for(state="detached")
    page.evaluate("editor.leave()")
    row.wait_for()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    row.wait_for(state="detached")

"""Finding nodes of the open workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.editor.hand import Hand

_SELECTED = "[...editor.selection.keys]"


def test_a_node_is_found_by_name_by_what_is_typed_into_it_and_within_a_subgraph(
    hand: Hand,
) -> None:
    page = hand.page
    prompt = hand.find("CLIP Text Encode (Prompt)", 200, 200)
    page.mouse.click(*hand.field(prompt, "text"))
    page.keyboard.type("a lighthouse in fog")
    page.keyboard.press("Escape")
    sampler = hand.find("KSampler", 700, 200)
    page.mouse.click(*hand.title(sampler))
    page.keyboard.press("Control+Shift+E")
    outer = hand.newest
    inner = page.evaluate("id => editor.store.node('root', id).type", outer)
    page.evaluate("editor.viewport.set({x: -9000, y: -9000, scale: 1})")

    page.keyboard.press("Control+f")
    options = page.locator(".search [role=option]")
    assert options.count() == 3
    page.keyboard.type("lighthouse")
    assert options.count() == 1
    assert "a lighthouse in fog" in options.first.inner_text()
    page.keyboard.press("Enter")
    assert page.evaluate(_SELECTED) == [f"node:root/{prompt}"]
    assert page.evaluate(
        """() => {
            const {x, y, w, h} = editor.viewport.visible;
            const node = editor.store.get([...editor.selection.keys][0]);
            return node.x > x && node.y > y && node.x < x + w && node.y < y + h;
        }"""
    )

    page.keyboard.press("Control+f")
    page.keyboard.type("ksampler")
    page.keyboard.press("Enter")
    assert page.evaluate("editor.graph") == inner
    assert page.evaluate(_SELECTED) == [f"node:{inner}/{sampler}"]

    page.keyboard.press("Control+f")
    page.keyboard.type("no such thing")
    page.locator(".search .empty").wait_for()
    page.keyboard.press("Enter")
    assert page.evaluate("editor.graph") == inner

"""What hands do on the canvas, in a real browser against a real server with the starter model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editor.browser import editor, wait_for_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.editor.hand import Hand
    from tests.server.running import Server


def test_the_default_graph_is_built_with_the_mouse_alone_and_shows_its_picture(hand: Hand) -> None:
    page = hand.page
    page.mouse.dblclick(480, 740)
    latent = hand.add("Empty Latent Image")
    hand.drag(hand.output(latent, "LATENT"), (900, 200))
    sampler = hand.add("KSampler")
    hand.drag(hand.input(sampler, "model"), (80, 200))
    loader = hand.add("Load Checkpoint")
    hand.drag(hand.input(sampler, "positive"), (480, 200))
    positive = hand.add("CLIP Text Encode (Prompt)")
    hand.drag(hand.input(sampler, "negative"), (480, 480))
    negative = hand.add("CLIP Text Encode (Prompt)")
    hand.drag(hand.output(sampler, "LATENT"), (1300, 200))
    decoder = hand.add("VAE Decode")
    hand.drag(hand.output(decoder, "IMAGE"), (1300, 400))
    saver = hand.add("Save Image")
    hand.drag(hand.output(loader, "CLIP"), hand.input(positive, "clip"))
    hand.drag(hand.input(negative, "clip"), hand.output(loader, "CLIP"))
    hand.drag(hand.output(loader, "VAE"), hand.title(decoder))
    assert len(hand.links) == 9
    for name in ("width", "height"):
        x, y = hand.field(latent, name)
        hand.drag((x, y), (x - 4 * 56, y))
        assert hand.value(latent, name) == 64
    x, y = hand.field(sampler, "steps")
    hand.drag((x, y), (x - 4 * 17, y))
    assert hand.value(sampler, "steps") == 3

    page.locator("#run").click()
    wait_for_run(page)
    files = page.evaluate("id => editor.document.run.get(id).files.length", saver)
    assert files == 1
    assert page.evaluate(
        "id => editor.renderer.scene.nodes.get(`node:root/${id}`).layout.preview !== null",
        saver,
    )


def test_a_refused_link_says_why_and_escape_leaves_no_trace(hand: Hand) -> None:
    page = hand.page
    loader = hand.find("Load Checkpoint", 200, 200)
    sampler = hand.find("KSampler", 800, 200)
    hand.drag(hand.output(loader, "VAE"), hand.input(sampler, "model"))
    page.locator(".toast", has_text="VAE does not fit into MODEL").wait_for()
    hand.drag(hand.output(loader, "MODEL"), hand.input(sampler, "model"))
    before = page.evaluate("editor.store.records.size")
    page.mouse.move(*hand.input(sampler, "model"))
    page.mouse.down()
    page.mouse.move(600, 600, steps=3)
    assert hand.links == []
    page.keyboard.press("Escape")
    page.mouse.up()
    assert len(hand.links) == 1
    assert page.evaluate("editor.store.records.size") == before


def test_numbers_are_typed_as_arithmetic_and_stepped_by_arrow_keys(hand: Hand) -> None:
    page = hand.page
    latent = hand.find("Empty Latent Image", 300, 200)
    page.mouse.click(*hand.field(latent, "width"))
    page.locator(".field-number").fill("512*1.5")
    page.keyboard.press("Tab")
    assert hand.value(latent, "width") == 768
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert hand.value(latent, "height") == 520
    page.mouse.click(*hand.field(latent, "width"))
    page.locator(".field-number").fill("1")
    page.keyboard.press("Escape")
    assert hand.value(latent, "width") == 768
    page.keyboard.press("Control+z")
    assert hand.value(latent, "height") == 512


def test_a_choice_is_found_by_typing_a_part_of_it(hand: Hand) -> None:
    page = hand.page
    sampler = hand.find("KSampler", 300, 200)
    page.mouse.click(*hand.field(sampler, "sampler_name"))
    page.locator(".field-filter").fill("2m sde")
    page.keyboard.press("Enter")
    assert hand.value(sampler, "sampler_name") == "dpmpp_2m_sde"
    page.mouse.click(*hand.field(sampler, "seed.control"))
    page.locator(".field-option", has_text="increment").click()
    assert hand.value(sampler, "seed.control") == "increment"


def test_ctrl_and_an_arrow_key_change_the_weight_of_a_word(hand: Hand) -> None:
    page = hand.page
    prompt = hand.find("CLIP Text Encode (Prompt)", 300, 200)
    page.mouse.click(*hand.field(prompt, "text"))
    page.keyboard.type("a red house")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    assert hand.value(prompt, "text") == "a red (house:1.1)"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    assert hand.value(prompt, "text") == ""


def test_a_pasted_picture_becomes_a_node(hand: Hand) -> None:
    page = hand.page
    page.evaluate(
        """async () => {
            const canvas = new OffscreenCanvas(8, 8);
            canvas.getContext('2d').fillRect(0, 0, 8, 8);
            const data = new DataTransfer();
            const blob = await canvas.convertToBlob();
            data.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
            dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, cancelable: true}));
        }"""
    )
    page.wait_for_function(
        "() => [...editor.store.all('node', editor.graph)][0]?.values.image === 'pasted.png'"
    )


def test_two_fingers_zoom_and_a_long_press_opens_the_menu(browser: Browser, server: Server) -> None:
    with editor(browser, server.url, has_touch=True) as page:
        before = page.evaluate("editor.viewport.scale")
        touch = page.context.new_cdp_session(page)

        def send(kind: str, *points: tuple[float, float]) -> None:
            found = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

        send("touchStart", (600, 600))
        send("touchStart", (600, 600), (700, 600))
        send("touchMove", (550, 600), (750, 600))
        send("touchEnd")
        assert page.evaluate("editor.viewport.scale") == pytest.approx(2 * before, rel=0.05)
        send("touchStart", (640, 650))
        page.locator("[role=menu]").wait_for()
        send("touchEnd")


SHORTCUTS = {
    "Control+m": "mode === 2",
    "Control+b": "mode === 4",
    "Alt+c": "collapsed",
    "p": "pinned",
}


@pytest.mark.parametrize("keys", SHORTCUTS)
def test_a_shortcut_changes_the_selected_node_and_changes_it_back(hand: Hand, keys: str) -> None:
    page = hand.page
    node = hand.find("KSampler", 300, 200)
    parts = "{mode, collapsed, pinned}"
    holds = f"id => (({parts}) => {SHORTCUTS[keys]})(editor.store.node(editor.graph, id))"
    assert not page.evaluate(holds, node)
    page.keyboard.press(keys)
    assert page.evaluate(holds, node)
    page.keyboard.press(keys)
    assert not page.evaluate(holds, node)


def test_nodes_are_copied_pasted_grouped_and_deleted_by_keys(hand: Hand) -> None:
    page = hand.page
    count = "editor.store.count('node', editor.graph)"
    loader = hand.find("Load Checkpoint", 300, 200)
    sampler = hand.find("KSampler", 800, 200)
    hand.drag(hand.output(loader, "MODEL"), hand.input(sampler, "model"))
    page.mouse.click(*hand.title(sampler))
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    assert page.evaluate(count) == 3
    assert len(hand.links) == 1
    page.keyboard.press("Control+Shift+V")
    assert page.evaluate(count) == 4
    assert len(hand.links) == 2
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+g")
    page.keyboard.press("Enter")
    assert page.evaluate("editor.store.count('group', editor.graph)") == 1
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    assert page.evaluate(count) == 0
    page.keyboard.press("Control+z")
    assert page.evaluate(count) == 4

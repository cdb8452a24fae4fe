"""What hands do with links, titles, switches and files, with a real mouse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.editor.browser import editor, wait_for_run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.editor.hand import Hand
    from tests.server.running import Server


def test_a_node_that_is_dropped_on_a_link_goes_between_and_a_knife_cuts(hand: Hand) -> None:
    page = hand.page
    loader = hand.find("Load Checkpoint", 150, 300)
    sampler = hand.find("KSampler", 1150, 300)
    hand.drag(hand.output(loader, "MODEL"), hand.input(sampler, "model"))
    between = hand.find("ModelSamplingDiscrete", 600, 700)
    (x1, y1), (x2, y2) = hand.output(loader, "MODEL"), hand.input(sampler, "model")
    start = hand.title(between)
    hand.drag(start, ((x1 + x2) / 2, (y1 + y2) / 2))
    assert hand.links == [f"{loader}.0>{between}.0", f"{between}.0>{sampler}.0"]
    page.keyboard.press("Control+z")
    assert hand.links == [f"{loader}.0>{sampler}.0"]
    page.keyboard.down("Alt")
    hand.drag(((x1 + x2) / 2, y1 - 150), ((x1 + x2) / 2, y1 + 150))
    page.keyboard.up("Alt")
    assert hand.links == []
    page.keyboard.press("Control+z")
    assert len(hand.links) == 1


def test_a_switch_is_turned_by_a_click_and_by_keys(hand: Hand) -> None:
    page = hand.page
    node = hand.find("ModelSamplingDiscrete", 600, 300)
    assert hand.value(node, "zsnr") is False
    page.mouse.click(*hand.field(node, "zsnr"))
    assert hand.value(node, "zsnr") is True
    page.keyboard.press("Control+z")
    assert hand.value(node, "zsnr") is False
    page.mouse.click(*hand.title(node))
    page.keyboard.press("Enter")
    for _ in range(4):
        if page.evaluate("document.activeElement.getAttribute('role')") == "switch":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    assert hand.value(node, "zsnr") is True


def test_a_subgraph_is_renamed_from_the_name_that_it_shows(hand: Hand) -> None:
    page = hand.page
    node = hand.find("KSampler", 400, 200)
    page.mouse.click(*hand.title(node))
    page.keyboard.press("Control+Shift+E")
    made = hand.newest
    page.keyboard.press("F2")
    assert page.locator(".field-title").input_value() == "Subgraph"
    page.keyboard.type("Sampling")
    page.keyboard.press("Enter")
    title = "id => editor.store.node('root', id).title"
    assert page.evaluate(title, made) == "Sampling"


def test_a_node_and_a_group_are_renamed_and_coloured(hand: Hand) -> None:
    page = hand.page
    node = hand.find("KSampler", 300, 300)
    page.mouse.dblclick(*hand.title(node))
    page.keyboard.press("Control+a")
    page.keyboard.type("mine")
    page.keyboard.press("Enter")
    record = "id => (({title, color}) => [title, color])(editor.store.node('root', id))"
    assert page.evaluate(record, node) == ["mine", None]
    page.mouse.click(*hand.title(node), button="right")
    page.get_by_role("menuitem", name="Colour").click()
    page.get_by_role("menuitem", name="Red").click()
    title, color = page.evaluate(record, node)
    assert title == "mine"
    assert color
    page.keyboard.press("Control+g")
    page.keyboard.type("ours")
    page.keyboard.press("Enter")
    groups = "[...editor.store.all('group', 'root')].map(({title}) => title)"
    assert page.evaluate(groups) == ["ours"]
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert page.evaluate(record, node) == [None, None]


def test_nodes_are_carried_from_one_tab_to_another(hand: Hand) -> None:
    page = hand.page
    loader = hand.find("Load Checkpoint", 200, 300)
    sampler = hand.find("KSampler", 800, 300)
    hand.drag(hand.output(loader, "MODEL"), hand.input(sampler, "model"))
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+x")
    assert page.evaluate("editor.store.count('node', 'root')") == 0
    page.get_by_role("button", name="New workflow").click()
    page.keyboard.press("Control+v")
    page.wait_for_function("() => editor.store.count('node', 'root') === 2")
    assert len(hand.links) == 1
    page.get_by_role("tab").nth(1).click()
    page.keyboard.press("Control+z")
    assert page.evaluate("editor.store.count('node', 'root')") == 2


def test_a_workflow_is_downloaded_in_both_formats(hand: Hand, tmp_path: Path) -> None:
    page = hand.page
    hand.find("Empty Latent Image", 300, 300)
    for label, has in (("Download", "nodes"), ("Download in API format", "1")):
        page.locator(".brand").click()
        with page.expect_download() as told:
            page.get_by_role("menuitem", name=label, exact=True).click()
        place = tmp_path / told.value.suggested_filename
        told.value.save_as(place)
        assert place.suffix == ".json"
        assert has in json.loads(place.read_text("utf-8"))


def test_a_picture_is_copied_from_the_lightbox(browser: Browser, server: Server) -> None:
    rights = ["clipboard-read", "clipboard-write"]
    with editor(browser, server.url, permissions=rights) as page:
        page.evaluate(
            """() => {
                const node = [...editor.store.all('node', 'root')]
                    .find(({type}) => type === 'KSampler');
                editor.store.transact('value', (tx) =>
                    tx.put({...node, values: {...node.values, steps: 1, seed: 77}}));
            }"""
        )
        page.keyboard.press("Control+Enter")
        wait_for_run(page)
        page.locator("[data-panel=gallery]").click()
        page.locator(".gallery button").first.click()
        page.get_by_role("button", name="Copy").click()
        page.locator(".toast-success").wait_for()
        kinds = "navigator.clipboard.read().then((items) => items.flatMap(({types}) => types))"
        assert page.evaluate(kinds) == ["image/png"]

"""Each shortcut that people have in their fingers (tests/data/editor/shortcuts.md), pressed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.editor.browser import wait_for_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.editor.hand import Hand
    from tests.server.running import Server

LIST = Path(__file__).parents[1] / "data" / "editor" / "shortcuts.md"
_COUNT = "editor.store.count('node', editor.graph)"
_VIEW = "(({x, y, scale}) => [x, y, scale])(editor.viewport)"


def test_every_shortcut_of_the_list_is_named_by_a_test_of_this_file() -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in LIST.read_text(encoding="utf-8").splitlines()[2:]]
    names = [name.strip() for row in rows for name in re.split(r" · | / |\band\b|\(|\)", row)]
    keys = [name.replace("`", "") for name in names if name.strip(" `")]
    assert len(keys) > 40
    assert [key for key in keys if f'"{key}"' not in tested] == []


COVERED = {
    "queue": ["Ctrl+Enter", "Ctrl+Shift+Enter", "Ctrl+Alt+Enter"],
    "files": ["Ctrl+S", "Ctrl+O", "Ctrl+D"],
    "history": ["Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z"],
    "select": ["Ctrl+A", "Ctrl/Shift+click"],
    "clipboard": ["Ctrl+C", "Ctrl+V", "Ctrl+Shift+V"],
    "delete": ["Delete", "Backspace", "Ctrl+Backspace"],
    "state": ["Alt+C", "Ctrl+M", "Ctrl+B", "P", "Ctrl+G"],
    "drags": ["Shift+drag", "nodes", "a slot's wires", "Ctrl+Alt+click on a slot"],
    "view": ["Space", "held", "Alt++", "Alt+-", "Ctrl+Shift+drag vertically", "."],
    "search": ["double click on the canvas"],
    "panels": ["Q", "H", "W", "N", "M", "R", "F", "Ctrl+,", "Ctrl+", "Ctrl+`"],
    "weights": ["Ctrl+↑", "Ctrl+↓ in a prompt"],
}
"""What the tests below press, as the list writes it."""


@pytest.fixture
def two(hand: Hand) -> tuple[str, str]:
    """A loader linked to a sampler, which is selected."""
    loader = hand.find("Load Checkpoint", 300, 200)
    sampler = hand.find("KSampler", 900, 200)
    hand.drag(hand.output(loader, "MODEL"), hand.input(sampler, "model"))
    assert len(hand.links) == 1
    hand.page.mouse.click(*hand.title(sampler))
    return loader, sampler


def _selected(page: Page) -> int:
    count: int = page.evaluate("editor.selection.size")
    return count


def test_queue_to_run_at_the_front_and_to_cancel(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda one: sent.append(f"{one.url} {one.post_data}"))
    page.evaluate(
        """() => {
            const node = [...editor.store.all('node', 'root')]
                .find(({type}) => type === 'KSampler');
            const values = {...node.values, steps: 2000, seed: 5};
            editor.store.transact('value', (tx) => tx.put({...node, values}));
        }"""
    )
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => editor.net.queue.running > 0", timeout=120_000)
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_function("() => editor.net.queue.pending > 0")
    assert any("/prompt" in one and '"front":true' in one for one in sent)
    for _ in range(2):
        page.wait_for_function("() => editor.net.queue.running > 0", timeout=60_000)
        page.keyboard.press("Control+Alt+Enter")
        page.wait_for_timeout(300)
    wait_for_run(page, "cancelled")


def test_save_load_and_the_default_graph(page: Page) -> None:
    page.keyboard.press("Control+s")
    page.locator("dialog input").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+o")
    page.locator("dialog").wait_for()
    page.keyboard.press("Escape")
    page.evaluate("editor.open({name: ''})")
    assert page.evaluate(_COUNT) == 0
    page.keyboard.press("Control+d")
    page.wait_for_function(f"() => {_COUNT} === 7")


def test_undo_and_both_redos(hand: Hand, two: tuple[str, str]) -> None:
    page = hand.page
    page.keyboard.press("Delete")
    assert page.evaluate(_COUNT) == 1
    for redo in ("Control+y", "Control+Shift+Z"):
        page.keyboard.press("Control+z")
        assert page.evaluate(_COUNT) == len(two)
        page.keyboard.press(redo)
        assert page.evaluate(_COUNT) == 1


def test_select_all_and_add_to_the_selection(hand: Hand, two: tuple[str, str]) -> None:
    page = hand.page
    page.mouse.click(*hand.title(two[0]))
    assert _selected(page) == 1
    for key in ("Control", "Shift"):
        page.mouse.click(*hand.title(two[0]))
        page.keyboard.down(key)
        page.mouse.click(*hand.title(two[1]))
        page.keyboard.up(key)
        assert _selected(page) == 2
    page.evaluate("editor.selection.clear()")
    page.keyboard.press("Control+a")
    assert _selected(page) == 2


def test_copy_paste_paste_with_links_and_delete(hand: Hand, two: tuple[str, str]) -> None:
    page = hand.page
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    assert (page.evaluate(_COUNT), len(hand.links)) == (3, 1)
    page.keyboard.press("Control+Shift+V")
    assert (page.evaluate(_COUNT), len(hand.links)) == (4, 2)
    page.keyboard.press("Delete")
    assert page.evaluate(_COUNT) == 3
    page.mouse.click(*hand.title(two[0]))
    page.keyboard.press("Backspace")
    assert page.evaluate(_COUNT) == 2


def test_the_whole_graph_is_deleted_when_asked_twice_and_comes_back(
    hand: Hand, two: tuple[str, str]
) -> None:
    page = hand.page
    page.keyboard.press("Control+Backspace")
    page.locator("dialog[open] .danger").click()
    page.wait_for_function(f"() => {_COUNT} === 0")
    page.keyboard.press("Control+z")
    assert page.evaluate(_COUNT) == len(two)


STATES = {
    "Alt+c": "collapsed",
    "Control+m": "mode === 2",
    "Control+b": "mode === 4",
    "p": "pinned",
}


def test_collapse_mute_bypass_pin_and_group_the_selection(hand: Hand, two: tuple[str, str]) -> None:
    page = hand.page
    for keys, holds in STATES.items():
        state = f"id => (({{mode, collapsed, pinned}}) => {holds})(editor.store.node('root', id))"
        assert not page.evaluate(state, two[1])
        page.keyboard.press(keys)
        assert page.evaluate(state, two[1]), keys
        page.keyboard.press(keys)
        assert not page.evaluate(state, two[1]), keys
    page.keyboard.press("Control+g")
    assert page.evaluate("editor.store.count('group', 'root')") == 1


def test_shift_moves_several_nodes_and_all_wires_of_a_slot(
    hand: Hand, two: tuple[str, str]
) -> None:
    page = hand.page
    loader, sampler = two
    places = "[...editor.store.all('node', 'root')].map(({x}) => x)"
    before = page.evaluate(places)
    page.keyboard.down("Shift")
    x, y = hand.title(loader)
    hand.drag((x, y), (x + 80, y + 40))
    page.keyboard.up("Shift")
    after = page.evaluate(places)
    assert [round((b - a) / 80) for a, b in zip(before, after, strict=True)] == [1, 1]
    other = hand.find("Load Checkpoint", 300, 640)
    page.keyboard.down("Shift")
    hand.drag(hand.output(loader, "MODEL"), hand.output(other, "MODEL"))
    page.keyboard.up("Shift")
    assert hand.links == [f"{other}.0>{sampler}.0"]
    page.keyboard.down("Control")
    page.keyboard.down("Alt")
    page.mouse.click(*hand.input(sampler, "model"))
    page.keyboard.up("Alt")
    page.keyboard.up("Control")
    assert hand.links == []


def test_keys_pan_zoom_and_fit(hand: Hand, two: tuple[str, str]) -> None:
    page = hand.page
    page.mouse.move(700, 800)
    page.keyboard.down("Space")
    hand.drag((700, 800), (760, 830))
    page.keyboard.up("Space")
    assert page.evaluate(_VIEW) == [60, 30, 1]
    page.keyboard.press("Alt+=")
    assert page.evaluate("editor.viewport.scale") > 1
    page.keyboard.press("Alt+-")
    assert page.evaluate("editor.viewport.scale") == pytest.approx(1)
    page.keyboard.down("Control")
    page.keyboard.down("Shift")
    hand.drag((700, 800), (700, 700))
    page.keyboard.up("Shift")
    page.keyboard.up("Control")
    assert page.evaluate("editor.viewport.scale") > 1.5
    page.keyboard.press(".")
    middle = page.evaluate(
        """([, id]) => {
            const {bounds: {x, y, w, h}} = editor.renderer.scene.nodes.get(`node:root/${id}`);
            const {viewport} = editor;
            const at = viewport.toScreen({x: x + w / 2, y: y + h / 2});
            return [at.x / viewport.width, at.y / viewport.height];
        }""",
        list(two),
    )
    assert middle == pytest.approx([0.5, 0.5], abs=0.02)


PANELS = {
    "q": "queue",
    "h": "history",
    "w": "workflows",
    "n": "nodes",
    "m": "models",
    "Control+,": "settings",
    "Control+`": "log",
}


@pytest.fixture(scope="module")
def still(browser: Browser, server: Server) -> Iterator[Page]:
    """One page for what leaves no trace."""
    from tests.editor.browser import editor

    with editor(browser, server.url) as found:
        yield found


@pytest.mark.parametrize("keys", PANELS)
def test_a_key_opens_its_panel_and_closes_it(still: Page, keys: str) -> None:
    button = still.locator(f"[data-panel={PANELS[keys]}][aria-expanded=true]")
    still.keyboard.press(keys)
    button.wait_for()
    still.evaluate("document.activeElement.blur()")
    still.keyboard.press(keys)
    button.wait_for(state="detached")


def test_focus_mode_leaves_nothing_but_the_graph(still: Page) -> None:
    still.keyboard.press("f")
    assert not still.locator(".toolbar").is_visible()
    assert not still.locator(".rail").is_visible()
    still.wait_for_function("() => editor.viewport.width === innerWidth")
    still.keyboard.press("f")
    assert still.locator(".toolbar").is_visible()


def test_definitions_are_fetched_anew(still: Page) -> None:
    with still.expect_request("**/object_info"):
        still.keyboard.press("r")


def test_a_double_click_on_the_canvas_searches(still: Page) -> None:
    still.mouse.dblclick(500, 760)
    still.locator(".search-field").wait_for()
    still.keyboard.press("Escape")
    still.locator(".search-field").wait_for(state="detached")


def test_ctrl_and_arrows_weigh_the_selected_words(hand: Hand) -> None:
    page = hand.page
    prompt = hand.find("CLIP Text Encode (Prompt)", 300, 200)
    page.mouse.click(*hand.field(prompt, "text"))
    page.keyboard.type("a red house")
    page.keyboard.press("Control+ArrowUp")
    assert hand.value(prompt, "text") == "a red (house:1.05)"
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("Control+ArrowDown")
    assert hand.value(prompt, "text") == "a red (house:0.95)"

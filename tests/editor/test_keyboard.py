"""Everything by keys alone: the canvas, its menus, links, fields and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.editor.browser import wait_for_run

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.editor.hand import Hand

_FOCUS = "document.activeElement.id || document.activeElement.className"


class Keys:
    """Fingers on a keyboard, and nothing else."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.page = hand.page

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, label: str) -> None:
        """Go to a line of the open menu with the arrow keys, and take it."""
        menu = self.page.locator("[role=menu]")
        menu.wait_for()
        for _ in range(40):
            focused = str(self.page.evaluate("document.activeElement.textContent"))
            if focused.startswith(label):
                self.press("Enter")
                return
            self.press("ArrowDown")
        raise AssertionError(f"no {label!r} in {menu.inner_text()!r}")

    def find(self, title: str) -> str:
        """Type in the search that is open until a class comes first; the id of the new node."""
        self.page.locator(".search-field").wait_for()
        self.page.keyboard.type(title)
        first = self.page.locator("[role=option][aria-selected=true]", has_text=title).first
        first.wait_for()
        self.press("Enter")
        return self.hand.newest

    def link_to_new(self, socket: str, title: str) -> str:
        """From a socket of the selected node to a new node."""
        self.press("l")
        self.choose(socket)
        self.choose("To a new node")
        return self.find(title)

    def select(self, node: str) -> None:
        """Go from node to node with the arrow keys until one is selected."""
        goal = f"() => [...editor.selection.keys].at(-1) === `node:${{editor.graph}}/{node}`"
        for keys in (["ArrowLeft"] * 8, ["ArrowRight"] * 8, ["ArrowUp"] * 8, ["ArrowDown"] * 8):
            for key in keys:
                if self.page.evaluate(goal):
                    return
                self.press(key)
        for sideways in ("ArrowLeft", "ArrowRight"):
            for vertical in ("ArrowUp", "ArrowDown"):
                for _ in range(6):
                    self.press(sideways)
                    for _ in range(3):
                        self.press(vertical)
                        if self.page.evaluate(goal):
                            return
        state = "[document.activeElement.outerHTML.slice(0, 99), [...editor.selection.keys]]"
        found = self.page.evaluate(state)
        raise AssertionError(f"the arrow keys do not reach node {node}: {found}")

    def fill(self, name: str, text: str) -> None:
        """Edit a field of the selected node: Enter, Tab to it, type."""
        self.press("Enter")
        for _ in range(12):
            if self.page.evaluate(
                "editor_field => document.activeElement.ariaLabel === editor_field", name
            ):
                break
            self.press("Tab")
        self.press("Control+a")
        self.page.keyboard.type(text)
        self.press("Enter")


def test_the_default_graph_is_built_and_run_with_the_keyboard_alone(hand: Hand) -> None:
    page = hand.page
    keys = Keys(hand)
    page.locator("body").press("Shift+F10")
    keys.choose("Add a node")
    sampler = keys.find("KSampler")
    keys.link_to_new("→ model", "Load Checkpoint")
    loader = hand.newest
    keys.link_to_new("CLIP →", "CLIP Text Encode (Prompt)")
    positive = hand.newest
    keys.press("l")
    keys.choose("CONDITIONING")
    keys.choose("KSampler · positive")
    keys.select(loader)
    negative = keys.link_to_new("CLIP →", "CLIP Text Encode (Prompt)")
    keys.press("l")
    keys.choose("CONDITIONING")
    keys.choose("KSampler · negative")
    keys.select(sampler)
    latent = keys.link_to_new("→ latent_image", "Empty Latent Image")
    keys.fill("width", "64")
    keys.fill("height", "64")
    keys.select(sampler)
    keys.fill("steps", "2")
    decoder = keys.link_to_new("LATENT →", "VAE Decode")
    keys.press("l")
    keys.choose("→ vae")
    keys.choose("Load Checkpoint · VAE")
    keys.select(decoder)
    saver = keys.link_to_new("IMAGE →", "Save Image")
    assert len(hand.links) == 9
    assert {positive, negative, latent} < set(
        page.evaluate("[...editor.store.all('node', 'root')].map(({id}) => id)")
    )
    assert hand.value(latent, "width") == hand.value(latent, "height") == 64
    assert hand.value(sampler, "steps") == 2

    keys.press("Control+Enter")
    wait_for_run(page)
    assert page.evaluate("id => editor.document.run.get(id).files.length", saver) == 1


def test_a_screen_reader_hears_what_the_arrow_keys_go_to(page: Page) -> None:
    page.locator("#graph").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.querySelector('#graph').getAttribute('aria-activedescendant')"
    )
    active = page.evaluate(
        """() => {
            const row = document.getElementById(
                document.querySelector('#graph').getAttribute('aria-activedescendant'));
            return [row.textContent, row.getAttribute('aria-selected'), row.getAttribute('role')];
        }"""
    )
    assert active[1:] == ["true", "option"]
    titles = page.evaluate(
        """[...document.querySelectorAll('#graph [role=option]')]
            .map(({textContent}) => textContent)"""
    )
    assert len(titles) == 7
    assert active[0] in titles
    page.keyboard.press("Control+m")
    page.wait_for_function(
        "() => document.querySelector('#graph [aria-selected=true]').textContent.includes('Muted')"
    )


def test_tab_goes_through_everything_and_shows_where_it_is(page: Page) -> None:
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_FOCUS))
        ring = page.evaluate(
            """() => {
                const {outlineStyle, boxShadow} = getComputedStyle(document.activeElement);
                return outlineStyle !== 'none' || boxShadow !== 'none';
            }"""
        )
        assert ring, seen[-1]
        if seen[-1] == "graph":
            break
    assert "brand" in seen
    assert "run" in seen
    assert "rail-button" in seen
    assert seen[-1] == "graph"


def test_the_menu_key_opens_the_menu_of_the_selected_node_and_escape_closes_it(page: Page) -> None:
    page.locator("#graph").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ContextMenu")
    menu = page.locator("[role=menu]")
    menu.wait_for()
    assert "Bypass" in menu.inner_text()
    page.keyboard.press("Escape")
    menu.wait_for(state="detached")
    assert page.evaluate(_FOCUS) == "graph"
    page.keyboard.press("Shift+F10")
    menu.wait_for()
    assert page.locator("[role=menu]").count() == 1


def test_what_a_run_does_is_said(page: Page) -> None:
    page.evaluate(
        """() => {
            window.said = [];
            const live = document.querySelector('[role=status][aria-live]');
            new MutationObserver(() => said.push(live.textContent))
                .observe(live, {childList: true});
        }"""
    )
    page.keyboard.press("Control+Enter")
    wait_for_run(page)
    page.wait_for_function("() => said.at(-1) === 'Done'")
    said = page.evaluate("said")
    assert "Queued" in said
    assert any("KSampler" in one or "Load Checkpoint" in one for one in said)


def test_what_is_on_the_page_has_a_role_and_a_name(page: Page) -> None:
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, input, select, textarea, [role=tab], canvas')]
            .filter((one) => one.checkVisibility() && one.id !== 'minimap')
            .filter(({ariaLabel, title, textContent, labels}) =>
                !(ariaLabel || title || textContent.trim() || labels?.length))
            .map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert nameless == []
    assert page.get_by_role("tablist").count() == 1
    assert page.get_by_role("tab", selected=True).count() == 1
    assert page.get_by_role("navigation").count() == 1
    assert page.get_by_role("listbox", name="Graph").count() == 1


def test_nothing_moves_for_those_who_asked_for_that(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].filter((one) => {
            const {transitionDuration, animationName} = getComputedStyle(one);
            return animationName !== 'none' || parseFloat(transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0

"""Fingers on a phone, 390×844, and a pen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editor.browser import editor, wait_for_run
from tests.editor.hand import Hand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Page

    from tests.server.running import Server

_PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Fingers(Hand):
    """Fingers over the graph."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._session: CDPSession = page.context.new_cdp_session(page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        """Tell the browser where all fingers are."""
        found = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    def tap(self, place: tuple[float, float]) -> None:
        """Tap once."""
        self.page.touchscreen.tap(*place)

    def swipe(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """One finger from here to there."""
        self.send("touchStart", start)
        self.send("touchMove", ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        self.send("touchMove", end)
        self.send("touchEnd")

    @property
    def empty_place(self) -> tuple[float, float]:
        """Below everything, in pixels of the page."""
        self.page.evaluate(
            """() => {
                const {y, h} = editor.renderer.scene.bounds;
                const {scale} = editor.viewport;
                editor.viewport.set({y: editor.viewport.height - 160 - (y + h) * scale});
            }"""
        )
        canvas = self.page.locator("#graph").bounding_box()
        assert canvas is not None
        return 195.0, canvas["y"] + canvas["height"] - 80

    def bring(self, node: str) -> None:
        """Have a node in the middle of the screen, as swiping would."""
        self.page.evaluate(
            """node => {
                const {bounds} = editor.renderer.scene.nodes.get(`node:root/${node}`);
                editor.viewport.centerOn({x: bounds.x + bounds.w / 2, y: bounds.y + bounds.h / 2});
            }""",
            node,
        )

    def id_of(self, type_: str) -> str:
        """The id of the one node of a class."""
        found: str = self.page.evaluate(
            "type => [...editor.store.all('node', 'root')].find((one) => one.type === type).id",
            type_,
        )
        return found


@pytest.fixture
def fingers(browser: Browser, server: Server) -> Iterator[Fingers]:
    """Fingers over the default workflow, on a phone."""
    with editor(browser, server.url, **_PHONE) as page:
        yield Fingers(page)


def test_a_finger_adds_a_node_links_it_by_taps_edits_a_field_and_runs(fingers: Fingers) -> None:
    page = fingers.page
    decoder = fingers.id_of("VAEDecode")
    place = fingers.empty_place
    fingers.tap(place)
    fingers.tap(place)
    page.locator(".search-field").fill("preview image")
    name = page.get_by_text("Preview Image", exact=True)
    page.locator(".search-row", has=name).first.tap()
    shown = fingers.newest
    page.evaluate(
        """([from, to]) => {
            const {x, y} = editor.store.node('root', from);
            const node = editor.store.node('root', to);
            editor.store.transact('move', (tx) => tx.put({...node, x: x + 40, y: y - 360}));
        }""",
        [decoder, shown],
    )
    fingers.bring(decoder)
    before = len(fingers.links)
    fingers.tap(fingers.output(decoder, "IMAGE"))
    fingers.tap(fingers.input(shown, "images"))
    assert len(fingers.links) == before + 1

    sampler = fingers.id_of("KSampler")
    fingers.bring(sampler)
    fingers.tap(fingers.field(sampler, "steps"))
    field = page.locator(".field-number")
    assert field.bounding_box()["height"] >= 24
    field.fill("2")
    field.press("Enter")
    assert fingers.value(sampler, "steps") == 2
    page.locator("#run").tap()
    wait_for_run(page)
    assert page.evaluate("id => editor.document.run.get(id).files.length", shown) == 1


def test_one_finger_pans_two_zoom_and_a_long_press_opens_the_menu(fingers: Fingers) -> None:
    page = fingers.page
    view = "({x, y, scale}) => [x, y, scale]"
    x, y, scale = page.evaluate(f"({view})(editor.viewport)")
    fingers.swipe((300, 700), (250, 640))
    after = page.evaluate(f"({view})(editor.viewport)")
    assert after == pytest.approx([x - 50, y - 60, scale])
    fingers.send("touchStart", (150, 700))
    fingers.send("touchStart", (150, 700), (250, 700))
    fingers.send("touchMove", (100, 700), (300, 700))
    fingers.send("touchEnd")
    assert page.evaluate("editor.viewport.scale") == pytest.approx(2 * scale, rel=0.05)
    page.evaluate("editor.fit()")
    sampler = fingers.id_of("KSampler")
    fingers.send("touchStart", fingers.title(sampler))
    menu = page.locator("[role=menu]")
    menu.wait_for()
    fingers.send("touchEnd")
    assert "Bypass" in menu.inner_text()
    menu.get_by_text("Bypass").tap()
    assert page.evaluate("id => editor.store.node('root', id).mode", sampler) == 4


_SMALL = """() => [...document.querySelectorAll(
        'button, input, select, summary, [role=menuitem], [role=option]')]
    .filter((one) => one.checkVisibility() && !one.closest('#graph') && !one.disabled)
    .map((one) => [one.closest('label') ?? one, one])
    .filter(([area]) => area.getBoundingClientRect().height < 40
        || area.getBoundingClientRect().width < 40)
    .map(([area, one]) => `${one.outerHTML.slice(0, 90)} ${area.getBoundingClientRect().width}`
        + `×${area.getBoundingClientRect().height}`)"""


def _too_small(page: Page) -> list[str]:
    """What is too small once everything is there."""
    found: list[str] = []
    for _ in range(20):
        found = page.evaluate(_SMALL)
        if not found:
            break
        page.wait_for_timeout(100)
    return found


@pytest.mark.parametrize("width", [360, 390])
def test_nothing_is_too_small_for_a_finger_and_panels_are_sheets(
    browser: Browser, server: Server, width: int
) -> None:
    phone = {**_PHONE, "viewport": {"width": width, "height": 740}}
    with editor(browser, server.url, **phone) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert _too_small(page) == []
        for button in page.locator(".rail-button").all():
            box = button.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width + 1
            button.tap()
            side = page.locator(".side").bounding_box()
            assert side is not None
            assert side["width"] == width
            assert side["height"] < 700
            assert _too_small(page) == []
        page.locator(".rail-button").last.tap()
        page.locator(".brand").tap()
        assert _too_small(page) == []


def test_a_pen_drags_nodes_as_a_mouse_does(hand: Hand) -> None:
    page = hand.page
    node = hand.find("KSampler", 300, 200)
    start = hand.title(node)
    where = "id => (({x, y}) => [x, y])(editor.store.node(editor.graph, id))"
    x, y = page.evaluate(where, node)
    session = page.context.new_cdp_session(page)
    for kind, (dx, dy) in {
        "mousePressed": (0, 0),
        "mouseMoved": (120, 80),
        "mouseReleased": (120, 80),
    }.items():
        session.send(
            "Input.dispatchMouseEvent",
            {
                "type": kind,
                "x": start[0] + dx,
                "y": start[1] + dy,
                "button": "left",
                "buttons": 1,
                "clickCount": 1,
                "pointerType": "pen",
                "force": 0.5,
            },
        )
    assert page.evaluate(where, node) == pytest.approx([x + 120, y + 80], abs=8)

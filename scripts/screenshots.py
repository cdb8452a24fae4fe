"""Takes the pictures of the editor that the documentation shows, from a real server and browser.

    python -m scripts.screenshots [NAME …]

Needs Playwright and a chromium on the PATH, as the browser tests do.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.bootstrap.start import ROOT
from benchmarks.editor import chain
from tests.editor.browser import chromium, editor, wait_for_run
from tests.server.running import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "images"
_PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
_SET = """([type, values]) => {
    const node = [...editor.store.all('node', 'root')].find((one) => one.type === type);
    const changed = {...node, values: {...node.values, ...values}};
    editor.store.transact('value', (tx) => tx.put(changed));
}"""
_BUSY = """() => [...editor.document.run.all()]
    .some(([, fate]) => fate.status === 'running' && fate.preview && fate.value > 110)"""
_FORESEEN = "() => editor.document.forecast.nodes.size > 0"


def _fit(page: Page) -> None:
    """Have all of the graph beside an open panel, under which it stays otherwise."""
    page.locator("#graph").focus()
    page.keyboard.press(".")


def empty(page: Page) -> None:
    """A graph without anything, which says how to begin."""
    page.evaluate("editor.close(editor.document)")


def default(page: Page) -> None:
    """Text to image, as it is opened at first."""
    page.wait_for_function(_FORESEEN)


def running(page: Page) -> None:
    """A sampler that works, with its preview."""
    page.evaluate(_SET, ["KSampler", {"steps": 160, "seed": 3}])
    page.keyboard.press("Control+Enter")
    page.wait_for_function(_BUSY, timeout=240_000)


def done(page: Page) -> None:
    """What a run left behind, with the gallery beside it."""
    page.evaluate(_SET, ["KSampler", {"steps": 12, "seed": 8}])
    page.keyboard.press("Control+Enter")
    wait_for_run(page)
    page.locator("[data-panel=gallery]").click()
    page.locator(".side img").first.wait_for()
    _fit(page)


def error(page: Page) -> None:
    """A model that is not there."""
    page.evaluate(_SET, ["CheckpointLoaderSimple", {"ckpt_name": "gone.safetensors"}])
    page.locator("#run").click()
    page.locator(".toast-error").wait_for()


def large(page: Page) -> None:
    """Two thousand nodes."""
    page.evaluate("json => editor.open({name: 'two thousand', json})", chain(2000))
    page.evaluate("editor.viewport.set({x: -1500, y: -900, scale: 0.3})")


def templates(page: Page) -> None:
    """The workflows to begin with."""
    page.locator("[data-panel=templates]").click()
    page.locator(".side canvas, .side img, .side button").first.wait_for()
    _fit(page)


_STATES: dict[str, tuple[Callable[[Page], None], dict[str, Any]]] = {
    "editor_empty": (empty, {}),
    "editor_default": (default, {}),
    "editor_error": (error, {}),
    "editor_large": (large, {}),
    "editor_light": (templates, {"color_scheme": "light"}),
    "editor_phone": (default, _PHONE),
    "editor_chinese": (done, {"locale": "zh-CN"}),
    "editor": (running, {}),
}
"""In an order in which none shows what another one ran."""


def main() -> None:
    """Take those that are named, or all."""
    wanted = sys.argv[1:] or list(_STATES)
    base = Path(tempfile.mkdtemp(prefix="safelight-screenshots-"))
    (base / "models" / "checkpoints").mkdir(parents=True)
    starter = ROOT / "models" / "checkpoints" / "starter.safetensors"
    shutil.copy(starter, base / "models" / "checkpoints")
    with chromium() as browser:
        server = Server(base)
        try:
            server.wait_for_worker(120)
            for name in wanted:
                prepare, about = _STATES[name]
                with editor(browser, server.url, **{"color_scheme": "dark", **about}) as page:
                    page.wait_for_function("() => editor.net.connection === 'open'")
                    prepare(page)
                    page.wait_for_timeout(50 if prepare is running else 700)
                    page.screenshot(path=FOLDER / f"{name}.png")
        finally:
            server.kill()
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()

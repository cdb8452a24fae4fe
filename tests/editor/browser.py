"""The system's Chromium, and the editor in it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.editor_house import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser; the test is skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no chromium on the PATH")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", *FLAGS])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def editor(browser: Browser, url: str, **about: Any) -> Iterator[Page]:  # noqa: ANN401 - Playwright's options
    """Open the editor as somebody new; what the page throws fails the test."""
    about = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **about}
    context = browser.new_context(**about)
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    try:
        page.goto(url)
        wait_until_ready(page)
        yield page
        assert thrown == []
    finally:
        context.close()


def wait_until_ready(page: Page) -> None:
    """Wait until the editor has opened what it opens first."""
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)


def wait_for_run(page: Page, status: str = "done") -> None:
    """Wait until the run of the workflow on the screen has a status."""
    page.wait_for_function(
        "status => editor.document.run.status === status", arg=status, timeout=240_000
    )

"""One browser and one server for all tests of the editor, and a page of its own for each.

Both end with the last test of this folder, not of the session: while Playwright is there, its event
loop runs in this thread, and no other test could have one.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.editor.browser import chromium, editor
from tests.editor.hand import Hand
from tests.nodes.conftest import STARTER
from tests.server.running import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has the starter model; not started where there is no browser to visit it."""
    base: Path = tmp_path_factory.mktemp("served")
    (base / "models" / "checkpoints").mkdir(parents=True)
    shutil.copy(STARTER, base / "models" / "checkpoints")
    found = Server(base)
    yield found
    found.kill()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The editor with the default workflow, opened by somebody new."""
    with editor(browser, server.url) as found:
        yield found


@pytest.fixture
def hand(browser: Browser, server: Server) -> Iterator[Hand]:
    """A hand over an empty graph, in a wide window."""
    with editor(browser, server.url, viewport={"width": 1900, "height": 1000}) as found:
        found.evaluate("editor.open({name: ''})")
        found.evaluate("editor.viewport.set({x: 0, y: 0, scale: 1})")
        yield Hand(found)

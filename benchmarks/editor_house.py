"""The editor as the server gives it, and a browser that shows it, for benchmarks."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from aiohttp import web

from app.bootstrap.start import ROOT
from app.catalogue import make_registry
from graph.folders import Folders
from graph.jobs.shelf import Shelf
from graph.jobs.store import Store
from web.application import make_application
from web.catalogue import DefinedCatalogue
from web.services import Services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For a browser in a container, without a GPU and without anything to say to the world."""


@contextmanager
def editor_server() -> Iterator[str]:
    """Serve the editor with all built-in nodes and no jobs; yields its address."""
    base = Path(tempfile.mkdtemp(prefix="safelight-benchmark-"))
    folders = Folders.under(base)
    for folder in (folders.input, folders.output, folders.temp, folders.user):
        folder.mkdir(parents=True, exist_ok=True)
    catalogue = DefinedCatalogue(make_registry(), folders)
    store = Store(folders.user / "queue.sqlite", print)
    settings, drafts = Shelf(store, "settings", 100), Shelf(store, "drafts", 100)
    app = make_application(Services(folders, catalogue, settings, drafts))
    ready, loop = Event(), asyncio.new_event_loop()
    found: list[int] = []
    stop = asyncio.Event()

    async def serve() -> None:
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        found.append(runner.addresses[0][1])
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait(60)
    try:
        yield f"http://127.0.0.1:{found[0]}/"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        store.close()
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def browser_page(width: int = 1280, height: int = 800, *, ratio: float = 1.0) -> Iterator[Page]:
    """Open a page in the system's Chromium.

    Args:
        width: CSS pixels.
        height: CSS pixels.
        ratio: Device pixels per CSS pixel.
    """
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        size = {"width": width, "height": height}
        page = browser.new_page(viewport=size, device_scale_factor=ratio)
        yield page
        browser.close()


def workflow(name: str) -> str:
    """Return one of the ready-made workflows as text."""
    return (ROOT / "workflows" / name).read_text(encoding="utf-8")

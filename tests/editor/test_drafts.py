"""Work that was never saved is there again, whatever ends the browser."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from benchmarks.editor_house import FLAGS
from tests.editor.browser import CHROMIUM, editor, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.server.running import Server

_SAMPLER = "[...editor.store.all('node', 'root')].find(({type}) => type === 'KSampler')"
_SET = f"""values => {{
    const node = {_SAMPLER};
    editor.history.mark();
    editor.store.transact('value', (tx) =>
        tx.put({{...node, values: {{...node.values, ...values}}}}));
}}"""
_WRITTEN = 0.6
"""Seconds after which an edit is on disk for sure."""


class Own:
    """A browser in a process of its own, with a profile that outlives it."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        self._port = profile / "DevToolsActivePort"
        self._port.unlink(missing_ok=True)
        options = ["--headless", *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0"]
        self._process = subprocess.Popen(
            [CHROMIUM, *options, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def page(self, browser: Browser, url: str) -> Page:
        """Open the editor in it."""
        for _ in range(600):
            if self._port.exists() and self._port.read_text().count("\n"):
                break
            time.sleep(0.1)
        port = self._port.read_text().splitlines()[0]
        found = browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
        page = found.contexts[0].pages[0]
        page.goto(url)
        wait_until_ready(page)
        return page

    def kill(self) -> None:
        """Kill all of its processes, which leaves them no time for anything."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def _own(profile: Path) -> Iterator[Own]:
    found = Own(profile)
    try:
        yield found
    finally:
        if found._process.poll() is None:
            found.kill()


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes are killed in groups")
def test_what_was_edited_is_there_after_the_browser_was_killed(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    with _own(tmp_path) as own:
        page = own.page(browser, server.url)
        page.evaluate(_SET, {"steps": 33, "seed": 5})
        time.sleep(_WRITTEN)
        page.evaluate(_SET, {"steps": 34})
        page.evaluate("editor.open({name: 'second'})")
        page.evaluate("editor.actions.run('addGroup', editor)")
        time.sleep(_WRITTEN)
        own.kill()
    with _own(tmp_path) as own:
        page = own.page(browser, server.url)
        names = "editor.documents.map(({title}) => title)"
        assert page.evaluate(names) == ["Text to image", "second"]
        assert page.evaluate("editor.documents[1].store.count('group', 'root')") == 1
        page.evaluate("editor.show(editor.documents[0])")
        values = page.evaluate(f"{_SAMPLER}.values")
        assert (values["steps"], values["seed"]) == (34, 5)
        assert page.evaluate("editor.documents.every(({isUnsaved}) => isUnsaved)")
        page.evaluate(_SET, {"steps": 35})
        time.sleep(_WRITTEN)
        own.kill()
    with _own(tmp_path) as own:
        page = own.page(browser, server.url)
        page.evaluate("editor.show(editor.documents[0])")
        assert page.evaluate(f"{_SAMPLER}.values.steps") == 35


def test_an_edit_right_before_the_page_goes_is_there_again(page: Page) -> None:
    for steps in (41, 42, 43):
        page.evaluate(_SET, {"steps": steps, "seed": 2**53 + 2})
        page.reload()
        wait_until_ready(page)
        assert page.evaluate(f"{_SAMPLER}.values.steps") == steps
    page.wait_for_function(
        "() => Object.keys(localStorage).every((key) => !key.startsWith('safelight.last.'))"
    )
    assert page.evaluate("editor.documents.length") == 1


def test_a_draft_of_the_first_kind_is_taken_up_and_a_closed_one_is_not(
    browser: Browser, server: Server
) -> None:
    with editor(browser, server.url) as page:
        page.evaluate(
            """() => {
                const json = {version: 0.4, nodes: [{id: 1, type: 'KSampler'}], links: []};
                const draft = {name: 'from before', json, unsaved: true, opened: 1};
                localStorage.setItem('safelight.draft.old', JSON.stringify(draft));
            }"""
        )
        page.reload()
        wait_until_ready(page)
        titles = "editor.documents.map(({title}) => title)"
        assert page.evaluate(titles) == ["from before", "Text to image"]
        page.wait_for_function("() => localStorage.getItem('safelight.draft.old') === null")
        page.reload()
        wait_until_ready(page)
        assert page.evaluate(titles) == ["from before", "Text to image"]
        page.evaluate("editor.close(editor.documents[0])")
        page.wait_for_timeout(300)
        page.reload()
        wait_until_ready(page)
        assert page.evaluate(titles) == ["Text to image"]

"""How smooth the editor is while a workflow runs and shows previews, on the default graph.

Frames go on being presented while events and previews come in; told is the time between them, and
what drawing costs the page's main thread. The model runs on the CPU of the same machine: a slow
machine tells more of itself here than of the editor.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from benchmarks.editor_house import browser_page
from benchmarks.server_process import server

if TYPE_CHECKING:
    from playwright.sync_api import Page

_STEPS = 40
_READY = "() => document.documentElement.dataset.ready === 'true'"
_CONNECTED = "() => editor.net.connection === 'open'"
_RUN = """(steps) => new Promise((done) => {
  const {store, actions, renderer} = editor, between = [], drawn = [], seen = new Set();
  const node = [...store.all('node', 'root')].find(({type}) => type === 'KSampler');
  const values = {...node.values, steps, seed: 4711};
  store.transact('value', (tx) => tx.put({...node, values}));
  const listener = ({milliseconds}) => drawn.push(milliseconds);
  let last = 0;
  const step = (now) => {
    const {run} = editor.document, {status, preview} = run.get(node.id);
    if (last && status === 'running') between.push(now - last);
    last = now;
    if (preview) seen.add(preview);
    if (status === 'running') renderer.listeners.add(listener);
    if (['done', 'failed', 'cancelled'].includes(run.status) && between.length) {
      renderer.listeners.delete(listener);
      return done({between, drawn, previews: seen.size, status: run.status});
    }
    requestAnimationFrame(step);
  };
  actions.run('queue', editor);
  requestAnimationFrame(step);
})"""


def measure() -> dict[str, float]:
    """Run the default graph in the editor; what frames took, in milliseconds.

    Returns:
        `between` and `between_high`: median and 95th percentile between presented frames; `drawing`
        and `drawing_high`: of drawing one; `previews`: how many pictures were shown on the way.
    """
    with server() as found, browser_page() as page:
        found.wait_until_warm()
        told = _told(page, f"http://127.0.0.1:{found.port}/")
    assert told["status"] == "done", told
    return {
        "between": statistics.median(told["between"]),
        "between_high": _high(told["between"]),
        "drawing": statistics.median(told["drawn"]),
        "drawing_high": _high(told["drawn"]),
        "previews": told["previews"],
    }


def _told(page: Page, address: str) -> Any:  # noqa: ANN401 - as the page tells it
    page.set_default_timeout(240_000)
    page.goto(address)
    page.wait_for_function(_READY)
    page.wait_for_function(_CONNECTED)
    return page.evaluate(_RUN, _STEPS)


def _high(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]

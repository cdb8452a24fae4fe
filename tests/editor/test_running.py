"""Running, panels, files and extensions of the editor, in a real browser against a real server."""

from __future__ import annotations

import base64
import shutil
import socket
from typing import TYPE_CHECKING

import pytest

from app.bootstrap.start import ROOT
from tests.editor.browser import editor, wait_for_run, wait_until_ready
from tests.editor.hand import Hand
from tests.nodes.conftest import STARTER
from tests.server.running import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

_STUMBLES = """
class Stumble:
    RETURN_TYPES = ()
    OUTPUT_NODE = True
    FUNCTION = "go"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"height": ("INT", {"default": 1})}}

    def go(self, height):
        raise ValueError(f"a stone {height} high")


NODE_CLASS_MAPPINGS = {"Stumble": Stumble}
WEB_DIRECTORY = "web"
"""

_TALKS = """
from server import PromptServer


class Talk:
    RETURN_TYPES = ()
    OUTPUT_NODE = True
    FUNCTION = "go"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"shade": ("COLOR", {"default": "#ff8000"})}}

    def go(self, shade):
        PromptServer.instance.send_sync("talks.said", {"shade": shade, "parts": [1, {"a": None}]})
        return ()


NODE_CLASS_MAPPINGS = {"Talk": Talk}
WEB_DIRECTORY = "web"
"""
_HEARS = """
import { api, app, registerExtension } from '/editor/extensions.js';

registerExtension({
  name: 'talks',
  setup() {
    const end = api.addEventListener('talks.said', ({ type, detail }) => {
      app.say(`${type} ${JSON.stringify(detail)}`);
      end();
    });
  },
});
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders with the starter model, and packs: the example, one that fails, one that talks."""
    base = tmp_path_factory.mktemp("ran")
    (base / "models" / "checkpoints").mkdir(parents=True)
    shutil.copy(STARTER, base / "models" / "checkpoints")
    shutil.copytree(ROOT / "custom_nodes" / "example", base / "custom_nodes" / "example")
    stumbles = base / "custom_nodes" / "stumbles"
    (stumbles / "web").mkdir(parents=True)
    (stumbles / "__init__.py").write_text(_STUMBLES)
    (stumbles / "web" / "broken.js").write_text("throw new Error('no script of mine');")
    talks = base / "custom_nodes" / "talks"
    (talks / "web").mkdir(parents=True)
    (talks / "__init__.py").write_text(_TALKS)
    (talks / "web" / "hears.js").write_text(_HEARS)
    return base


@pytest.fixture(scope="module")
def port() -> int:
    """One that is free, so that a server can come back where it was."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def server(browser: Browser, base: Path, port: int) -> Iterator[Server]:
    """A server whose worker is ready, hence knows its packs."""
    found = Server(base, "--port", str(port))
    found.wait_for_worker(120)
    yield found
    found.kill()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The editor with the default workflow, opened by somebody new."""
    with editor(browser, server.url) as found:
        found.wait_for_function("() => editor.net.connection === 'open'")
        yield found


def _set(page: Page, type_: str, **values: object) -> None:
    """Give fields of the node of a class other values."""
    page.evaluate(
        """([type, values]) => {
            const node = [...editor.store.all('node', 'root')].find((one) => one.type === type);
            const changed = {...node, values: {...node.values, ...values}};
            editor.history.mark();
            editor.store.transact('value', (tx) => tx.put(changed));
        }""",
        [type_, values],
    )


def _wait_for_prospect(page: Page, type_: str, prospect: str) -> str:
    """Wait until it is foreseen what a node would do; its reason."""
    script = """([type, prospect]) => {
        const node = [...editor.store.all('node', 'root')].find((one) => one.type === type);
        const seen = editor.document.forecast.nodes.get(node.id);
        return seen?.prospect === prospect ? {reason: seen.reason} : null;
    }"""
    found = page.wait_for_function(script, arg=[type_, prospect], timeout=60_000)
    return str(found.json_value()["reason"])


def _run(page: Page, **sampling: object) -> None:
    _set(page, "KSampler", **{"steps": 2, **sampling})
    page.locator("#run").click()
    wait_for_run(page)


def _wait_for_jobs(page: Page, count: int) -> None:
    page.wait_for_function(
        "count => document.querySelectorAll('.job[draggable]').length === count", arg=count
    )


def _jobs(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.job')].map((row) => row.dataset.job)"
    )
    return found


def test_what_would_run_is_shown_before_it_runs_and_why(page: Page) -> None:
    _run(page, seed=11)
    _wait_for_prospect(page, "KSampler", "cached")
    _set(page, "KSampler", seed=12)
    assert "seed: 11" in _wait_for_prospect(page, "KSampler", "runs")
    _wait_for_prospect(page, "CLIPTextEncode", "cached")


def test_what_is_wrong_is_marked_at_its_input_before_a_run(page: Page) -> None:
    _set(page, "KSampler", sampler_name="nonsense")
    page.wait_for_function("() => editor.document.forecast.problems.size === 1")
    (problem,) = page.evaluate("[...editor.document.forecast.problems.values()][0]")
    assert problem["input"] == "sampler_name"
    assert "nonsense" in problem["message"]
    _set(page, "KSampler", sampler_name="euler")
    page.wait_for_function("() => editor.document.forecast.problems.size === 0")


def test_a_preview_stays_until_the_next_has_come(page: Page) -> None:
    _set(page, "KSampler", steps=12, seed=31)
    seen = page.evaluate(
        """() => new Promise((done) => {
            const node = [...editor.store.all('node', 'root')]
                .find(({type}) => type === 'KSampler');
            const previews = new Set(), gaps = [];
            const look = () => {
                const {run} = editor.document, {preview} = run.get(node.id);
                const shown = editor.renderer.picturesOf(node)
                    .some((url) => editor.renderer.pictures.get(url));
                if (previews.size > 1 && preview && !shown) gaps.push(preview);
                if (preview && shown) previews.add(preview);
                if (run.status === 'done') return done({previews: previews.size, gaps});
                requestAnimationFrame(look);
            };
            editor.actions.run('queue', editor);
            requestAnimationFrame(look);
        })"""
    )
    assert seen["previews"] > 1
    assert seen["gaps"] == []


def test_a_link_tells_what_flowed_through_it(page: Page) -> None:
    _run(page, seed=13)
    place = page.evaluate(
        """() => {
            const views = [...editor.renderer.scene.links.values()];
            const {path} = views.find(({record}) => record.type === 'IMAGE');
            const middle = {x: (path[0] + path[6]) / 2, y: (path[1] + path[7]) / 2};
            const at = editor.viewport.toScreen(middle);
            const box = editor.renderer.canvas.getBoundingClientRect();
            return [at.x + box.x, at.y + box.y];
        }"""
    )
    page.mouse.move(*place)
    card = page.locator(".hover-card")
    card.locator("img").wait_for()
    assert "1 × 64 × 64 × 3" in card.inner_text()
    page.mouse.move(10, 400)
    assert card.is_hidden()


def test_a_node_that_fails_says_why_with_the_traceback_behind_a_click(page: Page) -> None:
    page.evaluate("editor.open({name: 'stumbling'})")
    page.locator("#graph").focus()
    page.evaluate("editor.actions.run('search', editor)")
    page.locator(".search-field").fill("Stumble")
    page.keyboard.press("Enter")
    page.locator("#run").click()
    wait_for_run(page, "failed")
    page.locator(".toast-error", has_text="a stone 1 high").get_by_role(
        "button", name="Show the node"
    ).click()
    key = page.evaluate("[...editor.selection.keys][0]")
    place = page.evaluate(
        """key => {
            const {record, layout} = editor.renderer.scene.nodes.get(key);
            const at = editor.viewport.toScreen({x: record.x + layout.width / 2, y: record.y - 12});
            const box = editor.renderer.canvas.getBoundingClientRect();
            return [at.x + box.x, at.y + box.y];
        }""",
        key,
    )
    page.mouse.dblclick(*place)
    report = page.locator("dialog")
    assert "a stone 1 high" in report.inner_text()
    trace = report.locator("pre")
    assert trace.is_hidden()
    report.locator("summary").click()
    assert "raise ValueError" in trace.inner_text()


def test_jobs_are_sorted_by_drag_and_keys_and_taken_out(page: Page) -> None:
    page.locator("[data-panel=queue]").click()
    page.get_by_role("button", name="Pause").click()
    page.locator(".notice").wait_for()
    for seed in (21, 22, 23):
        _set(page, "KSampler", seed=seed, steps=1)
        page.evaluate("editor.net.send(editor.document)")
    _wait_for_jobs(page, 3)
    one, two, three = _jobs(page)
    rows = page.locator(".job[draggable]")
    rows.nth(2).drag_to(rows.nth(0), target_position={"x": 60, "y": 4})
    page.wait_for_function("id => document.querySelector('.job').dataset.job === id", arg=three)
    assert _jobs(page) == [three, one, two]
    rows.nth(0).focus()
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_function("id => document.querySelector('.job').dataset.job === id", arg=one)
    assert _jobs(page) == [one, three, two]
    page.keyboard.press("Delete")
    _wait_for_jobs(page, 2)
    assert _jobs(page) == [one, two]
    page.get_by_role("button", name="Take all out").click()
    _wait_for_jobs(page, 0)
    page.get_by_role("button", name="Go on").click()
    page.locator(".notice").wait_for(state="detached")


def test_a_past_run_opens_with_its_values_and_pictures(page: Page) -> None:
    _run(page, seed=31, cfg=3.5)
    _set(page, "KSampler", seed=1, cfg=1.0)
    page.locator("[data-panel=history]").click()
    page.locator(".card-text").first.click()
    page.wait_for_function("() => editor.documents.length === 2")
    values = page.evaluate(
        "[...editor.store.all('node', 'root')].find(({type}) => type === 'KSampler').values"
    )
    assert (values["seed"], values["cfg"]) == (31, 3.5)
    files = "[...editor.document.run.all()].some(([, fate]) => fate.files.length > 0)"
    assert page.evaluate(files)
    page.wait_for_timeout(400)
    page.reload()
    wait_until_ready(page)
    page.evaluate("editor.show(editor.documents[1])")
    wait_for_run(page)
    assert page.evaluate(files)


def test_two_pictures_are_compared_with_a_wipe(page: Page) -> None:
    _run(page, seed=41)
    _run(page, seed=42)
    page.locator("[data-panel=gallery]").click()
    page.locator(".gallery button").first.click()
    page.get_by_role("button", name="Compare with another").click()
    images = page.locator(".wipe img")
    assert images.count() == 2
    first, second = (images.nth(index).get_attribute("src") for index in (0, 1))
    assert first != second
    box = page.locator(".wipe").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    clip = images.nth(1).evaluate("one => one.style.clipPath")
    assert clip.startswith("inset(0")
    assert 70 < float(clip.split()[1].rstrip("%")) < 80


def test_the_workflow_is_sent_by_itself_after_each_change(page: Page) -> None:
    page.locator("#run-menu").click()
    page.get_by_role("menuitemradio", name="Run after each change").click()
    assert page.evaluate("editor.document.run.job") == ""
    _set(page, "KSampler", seed=51, steps=1)
    page.wait_for_function("() => editor.document.run.job !== ''")
    wait_for_run(page)


def test_a_server_that_was_killed_comes_back_and_the_run_goes_on(
    page: Page, server: Server, base: Path, port: int
) -> None:
    _set(page, "KSampler", seed=61, steps=60)
    page.locator("#run").click()
    page.wait_for_function(
        """() => [...editor.document.run.all()].some(([, fate]) => fate.value > 2)""",
        timeout=120_000,
    )
    server.kill()
    page.wait_for_function("() => editor.net.connection === 'lost'")
    assert page.locator(".connection").is_visible()
    again = Server(base, "--port", str(port))
    server.process = again.process
    page.wait_for_function("() => editor.net.connection === 'open'", timeout=60_000)
    wait_for_run(page)
    assert page.locator(".connection").is_hidden()
    assert page.evaluate("[...editor.document.run.all()].some(([, one]) => one.files.length > 0)")


def test_what_another_window_saved_is_not_overwritten(page: Page, server: Server) -> None:
    page.keyboard.press("Control+s")
    page.locator("dialog input").fill("shared")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="shared").wait_for()
    other = page.context.new_page()
    other.goto(server.url)
    wait_until_ready(other)
    other.locator("[data-panel=workflows]").click()
    other.locator(".row-main", has_text="shared").click()
    other.get_by_role("tab", name="shared").wait_for()
    _set(other, "KSampler", seed=71)
    other.keyboard.press("Control+s")
    other.wait_for_function("() => !editor.document.isUnsaved")
    page.locator(".toast", has_text="saved in another window").wait_for()
    _set(page, "KSampler", seed=72)
    page.keyboard.press("Control+s")
    page.get_by_role("heading", name="It was changed elsewhere").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Open what was saved there").click()
    page.wait_for_function("() => editor.documents.length === 2")
    seeds = page.evaluate(
        """editor.documents.map(({store}) =>
            [...store.all('node', 'root')].find(({type}) => type === 'KSampler').values.seed)"""
    )
    assert seeds == [72, 71]


def test_a_missing_model_is_replaced_by_one_click(page: Page) -> None:
    page.evaluate(
        """() => {
            const text = JSON.stringify(editor.document.toJson());
            const json = JSON.parse(text.replaceAll('starter.safetensors', 'startr.safetensors'));
            const given = new DataTransfer();
            given.items.add(new File([JSON.stringify(json)], 'lost.json'));
            dispatchEvent(new DragEvent('drop', {dataTransfer: given, cancelable: true}));
        }"""
    )
    page.get_by_role("button", name="use starter.safetensors").click()
    names = page.evaluate(
        "[...editor.store.all('node', 'root')].map(({values}) => values.ckpt_name).filter(Boolean)"
    )
    assert names == ["starter.safetensors"]


def test_a_picture_that_is_dropped_brings_its_workflow(page: Page, base: Path) -> None:
    _run(page, seed=81)
    picture = max((base / "output").glob("*.png"), key=lambda path: path.stat().st_mtime)
    page.evaluate(
        """text => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const given = new DataTransfer();
            given.items.add(new File([bytes], 'dropped.png', {type: 'image/png'}));
            dispatchEvent(new DragEvent('drop', {dataTransfer: given, cancelable: true}));
        }""",
        base64.b64encode(picture.read_bytes()).decode(),
    )
    page.get_by_role("tab", name="dropped").wait_for()
    values = page.evaluate(
        "[...editor.store.all('node', 'root')].find(({type}) => type === 'KSampler').values"
    )
    assert values["seed"] == 81


def test_extensions_are_loaded_each_on_its_own(page: Page) -> None:
    assert page.locator("html").get_attribute("data-extensions") == "2"
    page.locator(".toast-error", has_text="stumbles/broken.js").wait_for()
    page.evaluate("editor.open({name: 'extended'})")
    page.evaluate("editor.actions.run('search', editor)")
    page.locator(".search-field").fill("Checkerboard")
    page.keyboard.press("Enter")
    place = page.evaluate(
        """() => {
            const [{record, layout}] = editor.renderer.scene.nodes.values();
            const {rect} = layout.widgets.find(({name}) => name === 'square');
            const middle = {x: record.x + rect.x + rect.w / 2, y: record.y + rect.y + rect.h / 2};
            const at = editor.viewport.toScreen(middle);
            const box = editor.renderer.canvas.getBoundingClientRect();
            return [at.x + box.x, at.y + box.y];
        }"""
    )
    page.mouse.click(*place)
    page.locator(".field-custom input[type=range]").press("ArrowRight")
    page.keyboard.press("Escape")
    square = "[...editor.store.all('node', 'root')][0].values.square"
    assert page.evaluate(square) == 65
    title = page.evaluate(
        """() => {
            const [{record, layout}] = editor.renderer.scene.nodes.values();
            const at = editor.viewport.toScreen({x: record.x + layout.width / 2, y: record.y - 12});
            const box = editor.renderer.canvas.getBoundingClientRect();
            return [at.x + box.x, at.y + box.y];
        }"""
    )
    page.mouse.click(*title, button="right")
    page.get_by_role("menuitem", name="Squares twice as large").click()
    assert page.evaluate(square) == 130


def test_a_colour_is_chosen_on_a_node_which_tells_a_script_of_its_pack(page: Page) -> None:
    page.evaluate("editor.open({name: 'talks'})")
    page.evaluate("editor.viewport.set({x: 0, y: 0, scale: 1})")
    hand = Hand(page)
    node = hand.find("Talk", 300, 200)
    assert hand.value(node, "shade") == "#ff8000"
    x, y = hand.field(node, "shade")
    page.mouse.click(x, y)
    page.locator(".field-color").fill("#0080ff")
    page.keyboard.press("Escape")
    assert hand.value(node, "shade") == "#0080ff"
    painted = """([x, y]) => {
        const {canvas, context} = editor.renderer;
        const box = canvas.getBoundingClientRect();
        const {data} = context.getImageData(0, y - box.y, canvas.width, 1);
        return Array.from({length: canvas.width}, (_, at) => [...data.slice(4 * at, 4 * at + 3)])
            .some((pixel) => pixel.join() === '0,128,255');
    }"""
    page.wait_for_function(painted, arg=[x, y])
    page.keyboard.press("Control+Enter")
    wait_for_run(page)
    said = 'talks.said {"shade":"#0080ff","parts":[1,{"a":null}]}'
    page.locator(".toast", has_text=said).wait_for()
    page.keyboard.press("Control+z")
    assert hand.value(node, "shade") == "#ff8000"


def test_a_field_becomes_an_input_and_back_and_keeps_its_value(page: Page) -> None:
    page.evaluate("editor.open({name: 'turned'})")
    page.evaluate("editor.viewport.set({x: 0, y: 0, scale: 1})")
    hand = Hand(page)
    node = hand.find("CLIP Text Encode (Prompt)", 700, 300)
    page.mouse.click(*hand.field(node, "text"))
    page.keyboard.type("a (cat:1.1)")
    page.keyboard.press("Escape")
    # Feed it from a node, and edit it there: completion and weights work as they do on the field.
    page.mouse.click(*hand.field(node, "text"), button="right")
    page.get_by_role("menuitem", name="Feed “text” from a node").click()
    primitive = hand.newest
    assert hand.links == [f"{primitive}.0>{node}.1"]
    assert hand.value(primitive, "value") == "a (cat:1.1)"
    page.mouse.click(*hand.field(primitive, "value"))
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Escape")
    assert hand.value(primitive, "value") == "a (cat:1.15)"
    # A click on the linked field says why nothing opens.
    page.mouse.click(*hand.field(node, "text"))
    page.locator(".toast", has_text="A link feeds this field").wait_for()
    page.mouse.click(*hand.field(node, "text"), button="right")
    page.get_by_role("menuitem", name="Turn “text” into a field").click()
    assert hand.links == []
    assert hand.value(node, "text") == "a (cat:1.1)"
    page.mouse.click(*hand.field(node, "text"))
    assert page.evaluate("document.activeElement.value") == "a (cat:1.1)"

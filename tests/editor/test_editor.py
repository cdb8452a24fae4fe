"""The editor in a real browser, against a real server with the starter model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.editor.browser import editor, wait_for_run, wait_until_ready

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.server.running import Server


_NODE = "[...editor.store.all('node', 'root')].find(({type}) => type === %r)"
_SAMPLER = _NODE % "KSampler"


def _set(page: Page, type_: str, **values: object) -> None:
    """Give fields of the node of a class other values, as one step of undo."""
    page.evaluate(
        """([type, values]) => {
            const nodes = [...editor.store.all('node', 'root')];
            const node = nodes.find((one) => one.type === type);
            const changed = {...node, values: {...node.values, ...values}};
            editor.history.mark();
            editor.store.transact('value', (tx) => tx.put(changed));
        }""",
        [type_, values],
    )


def test_the_default_workflow_opens_runs_and_shows_its_picture(page: Page) -> None:
    assert page.get_by_role("tab", name="Text to image").is_visible()
    _set(page, "KSampler", steps=2)
    page.keyboard.press("Control+Enter")
    wait_for_run(page)
    saved = page.evaluate(
        "[...editor.document.run.all()].filter(([, fate]) => fate.files.length).map(([id]) => id)"
    )
    assert len(saved) == 1
    key = page.evaluate("id => editor.renderer.scene.nodes.get(`node:root/${id}`).key", saved[0])
    place = page.evaluate(
        """key => {
            const {layout, record} = editor.renderer.scene.nodes.get(key);
            const {x, y, w, h} = layout.preview;
            const at = editor.viewport.toScreen({x: record.x + x + w / 2, y: record.y + y + h / 2});
            const box = editor.renderer.canvas.getBoundingClientRect();
            return {x: at.x + box.x, y: at.y + box.y};
        }""",
        key,
    )
    page.mouse.dblclick(place["x"], place["y"])
    picture = page.locator("dialog.lightbox img")
    picture.wait_for()
    page.wait_for_function(
        "() => document.querySelector('dialog.lightbox img').naturalWidth === 64"
    )


def test_ctrl_and_enter_run_wherever_the_focus_is(page: Page) -> None:
    _set(page, "KSampler", steps=1)
    page.locator("[data-panel=queue]").click()
    assert page.evaluate("document.activeElement.dataset.panel") == "queue"
    page.keyboard.press("Control+Enter")
    wait_for_run(page)
    assert page.evaluate("editor.preferences.chosen.panel") == "queue"


def test_a_page_that_is_loaded_anew_in_mid_run_goes_on_showing_it(page: Page) -> None:
    _set(page, "KSampler", steps=40, seed=7)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "() => [...editor.document.run.all()].some(([, fate]) => fate.value > 1)", timeout=240_000
    )
    job = page.evaluate("editor.document.run.job")
    page.reload()
    wait_until_ready(page)
    assert page.evaluate("editor.documents.length") == 1
    assert page.evaluate("editor.document.run.job") == job
    # What was changed and never saved is still there.
    values = f"{_SAMPLER}.values"
    assert page.evaluate(f"{values}.steps") == 40
    assert page.evaluate("editor.document.isUnsaved")
    wait_for_run(page)
    assert page.evaluate("[...editor.document.run.all()].some(([, fate]) => fate.files.length)")


def test_a_workflow_that_cannot_run_says_so_at_its_node(page: Page) -> None:
    _set(page, "CheckpointLoaderSimple", ckpt_name="gone.safetensors")
    page.locator("#run").click()
    page.locator(".toast-error").wait_for()
    assert "gone.safetensors" in page.locator(".toast-error").inner_text()
    invalid = (
        "[...editor.document.run.all()].filter(([, fate]) => fate.status === 'invalid').length"
    )
    assert page.evaluate(invalid) == 1


def test_a_lost_connection_is_shown_and_mended(page: Page) -> None:
    page.wait_for_function("() => editor.net.connection === 'open'")
    page.evaluate("editor.net.socket.drop()")
    page.wait_for_function("() => editor.net.connection === 'lost'")
    assert page.locator(".connection").is_visible()
    page.wait_for_function("() => editor.net.connection === 'open'")
    assert page.locator(".connection").is_hidden()


def test_the_editor_speaks_chinese_without_being_loaded_anew(page: Page) -> None:
    page.locator("[data-panel=settings]").click()
    page.locator(".side select").first.select_option("zh")
    page.get_by_role("heading", name="设置").wait_for()
    page.locator("#run", has_text="运行").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    # On the canvas: what a class is called, once its words have come.
    page.wait_for_function(
        f"""() => {{
            const {{id}} = {_SAMPLER};
            const {{definition, record}} = editor.renderer.scene.nodes.get(`node:root/${{id}}`);
            return (record.title ?? definition.title) === 'K采样器';
        }}"""
    )
    page.reload()
    wait_until_ready(page)
    assert page.locator("#run").inner_text().strip() == "运行"
    page.evaluate("editor.close(editor.document); editor.actions.run('defaultGraph', editor)")
    groups = "[...editor.store.all('group', 'root')].map(({title}) => title)"
    page.wait_for_function(f"() => {groups}.includes('提示词')")


def test_two_windows_never_have_the_same_draft(page: Page, server: Server) -> None:
    first = page.evaluate("editor.document.id")
    other = page.context.new_page()
    other.goto(server.url)
    wait_until_ready(other)
    assert other.evaluate("editor.document.id") != first


def test_a_workflow_that_was_saved_is_opened_again(page: Page) -> None:
    _set(page, "KSampler", steps=3)
    page.keyboard.press("Control+s")
    page.locator("dialog input").fill("kept")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="kept").wait_for()
    assert not page.evaluate("editor.document.isUnsaved")
    page.evaluate("editor.close(editor.document)")
    page.keyboard.press("Control+o")
    page.locator("dialog .row", has_text="kept").click()
    page.get_by_role("tab", name="kept").wait_for()
    assert page.evaluate(f"{_SAMPLER}.values.steps") == 3


def test_nothing_is_wider_than_a_phone(browser: Browser, server: Server) -> None:
    with editor(
        browser, server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.locator("[data-panel=nodes]").tap()
        assert page.locator(".side").bounding_box()["width"] == 390
        assert page.locator("#run").bounding_box()["height"] >= 40


_PLAIN = """
    Object.defineProperty(Crypto.prototype, 'randomUUID', {value: undefined});
    for (const name of ['locks', 'clipboard']) {
        Object.defineProperty(Navigator.prototype, name, {value: undefined});
    }
"""


def test_another_machine_works_over_plain_http(page: Page) -> None:
    """There browsers lack what they give only to pages that came over a safe connection."""
    page.add_init_script(_PLAIN)
    page.reload()
    wait_until_ready(page)
    assert page.evaluate("[crypto.randomUUID, navigator.locks, navigator.clipboard]") == [None] * 3
    assert page.evaluate("editor.documents.length") == 1
    other = page.context.new_page()
    other.add_init_script(_PLAIN)
    other.goto(page.url)
    wait_until_ready(other)
    ids = "editor.documents.map(({id}) => id)"
    assert other.evaluate(ids) != page.evaluate(ids)
    assert other.evaluate("editor.documents.length") == 1
    other.close()
    count = "editor.store.count('node', 'root')"
    assert page.evaluate(count) == 7
    for keys in ("Control+a", "Control+c", "Control+v"):
        page.keyboard.press(keys)
    page.wait_for_function(f"() => {count} === 14")
    page.keyboard.press("Control+Shift+E")
    assert page.evaluate(count) == 8
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    _set(page, "KSampler", steps=1)
    page.keyboard.press("Control+Enter")
    wait_for_run(page)
    page.locator("[data-panel=log]").click()
    page.locator(".side-actions .icon-button").last.click()
    page.locator(".toast", has_text="copied").wait_for()

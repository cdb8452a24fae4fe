"""Fields that open something of their own: masks that are painted, prompts that are completed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.editor.browser import wait_for_run

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.editor.hand import Hand
    from tests.server.running import Server

_LARGEST = "18446744073709551615"


def _upload(page: Page, server: Server, name: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (128, 96), (40, 90, 160)).save(buffer, "PNG")
    picture: Any = {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}
    assert page.request.post(f"{server.url}/upload/image", multipart={"image": picture}).ok


def _open(page: Page, prompt: dict[str, Any]) -> None:
    page.evaluate(
        """async (prompt) => {
            const {openJson} = await import('/editor/ui/open_file.js');
            await openJson(editor, prompt, 'test');
        }""",
        prompt,
    )


def test_a_painted_mask_is_what_the_next_run_masks(page: Page, server: Server) -> None:
    _upload(page, server, "to_paint.png")
    _open(
        page,
        {
            "1": {"class_type": "LoadImage", "inputs": {"image": "to_paint.png"}},
            "2": {"class_type": "MaskToImage", "inputs": {"mask": ["1", 1]}},
            "3": {
                "class_type": "SaveImage",
                "inputs": {"images": ["2", 0], "filename_prefix": "mask"},
            },
        },
    )
    page.evaluate("editor.selection.set(['node:root/1']); editor.actions.run('editMask', editor)")
    stage = page.locator(".mask-stage")
    stage.wait_for()
    box = stage.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 60, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Save the mask").click()
    page.locator(".mask-editor").wait_for(state="detached")
    value = page.evaluate("editor.store.node('root', '1').values.image")
    assert value.startswith("clipspace/clipspace-mask-")
    assert value.endswith(" [input]")

    page.keyboard.press("Control+Enter")
    wait_for_run(page)
    file = page.evaluate("editor.document.run.get('3').files[0]")
    made = page.request.get(f"{server.url}/view", params={**file}).body()
    with Image.open(io.BytesIO(made)) as mask:
        assert mask.size == (128, 96)
        assert mask.convert("L").getpixel((64, 48)) == 255
        assert mask.convert("L").getpixel((64, 5)) == 0


def test_names_of_embeddings_complete_a_prompt(hand: Hand, server: Server) -> None:
    folder = server.base / "models" / "embeddings"
    folder.mkdir(exist_ok=True)
    (folder / "easynegative.safetensors").touch()
    page = hand.page
    node = hand.find("CLIP Text Encode (Prompt)", 700, 300)
    with page.expect_response(lambda response: response.url.endswith("/completions")):
        page.mouse.click(*hand.field(node, "text"))
    page.keyboard.type("a cat, embedding:ea")
    page.locator(".suggestion").first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".suggestion").count() == 0
    page.keyboard.type("s")
    page.locator(".suggestion").first.wait_for()
    page.keyboard.press("Enter")
    assert hand.value(node, "text") == "a cat, embedding:easynegative"
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_the_largest_seed_keeps_every_digit(hand: Hand) -> None:
    page = hand.page
    node = hand.find("KSampler", 700, 300)
    page.mouse.click(*hand.field(node, "seed"))
    page.keyboard.press("Control+A")
    page.keyboard.type(_LARGEST)
    page.keyboard.press("Enter")
    assert page.evaluate(f"String(editor.store.node('root', '{node}').values.seed)") == _LARGEST
    saved = page.evaluate(
        """async () => (await import('/editor/lib/exact.js')).writeJson(editor.document.toJson())"""
    )
    assert f"[{_LARGEST}," in saved


def test_a_list_of_options_is_no_higher_than_they_are(hand: Hand) -> None:
    sampler = hand.find("KSampler", 400, 200)
    hand.page.mouse.click(*hand.field(sampler, "seed.control"))
    few = hand.page.locator(".field-choices").bounding_box()
    last = hand.page.locator(".field-option").last.bounding_box()
    assert few
    assert last
    assert few["y"] + few["height"] - last["y"] - last["height"] < 8
    hand.page.keyboard.press("Escape")
    hand.page.mouse.click(*hand.field(sampler, "sampler_name"))
    many = hand.page.locator(".field-choices").bounding_box()
    assert many
    assert many["height"] <= 260

"""Notes in Markdown, as they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.editor.hand import Hand

_RED = """async () => {
    const canvas = new OffscreenCanvas(40, 20);
    const context = canvas.getContext('2d');
    context.fillStyle = '#f00';
    context.fillRect(0, 0, 40, 20);
    const form = new FormData();
    form.append('image', new File([await canvas.convertToBlob()], 'red.png', {type: 'image/png'}));
    form.append('overwrite', 'true');
    await fetch('/upload/image', {method: 'POST', body: form});
}"""
_REDNESS = """() => {
    const {canvas, context} = editor.renderer;
    const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) {
        if (data[at] > 250 && data[at + 1] < 5 && data[at + 2] < 5) red += 1;
    }
    return red;
}"""
_WRITE = """text => {
    const node = [...editor.store.all('node', editor.graph)][0];
    editor.history.mark();
    editor.store.transact('value', (tx) => tx.put({...node, w: 400, h: 300, values: {text}}));
}"""


def test_a_note_shows_pictures_of_this_server_and_asks_no_other(hand: Hand) -> None:
    page = hand.page
    page.evaluate(_RED)
    hand.find("Markdown Note", 300, 200)
    page.mouse.click(900, 800)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    own = "![red](/view?filename=red.png&type=input)"
    foreign = "![far](http://example.invalid/far.png) <img src=//example.invalid/html.png>"
    page.evaluate(_WRITE, f"{own}\n\n{foreign}")
    page.wait_for_function(f"() => ({_REDNESS})() >= 600")
    assert not [one for one in asked if "example.invalid" in one]
    assert page.locator("img[src*='html.png']").count() == 0

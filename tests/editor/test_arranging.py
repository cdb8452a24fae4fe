"""Selecting with boxes, lining up, swapping and grouping, with a real mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.editor.hand import Hand

_BOXES = """() => Object.fromEntries([...editor.renderer.scene.nodes.values()].map(
    ({record: {id}, bounds: {x, y, w, h}}) => [id, {left: x, top: y, right: x + w, bottom: y + h,
        centerX: x + w / 2, centerY: y + h / 2}]))"""
_SELECTED = "[...editor.selection.keys].map((key) => key.split('/').at(-1)).sort()"
_KINDS = "[...editor.selection.keys].map((key) => key.split(':')[0]).sort()"


def _three(hand: Hand) -> list[str]:
    """Add nodes of three sizes, apart from each other."""
    return [
        hand.find("KSampler", 150, 150),
        hand.find("CLIP Text Encode (Prompt)", 620, 330),
        hand.find("VAE Decode", 1250, 480),
    ]


def _with_ctrl(
    hand: Hand, start: tuple[float, float], end: tuple[float, float], *keys: str
) -> None:
    for key in keys:
        hand.page.keyboard.down(key)
    hand.drag(start, end)
    for key in keys:
        hand.page.keyboard.up(key)


def _choose(hand: Hand, node: str, *labels: str) -> None:
    """Take lines of a node's menu, one behind the other."""
    hand.page.mouse.click(*hand.title(node), button="right")
    for label in labels:
        line = hand.page.locator("[role=menu] [role=menuitem]", has_text=label)
        line.first.click()


_EDGES = {
    "Align left edges": "left",
    "Align right edges": "right",
    "Align upper edges": "top",
    "Align lower edges": "bottom",
    "Align centres in a row": "centerY",
    "Align centres in a column": "centerX",
}


def test_nodes_line_up_as_they_are_seen(hand: Hand) -> None:
    nodes = _three(hand)
    hand.page.mouse.click(*hand.title(nodes[2]))
    hand.page.keyboard.press("Alt+c")
    hand.page.keyboard.press("Control+a")
    before = hand.page.evaluate(_BOXES)
    for label, edge in _EDGES.items():
        _choose(hand, nodes[0], "Align", label)
        boxes: dict[str, dict[str, float]] = hand.page.evaluate(_BOXES)
        assert len({round(box[edge]) for box in boxes.values()}) == 1, label
        sideways = edge in {"left", "right", "centerX"}
        other = ("top", "bottom") if sideways else ("left", "right")
        assert all(boxes[node][side] == before[node][side] for node in nodes for side in other)
        hand.page.keyboard.press("Control+z")
        assert hand.page.evaluate(_BOXES) == before


def test_gaps_between_nodes_become_equal(hand: Hand) -> None:
    nodes = _three(hand)
    hand.drag(hand.title(nodes[2]), (1340, 850))
    hand.page.keyboard.press("Control+a")
    before = hand.page.evaluate(_BOXES)
    ways = {"Space evenly across": ("left", "right"), "Space evenly down": ("top", "bottom")}
    for label, (first, last) in ways.items():
        _choose(hand, nodes[0], "Align", label)
        boxes: dict[str, dict[str, float]] = hand.page.evaluate(_BOXES)
        a, b, c = sorted(boxes.values(), key=lambda box: float(box[first]))
        assert b[first] - a[last] == pytest.approx(c[first] - b[last], abs=1)
        assert boxes != before
        assert boxes[nodes[0]] == before[nodes[0]]
        assert boxes[nodes[2]] == before[nodes[2]]
        hand.page.keyboard.press("Control+z")
        assert hand.page.evaluate(_BOXES) == before


def test_boxes_select_with_ctrl_add_with_shift_and_take_away_with_ctrl_and_alt(hand: Hand) -> None:
    page = hand.page
    sampler, prompt, decoder = _three(hand)
    page.mouse.click(1000, 950)
    assert page.evaluate(_SELECTED) == []
    _with_ctrl(hand, (100, 100), (400, 600), "Control")
    assert page.evaluate(_SELECTED) == [sampler]
    _with_ctrl(hand, (560, 300), (1000, 700), "Shift")
    assert page.evaluate(_SELECTED) == [sampler, prompt]
    _with_ctrl(hand, (1650, 900), (1200, 400), "Control")
    assert page.evaluate(_SELECTED) == [decoder]
    _with_ctrl(hand, (100, 100), (1650, 900), "Control")
    assert page.evaluate(_SELECTED) == [sampler, prompt, decoder]
    _with_ctrl(hand, (560, 300), (1000, 700), "Control", "Alt")
    assert page.evaluate(_SELECTED) == [sampler, decoder]
    page.keyboard.down("Control")
    page.mouse.click(*hand.title(prompt))
    page.mouse.click(*hand.title(sampler))
    page.keyboard.up("Control")
    assert page.evaluate(_SELECTED) == [prompt, decoder]
    # Escape in the middle leaves the selection as it was.
    page.keyboard.down("Control")
    page.mouse.move(100, 100)
    page.mouse.down()
    page.mouse.move(400, 600, steps=3)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.keyboard.up("Control")
    assert page.evaluate(_SELECTED) == [prompt, decoder]


def test_a_box_over_a_group_selects_it_with_what_it_holds_and_a_part_of_it_only_its_nodes(
    hand: Hand,
) -> None:
    page = hand.page
    sampler, prompt, _ = _three(hand)
    page.mouse.click(*hand.title(sampler))
    page.keyboard.down("Shift")
    page.mouse.click(*hand.title(prompt))
    page.keyboard.up("Shift")
    page.keyboard.press("Control+g")
    page.mouse.click(1000, 950)
    _with_ctrl(hand, (90, 60), (1150, 850), "Control")
    assert page.evaluate(_KINDS) == ["group", "node", "node"]
    before = page.evaluate(_BOXES)
    hand.drag(hand.title(sampler), (hand.title(sampler)[0] + 64, hand.title(sampler)[1] + 48))
    after = page.evaluate(_BOXES)
    for node in (sampler, prompt):
        # Once, not twice for being in a group that moves as well.
        assert after[node]["left"] - before[node]["left"] == pytest.approx(64, abs=8)
    page.mouse.click(1000, 950)
    page.keyboard.press("Control+z")
    _with_ctrl(hand, (1100, 850), (600, 300), "Control")
    assert page.evaluate(_KINDS) == ["node"]


def test_two_nodes_change_places_with_their_links(hand: Hand) -> None:
    page = hand.page
    loader = hand.find("Load Checkpoint", 150, 200)
    sampler = hand.find("KSampler", 700, 200)
    other = hand.find("KSampler", 1200, 200)
    hand.drag(hand.output(loader, "MODEL"), hand.input(sampler, "model"))
    assert hand.links == [f"{loader}.0>{sampler}.0"]
    page.mouse.click(*hand.title(sampler))
    page.keyboard.down("Shift")
    page.mouse.click(*hand.title(other))
    page.keyboard.up("Shift")
    _choose(hand, other, "Swap")
    assert hand.links == [f"{loader}.0>{other}.0"]
    page.keyboard.press("Control+z")
    assert hand.links == [f"{loader}.0>{sampler}.0"]


def test_one_node_swaps_what_goes_into_two_of_its_inputs(hand: Hand) -> None:
    page = hand.page
    good = hand.find("CLIP Text Encode (Prompt)", 150, 150)
    bad = hand.find("CLIP Text Encode (Prompt)", 150, 500)
    sampler = hand.find("KSampler", 800, 200)
    hand.drag(hand.output(good, "CONDITIONING"), hand.input(sampler, "positive"))
    hand.drag(hand.output(bad, "CONDITIONING"), hand.input(sampler, "negative"))
    before = hand.links
    _choose(hand, sampler, "Swap")
    assert hand.links == [f"{good}.0>{sampler}.2", f"{bad}.0>{sampler}.1"]
    page.keyboard.press("Control+z")
    assert hand.links == before

"""What waits for a client that is slow: all facts, and of states the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.events import NodeProgress
from web import outlet as outlets
from web.frames import BinaryFrame, PreviewFrame, TextFrame, preview_of, text_frame
from web.messages import Message, status_data
from web.outlet import CROWDED, Outlet

if TYPE_CHECKING:
    import pytest


def fact(number: int, *, own: bool = False) -> TextFrame:
    return TextFrame(Message("executed", {"n": number}, "me", own=own), number)


def progress(value: int, node: str = "a") -> TextFrame:
    data: dict[str, Any] = {"value": value, "node": node, "prompt_id": "j"}
    return TextFrame(Message("progress", data, "me"), value)


def preview(picture: bytes, node: str = "a") -> PreviewFrame:
    event = NodeProgress(
        job="j",
        number=0,
        time=0.0,
        node_id=node,
        class_type="K",
        display_node=node,
        value=1,
        total=2,
        seconds_per_step=None,
        preview=picture,
    )
    return preview_of(event, picture)


async def test_a_client_that_keeps_up_gets_every_step() -> None:
    outlet = Outlet("me")
    frames = [progress(value) for value in range(CROWDED)]
    for frame in frames:
        outlet.offer(frame)
    assert await outlet.take() == frames


async def test_one_that_does_not_gets_all_facts_and_the_last_step_of_each_node() -> None:
    outlet = Outlet("me")
    facts = [fact(number) for number in range(CROWDED)]
    for frame in facts:
        outlet.offer(frame)
    for value in range(1000):
        outlet.offer(progress(value))
        outlet.offer(progress(value, "b"))
        outlet.offer(TextFrame(Message("status", status_data(value), None), value))
    waiting = await outlet.take()
    assert waiting[:CROWDED] == facts
    assert [frame.number for frame in waiting[CROWDED:] if isinstance(frame, TextFrame)] == [
        999
    ] * 3


async def test_of_pictures_only_the_last_one_waits() -> None:
    outlet = Outlet("me")
    for number in range(10):
        outlet.offer(preview(b"%d" % number))
        outlet.offer(preview(b"%d" % number, "b"))
    waiting = await outlet.take()
    assert [frame.bare[8:] for frame in waiting if isinstance(frame, PreviewFrame)] == [b"9", b"9"]
    outlet.offer(preview(b"later"))
    assert len(await outlet.take()) == 1


async def test_who_lets_facts_pile_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlets, "MOST", 100)
    outlet = Outlet("me")
    for number in range(200):
        outlet.offer(fact(number))
    assert outlet.overrun
    assert outlet.closed
    assert await outlet.take() == []


async def test_our_own_messages_and_pictures_go_to_those_who_can_read_them() -> None:
    plain, numbered = Outlet("me"), Outlet("me", numbered=True, pictures=False)
    for outlet in (plain, numbered):
        outlet.offer(fact(1, own=True))
        outlet.offer(preview(b"x"))
        outlet.offer(fact(2))
        outlet.offer(text_frame("7", "half way"))
    assert [type(frame).__name__ for frame in await plain.take()] == [
        "PreviewFrame",
        "TextFrame",
        "BinaryFrame",
    ]
    assert [type(frame).__name__ for frame in await numbered.take()] == ["TextFrame", "TextFrame"]


async def test_pictures_that_a_pack_sends_go_to_all_and_none_is_left_out() -> None:
    outlet = Outlet("me", pictures=False)
    sent = [PreviewFrame(b"1", None, whole=True), PreviewFrame(b"2", {"node_id": "7"}, whole=True)]
    raw = BinaryFrame(1, b"\0\0\0\x01jpeg")
    for picture in sent:
        outlet.offer(picture)
    outlet.offer(raw)
    assert await outlet.take() == [*sent, raw]
    assert sent[0].with_metadata == sent[0].bare == b"\0\0\0\x01\0\0\0\x011"
    assert raw.content == b"\0\0\0\x01\0\0\0\x01jpeg"


async def test_a_closed_outlet_gives_what_waits_and_takes_nothing_more() -> None:
    outlet = Outlet("me")
    outlet.offer(fact(1))
    outlet.close()
    outlet.offer(fact(2))
    assert len(await outlet.take()) == 1
    assert await outlet.take() == []

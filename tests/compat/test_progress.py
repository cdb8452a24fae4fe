"""How far a node is, as packs tell it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeAlias

import pytest

from compat.comfy.utils import ProgressBar
from compat.comfy_api.latest import ComfyAPI, ComfyAPISync
from graph.context import NodeContext, current
from graph.errors import Cancelled, NodeInputError
from graph.running import latest, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from graph.folders import Folders

    Node: TypeAlias = Callable[..., AbstractContextManager[list[object]]]


def test_a_bar_counts_up(node: Node) -> None:
    with node() as told:
        bar = ProgressBar(5)
        bar.update(1)
        bar.update(3)
        bar.update(9)
    assert told == [(1, 5, None), (4, 5, None), (5, 5, None)]


def test_a_bar_can_be_set_and_its_total_changed(node: Node) -> None:
    with node() as told:
        bar = ProgressBar(5, node_id="7")
        bar.update_absolute(2)
        bar.update_absolute(3, 10)
    assert told == [(2, 5, None), (3, 10, None)]


@pytest.mark.parametrize("given", ["picture", ("JPEG", "picture", 512)])
def test_a_preview_is_a_picture_that_is_fetched_if_somebody_looks(
    node: Node, given: object
) -> None:
    shown: list[object] = []

    def see(_value: int, _total: int, preview: object | None) -> None:
        assert callable(preview)
        shown.append(preview())

    with node(on_progress=see):
        ProgressBar(2).update_absolute(1, preview=given)
        ComfyAPISync().execution.set_progress(1, 2, preview_image="picture")
    assert shown == ["picture", "picture"]


def test_a_bar_stops_a_node_that_was_cancelled(node: Node) -> None:
    def refuse() -> None:
        raise Cancelled

    with node(raise_if_cancelled=refuse) as told, pytest.raises(Cancelled):
        ProgressBar(5).update(1)
    assert told == []


def test_a_bar_where_no_node_runs_tells_nobody() -> None:
    bar = ProgressBar(5)
    bar.update(2)
    assert bar.current == 2


def test_a_bar_works_from_other_threads(node: Node) -> None:
    with node() as told:
        bar = ProgressBar(2)
        thread = threading.Thread(target=bar.update, args=(1,))
        thread.start()
        thread.join()
    assert told == [(1, 2, None)]


def test_a_bar_that_another_thread_makes_tells_of_the_node_that_runs(folders: Folders) -> None:
    told: list[int] = []
    context = NodeContext("1", folders, on_progress=lambda value, *_: told.append(value))
    with running(NodeContext("0", folders)), running(context):
        thread = threading.Thread(target=lambda: ProgressBar(2).update(1))
        thread.start()
        thread.join()
    assert told == [1]
    assert latest() is None


def test_each_coroutine_tells_of_its_own_node(folders: Folders) -> None:
    told: list[tuple[str, int]] = []

    async def work(node_id: str) -> None:
        def note(value: int, _total: int, _preview: object | None) -> None:
            told.append((node_id, value))

        current.set(NodeContext(node_id, folders, on_progress=note))
        bar = ProgressBar(2)
        await asyncio.sleep(0)
        bar.update(1)
        await ComfyAPI().execution.set_progress(2, 2)

    async def both() -> None:
        await asyncio.gather(work("a"), work("b"))

    asyncio.run(both())
    assert sorted(told) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


def test_progress_can_be_told_without_a_bar(node: Node) -> None:
    with node() as told:
        ComfyAPISync().execution.set_progress(1.0, 4)
    assert told == [(1, 4, None)]
    with pytest.raises(NodeInputError, match="while a node runs"):
        ComfyAPISync().execution.set_progress(1, 4)

"""Nodes that keep a journal: a run that was broken off goes on; one that ended leaves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.cancel import CancelToken
from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import node
from graph.errors import Cancelled, NodeFailed, NodeInputError
from graph.executor import Engine, Options
from graph.journal import Journals
from graph.journal_sections import Section, Sections
from tests.graph.semantic_nodes import NODES
from tests.graph.stub_engine import Number, folders, registry, wire
from tests.support.list_journal import ListJournal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.workflow import Workflow

ONE = wire(n=("Number", {"value": 7}), c=("Count", {"number": "@n"}), s=("Show", {"value": "@c"}))
THREE = wire(r=("Range", {"count": 3}), c=("Count", {"number": "@r"}), s=("Show", {"value": "@c"}))


@node("Count", category="stub")
def count(ctx: NodeContext, number: Number) -> Number:
    """Count to three, from where an earlier run was."""
    journal = ctx.journal()
    counted = ctx.service("counted")
    assert callable(counted)
    for step in range(len(journal.records) if journal else 0, 3):
        counted(number, step)
        ctx.check_cancelled()
        if journal is not None:
            journal.append(b"%d" % step)
    return number


class House:
    """Runs workflows over one folder, each time as a new process would.

    Attributes:
        counted: The numbers and steps that the last run counted.
    """

    def __init__(self, base: Path) -> None:
        self._base = base
        self.counted: list[tuple[int, int]] = []

    def run(
        self,
        workflow: Workflow,
        at: tuple[int, int] | None = None,
        act: Callable[[CancelToken], None] = CancelToken.cancel,
        journals: Journals | None = None,
    ) -> None:
        """Run a workflow, and do something when a number is at a step."""
        self.counted, token = [], CancelToken()

        def counted(number: int, step: int) -> None:
            self.counted.append((number, step))
            if (number, step) == at:
                act(token)

        engine = Engine(
            registry(count, *NODES),
            folders(self._base),
            services={"counted": counted},
            journals=journals or Journals(self._base / "resume"),
        )
        try:
            engine.run(workflow, options=Options(cancel=token))
        finally:
            engine.close()

    @property
    def files(self) -> list[Path]:
        """The journals there are."""
        return list((self._base / "resume").glob("*"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house over an empty folder."""
    return House(tmp_path)


def _fail(_token: CancelToken) -> None:
    raise NodeInputError("it cannot be done")


def test_a_run_that_was_cancelled_goes_on_where_it_was(house: House) -> None:
    with pytest.raises(Cancelled):
        house.run(ONE, at=(7, 2))
    assert len(house.files) == 1
    house.run(ONE)
    assert house.counted == [(7, 2)]
    assert house.files == []


def test_a_node_that_fails_begins_anew_the_next_time(house: House) -> None:
    with pytest.raises(NodeFailed):
        house.run(ONE, at=(7, 2), act=_fail)
    assert house.files == []
    house.run(ONE)
    assert house.counted == [(7, 0), (7, 1), (7, 2)]


def test_another_input_is_another_journal(house: House) -> None:
    with pytest.raises(Cancelled):
        house.run(ONE, at=(7, 2))
    house.run(ONE.with_input("n", "value", 8))
    assert house.counted == [(8, 0), (8, 1), (8, 2)]


def test_each_item_of_a_list_goes_on_where_it_was(house: House) -> None:
    with pytest.raises(Cancelled):
        house.run(THREE, at=(1, 1))
    assert house.counted == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    house.run(THREE)
    assert house.counted == [(1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]
    assert house.files == []


def test_without_a_place_for_journals_nodes_run_all_the_same(house: House, tmp_path: Path) -> None:
    (tmp_path / "in the way").touch()
    house.run(ONE, journals=Journals(tmp_path / "in the way"))
    assert len(house.counted) == 3


def test_the_parts_of_a_journal_do_not_mix() -> None:
    written = ListJournal()
    first, second = _parts(written)
    first.append(b"a")
    second.append(b"b")
    first.append(b"c")
    again = _parts(ListJournal(written.written))
    assert [list(part.records) for part in again] == [[b"a", b"c"], [b"b"]]


def test_where_there_is_no_journal_there_are_no_parts() -> None:
    asked: list[None] = []
    sections = Sections(lambda: asked.append(None))
    assert (sections.next(), sections.next()) == (None, None)
    assert len(asked) == 1


def _parts(journal: ListJournal) -> list[Section]:
    sections = Sections(lambda: journal)
    found = [sections.next(), sections.next()]
    return [part for part in found if part is not None]

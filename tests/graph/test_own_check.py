"""Nodes that check what is typed into them themselves."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.decorator import definition_of
from graph.definition import OwnCheck
from graph.folders import Folders
from graph.result import Blocked
from graph.sockets import Hidden
from graph.validate import validate
from graph.workflow import Link, Workflow, WorkflowNode
from tests.graph.stubs import paint, registry

if TYPE_CHECKING:
    from graph.checked import Checked
    from graph.workflow import Value

FOLDERS = Folders.under(Path("/nowhere"))
SOUND: dict[str, Value] = {
    "text": "cat",
    "size": 1.0,
    "style": "oil",
    "signed": False,
    "number": Link("1", 0),
}


def _check(own: OwnCheck, **inputs: Value) -> Checked:
    """Check a workflow of which node 2 paints with such a check and such inputs."""
    known = registry()
    hidden = {"me": Hidden.UNIQUE_ID, "prompt": Hidden.PROMPT}
    known.add(replace(definition_of(paint), name="Checked", own_check=own, hidden=hidden))
    nodes = (
        WorkflowNode("1", "Make", {"number": 1}),
        WorkflowNode("2", "Checked", {**SOUND, **inputs}),
        WorkflowNode("3", "Show", {"value": Link("2", 0)}),
    )
    return validate(Workflow({node.id: node for node in nodes}), known, FOLDERS)


def test_a_check_gets_the_inputs_that_it_names() -> None:
    got: list[dict[str, object]] = []

    def check(**values: object) -> bool:
        got.append(values)
        return True

    assert not _check(OwnCheck(check, frozenset({"size", "number", "me"}))).problems
    assert got == [{"size": 1.0, "number": None, "me": "2"}]


def test_a_check_that_names_an_input_stands_in_for_its_range() -> None:
    named = OwnCheck(lambda size, style: True, frozenset({"size", "style"}))
    checked = _check(named, size="9", style="crayon")
    assert not checked.problems
    assert checked.nodes["2"].constants["size"] == 9.0


def test_a_check_of_one_input_leaves_the_ranges_of_the_others() -> None:
    named = OwnCheck(lambda style: True, frozenset({"style"}))
    (problem,) = _check(named, size=9, style="crayon").problems
    assert (problem.type, problem.input) == ("value_bigger_than_max", "size")


def test_a_check_of_everything_stands_in_for_all_ranges() -> None:
    assert not _check(OwnCheck(lambda **_: True, None), size=9, style="crayon").problems


def test_values_must_be_of_their_type_whoever_checks_them() -> None:
    (problem,) = _check(OwnCheck(lambda **_: True, None), size="large").problems
    assert problem.type == "invalid_input_type"


def test_a_check_of_types_stands_in_for_ours() -> None:
    got: list[dict[str, str]] = []

    def check(input_types: dict[str, str]) -> bool | str:
        got.append(input_types)
        return input_types["text"] == "NUMBER" or "no number"

    own = OwnCheck(check, takes_types=True)
    assert not _check(own, text=Link("1", 0)).problems
    assert got == [{"text": "NUMBER", "number": "NUMBER"}]
    (problem,) = _check(OwnCheck(lambda: True), text=Link("1", 0)).problems
    assert problem.type == "return_type_mismatch"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            False,
            "Checked (node 2), input 'style': expected values that Checked accepts,"
            " got style='oil'",
        ),
        (
            None,
            "Checked (node 2), input 'style': expected values that Checked accepts,"
            " got style='oil'",
        ),
        (
            "oil is sold out",
            "Checked (node 2), input 'style': expected values that Checked accepts,"
            " got style='oil'; it says: oil is sold out",
        ),
    ],
)
def test_what_a_check_refuses_is_told_in_its_words(answer: object, sentence: str) -> None:
    checked = _check(OwnCheck(lambda style: answer, frozenset({"style"})))
    (problem,) = checked.problems
    assert (problem.type, str(problem)) == ("custom_validation_failed", sentence)
    assert checked.broken == ("3",)


def test_a_check_of_several_inputs_blames_none_of_them() -> None:
    (problem,) = _check(OwnCheck(lambda size, style: "no", frozenset({"size", "style"}))).problems
    assert (problem.input, problem.got) == ("", "size=1.0, style='oil'")


def test_a_blocker_is_no_complaint() -> None:
    assert not _check(OwnCheck(lambda: Blocked("later"))).problems


def test_a_check_that_fails_is_told_of() -> None:
    def check() -> bool:
        raise ValueError("of the wind")

    (problem,) = _check(OwnCheck(check)).problems
    assert (problem.type, problem.got) == ("exception_during_validation", "ValueError: of the wind")


def test_a_check_may_be_a_coroutine_also_where_a_loop_runs() -> None:
    async def check(size: float) -> bool | str:
        await asyncio.sleep(0)
        return size < 1.5 or "too large"

    own = OwnCheck(check, frozenset({"size"}))

    async def within() -> Checked:
        return _check(own, size=9)

    assert not _check(own).problems
    (problem,) = asyncio.run(within()).problems
    assert problem.remedy == "it says: too large"


def test_nothing_is_asked_of_a_node_that_lacks_an_input() -> None:
    def check(**_: object) -> bool:
        raise AssertionError

    (problem,) = _check(OwnCheck(check, None), number="").problems
    assert problem.type == "bad_linked_input"

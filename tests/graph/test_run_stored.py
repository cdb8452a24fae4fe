"""The state machine where values are in a store: fetched when read by what runs, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from graph.actions import Fetch, LookUp, Release, Skip, Start
from graph.checked import CheckedNode
from graph.decorator import definition_of, node
from graph.plan import make_plan
from graph.run import Run
from graph.workflow import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = Literal["held", "stored", "stored, but lost", "known", "missing"]


@node("Stub", category="stub")
def stub() -> None:
    """Do nothing."""


def _drive(
    feeds: Mapping[str, str], answers: Mapping[str, Answer], target: str, *, keep: bool = False
) -> list[str]:
    """Run a workflow given as `{"b": "a"}`, b fed by a; return what happened, in order."""
    nodes = {key: _checked(key, sources) for key, sources in feeds.items()}
    run = Run(make_plan(nodes, [target], keep=keep))
    story = []
    for action in run.actions():
        match action:
            case LookUp(key):
                _answer(run, key, answers.get(key, "missing"))
            case Fetch(key):
                story.append(f"fetch {key}")
                (run.lost if answers[key] == "stored, but lost" else run.fetched)(key)
            case Start(key):
                story.append(f"run {key}")
                run.done(key)
            case Skip(key):
                story.append(f"skip {key}")
            case Release(key):
                story.append(f"release {key}")
    assert run.finished
    return story


def _checked(key: str, sources: str) -> CheckedNode:
    links = {f"in{place}": Link(source, 0) for place, source in enumerate(sources)}
    return CheckedNode(key, "", definition_of(stub), {}, links, {})


def _answer(run: Run, key: str, answer: Answer) -> None:
    if answer == "missing":
        run.not_found(key)
    else:
        stored = answer.startswith("stored")
        run.found(key, with_values=answer == "held", stored=stored)


CHAIN = {"a": "", "b": "a", "c": "b", "d": "c"}


@pytest.mark.parametrize(
    ("answers", "story"),
    [
        # Everything is as it was.
        (
            {"a": "known", "b": "stored", "c": "stored", "d": "held"},
            ["release d", "skip c", "skip b", "skip a"],
        ),
        # The last node runs: the one before it is fetched, and nothing above it matters.
        (
            {"a": "known", "b": "stored", "c": "stored"},
            ["fetch c", "skip b", "skip a", "run d", "release c", "release d"],
        ),
        # Only the first of what the store promised is needed.
        (
            {"a": "known", "b": "stored"},
            ["fetch b", "skip a", "run c", "release b", "run d", "release c", "release d"],
        ),
        # The store has lost what it promised: it is made again from what it still has.
        (
            {"a": "known", "b": "stored", "c": "stored, but lost"},
            [
                "fetch c",
                "fetch b",
                "skip a",
                "run c",
                "release b",
                "run d",
                "release c",
                "release d",
            ],
        ),
        # It has lost everything.
        (
            {"a": "known", "b": "stored, but lost", "c": "stored, but lost"},
            [
                "fetch c",
                "fetch b",
                "run a",
                "run b",
                "release a",
                "run c",
                "release b",
                "run d",
                "release c",
                "release d",
            ],
        ),
    ],
)
def test_what_is_stored_is_fetched_only_for_a_node_that_runs(
    answers: dict[str, Answer], story: list[str]
) -> None:
    assert _drive(CHAIN, answers, "d") == story


def test_values_that_are_asked_for_are_fetched() -> None:
    answers: dict[str, Answer] = {"a": "known", "b": "stored"}
    assert _drive(CHAIN, answers, "b", keep=True) == ["fetch b", "skip a"]


def test_values_that_are_asked_for_and_lost_are_made_again() -> None:
    answers: dict[str, Answer] = {"a": "known", "b": "stored, but lost"}
    story = _drive(CHAIN, answers, "b", keep=True)
    assert story == ["fetch b", "run a", "run b", "release a"]


def test_values_for_two_readers_are_fetched_once() -> None:
    feeds = {"a": "", "b": "aa", "c": "a", "d": "bc"}
    story = _drive(feeds, {"a": "stored"}, "d")
    assert story.count("fetch a") == 1
    assert story.index("release a") > max(story.index("run b"), story.index("run c"))


def test_what_is_stored_keeps_what_it_may_need_until_it_is_fetched() -> None:
    """A source that is at hand is not let go while its reader may turn out to be lost."""
    answers: dict[str, Answer] = {"a": "held", "b": "stored, but lost"}
    story = _drive({"a": "", "b": "a", "c": "b"}, answers, "c")
    assert story == ["fetch b", "run b", "release a", "run c", "release b", "release c"]


def test_a_run_that_was_stopped_fetches_nothing() -> None:
    run = Run(make_plan({"a": _checked("a", "")}, ["a"], keep=True))
    actions = run.actions()
    assert next(actions) == LookUp("a")
    run.found("a", with_values=False, stored=True)
    run.stop()
    assert list(actions) == []
    assert run.finished

"""The state machine of a run: played through by hand, and with whatever may be in the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.actions import Fetch, LookUp, Release, Skip, Start, Status
from graph.checked import CheckedNode
from graph.definition import NodeDefinition
from graph.plan import make_plan
from graph.run import Run
from graph.workflow import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from random import Random

    from graph.actions import Action
    from graph.plan import Plan

NOTHING = NodeDefinition("Nothing", lambda: None)
DIAMOND = {"a": "", "b": "a", "c": "a", "d": "bc"}


def _plan(sources: Mapping[str, Iterable[str]], *targets: str, keep: bool = False) -> Plan:
    """A plan of nodes of which each is fed by those that are listed for it."""
    nodes = {
        key: CheckedNode(
            key, "", NOTHING, {}, {f"in {i}": Link(at, 0) for i, at in enumerate(found)}, {}
        )
        for key, found in sources.items()
    }
    return make_plan(nodes, targets or [*sources][-1:], keep=keep)


@dataclass
class Player:
    """Answers a run's actions out of a make-believe cache and notes what happens.

    Attributes:
        cache: What is known of nodes: `values`, `identity` or `store`; nothing of the others.
        lost: Nodes whose values are not in the store after all.
        log: Verbs and nodes: `look a`, `fetch a`, `run a`, `free a`, `skip a`.
        held: Nodes whose values are at hand.
    """

    plan: Plan
    cache: Mapping[str, str] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    log: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)

    def play(self, pick: Callable[[int], int] = lambda _: 0) -> Run:
        """Play a run to its end; of several actions under way, the picked one is done first."""
        run = Run(self.plan)
        actions = run.actions()
        under_way: list[Action] = []
        while True:
            for action in actions:
                if isinstance(action, Release):
                    self.log.append(f"free {action.node_id}")
                    self.held.remove(action.node_id)
                elif isinstance(action, Skip):
                    self.log.append(f"skip {action.node_id}")
                else:
                    assert isinstance(action, LookUp | Fetch | Start)
                    self._begin(action)
                    under_way.append(action)
            if not under_way:
                return run
            assert not run.finished
            self._answer(run, under_way.pop(pick(len(under_way))))
            actions = run.actions()

    def _begin(self, action: LookUp | Fetch | Start) -> None:
        verb = {LookUp: "look", Fetch: "fetch", Start: "run"}[type(action)]
        self.log.append(f"{verb} {action.node_id}")
        if isinstance(action, Start):
            assert self.held.issuperset(self.plan.sources[action.node_id])

    def _answer(self, run: Run, action: Action) -> None:
        key = action.node_id
        known = self.cache.get(key)
        if isinstance(action, LookUp) and known is None:
            run.not_found(key)
        elif isinstance(action, LookUp):
            self.held |= {key} if known == "values" else set()
            run.found(key, with_values=known == "values", stored=known == "store")
        elif isinstance(action, Fetch) and key in self.lost:
            run.lost(key)
        else:
            if isinstance(action, Start):
                assert self.held.issuperset(self.plan.sources[key]), "freed while it was read"
            self.held.add(key)
            (run.fetched if isinstance(action, Fetch) else run.done)(key)

    def did(self, verb: str) -> list[str]:
        """The nodes that a verb was applied to, in order."""
        return [entry.split()[1] for entry in self.log if entry.startswith(verb + " ")]


def test_with_an_empty_cache_everything_runs_and_is_freed_after_its_last_reader() -> None:
    player = Player(_plan(DIAMOND))
    run = player.play()
    assert player.did("run") == ["a", "b", "c", "d"]
    assert player.log[player.log.index("run c") :] == [
        *("run c", "free a", "look d", "run d", "free b", "free c", "free d")
    ]
    assert (player.held, run.finished) == (set(), True)
    assert set(run.status.values()) == {Status.SETTLED}


def test_with_a_full_cache_nothing_runs() -> None:
    player = Player(_plan(DIAMOND), dict.fromkeys("abcd", "values"))
    assert player.play().finished
    assert (player.did("run"), sorted(player.did("look"))) == ([], ["a", "b", "c", "d"])
    assert player.held == set()


def test_values_that_are_gone_are_not_made_again_for_readers_that_are_found() -> None:
    player = Player(_plan(DIAMOND), dict.fromkeys("abcd", "identity"))
    assert player.play().finished
    assert player.did("run") == []
    assert sorted(player.did("skip")) == ["a", "b", "c", "d"]


def test_values_that_are_gone_are_made_again_for_a_reader_that_runs() -> None:
    plan = _plan({"a": "", "b": "a", "c": "b", "d": "c"})
    player = Player(plan, {"a": "identity", "b": "identity", "c": "values"})
    player.play()
    assert player.did("run") == ["d"]
    player = Player(plan, {"a": "identity", "b": "identity", "c": "identity"})
    player.play()
    assert player.did("run") == ["a", "b", "c", "d"]
    assert sorted(player.did("look")) == ["a", "b", "c", "d"]


def test_only_the_branch_that_is_read_is_made_again() -> None:
    plan = _plan({"a": "", "b": "", "c": "a", "d": "b", "e": "cd"}, "d", "c")
    player = Player(plan, {"a": "identity", "b": "identity", "c": "values"})
    player.play()
    assert player.did("run") == ["b", "d"]
    assert player.did("skip") == ["a"]


def test_a_reader_whose_source_made_the_same_thing_again_need_not_run() -> None:
    player = Player(_plan({"a": "", "b": "a", "c": "b"}), {"b": "values", "c": "values"})
    player.play()
    assert player.did("run") == ["a"]


def test_stored_values_are_fetched_only_where_they_are_read() -> None:
    plan = _plan({"a": "", "b": "a", "c": "b"})
    player = Player(plan, {"a": "store", "b": "store"})
    player.play()
    assert (player.did("fetch"), player.did("run"), player.did("skip")) == (["b"], ["c"], ["a"])


def test_stored_values_that_are_lost_are_made_again() -> None:
    plan = _plan({"a": "", "b": "a", "c": "b"})
    player = Player(plan, {"a": "store", "b": "store"}, frozenset("b"))
    player.play()
    assert (player.did("fetch"), player.did("run")) == (["b", "a"], ["b", "c"])


@pytest.mark.parametrize("known", ["values", "identity", "store", "nothing"])
def test_values_that_are_asked_for_are_there_at_the_end(known: str) -> None:
    player = Player(_plan(DIAMOND, "b", "d", keep=True), {"d": known, "b": known})
    if known == "nothing":
        player.cache = {}
    run = player.play()
    assert player.held == {"b", "d"}
    assert (run.status["b"], run.status["d"]) == (Status.HELD, Status.HELD)


def test_independent_nodes_may_be_under_way_together() -> None:
    run = Run(_plan({"a": "", "b": "", "c": "ab"}))
    for key in "ab":
        run.not_found(key)
    assert [action for action in run.actions() if isinstance(action, Start)] == [
        Start("a"),
        Start("b"),
    ]
    run.done("b")
    assert list(run.actions()) == []
    assert not run.finished
    run.done("a")
    assert list(run.actions()) == [LookUp("c")]


def test_after_a_failure_nothing_is_started_and_late_answers_change_nothing() -> None:
    run = Run(_plan({"a": "", "b": "", "c": "", "d": "abc"}))
    actions = run.actions()
    assert [next(actions) for _ in range(3)] == [LookUp("a"), LookUp("b"), LookUp("c")]
    run.not_found("a")
    run.not_found("b")
    assert [next(actions) for _ in range(2)] == [Start("a"), Start("b")]
    run.stop("a")
    assert not run.finished
    run.found("c", with_values=True)
    run.done("b")
    assert (list(actions), run.finished) == ([], True)
    assert run.status["d"] is Status.WAITING


def test_a_job_can_be_stopped_before_anything_happens() -> None:
    run = Run(_plan(DIAMOND))
    run.stop()
    assert (list(run.actions()), run.finished) == ([], True)


def test_a_chain_of_ten_thousand_known_nodes_is_made_again() -> None:
    count = 10_000
    sources = {str(at): [str(at - 1)] if at else [] for at in range(count)}
    known = {str(at): "identity" for at in range(count - 1)}
    player = Player(_plan(sources), known)
    player.play()
    assert player.did("run") == [str(at) for at in range(count)]


KNOWN = st.sampled_from(["values", "identity", "store", ""])


@st.composite
def _games(draw: st.DrawFn) -> Player:
    """Any small graph, any cache before it, and any wish."""
    keys = "abcdefgh"[: draw(st.integers(1, 8))]
    sources = {
        key: draw(st.lists(st.sampled_from(keys[:at]), max_size=3)) if at else []
        for at, key in enumerate(keys)
    }
    targets = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    cache = {key: known for key in keys if (known := draw(KNOWN))}
    lost = draw(st.frozensets(st.sampled_from(keys)))
    return Player(_plan(sources, *targets, keep=draw(st.booleans())), cache, lost)


@given(_games(), st.randoms(use_true_random=False))
def test_whatever_is_cached_what_is_wanted_is_made_and_nothing_else(
    player: Player, dice: Random
) -> None:
    plan = player.plan
    run = player.play(dice.randrange)
    ran, fetched = player.did("run"), player.did("fetch")
    skipped, freed = player.did("skip"), player.did("free")
    assert run.finished
    assert sorted(player.did("look")) == sorted(plan.nodes)
    assert len(player.log) == len(set(player.log)), "nothing is done twice"
    for key in plan.nodes:
        known = player.cache.get(key)
        asked_for = key in plan.kept or not set(ran).isdisjoint(plan.readers[key])
        gone = known == "identity" or (known == "store" and key in player.lost)
        assert (key in fetched) == (known == "store" and asked_for)
        assert (key in ran) == (known is None or (gone and asked_for))
        assert (key in skipped) == (known in {"identity", "store"} and not asked_for)
    assert player.held == plan.kept
    assert sorted(freed) == sorted(plan.nodes.keys() - plan.kept - set(skipped))

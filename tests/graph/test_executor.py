"""Engine: what runs, what does not, and why; with nodes that do next to nothing."""

from __future__ import annotations

import gc
import os
import weakref
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Annotated

import pytest

from graph.cancel import CancelToken
from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import node
from graph.errors import Cancelled, MissingFileError, NodeFailed, NodeInputError
from graph.events import (
    JobCancelled,
    JobFinished,
    JobStarted,
    NodeErred,
    NodeFinished,
    NodeProgress,
    NodeStarted,
    NodeWarning,
)
from graph.problems import InvalidWorkflowError
from graph.sockets import Int
from tests.graph.stub_engine import Block, Number, Stubs, Words, wire

if TYPE_CHECKING:
    from pathlib import Path

    from graph.workflow import Workflow

SUM = wire(
    one=("Number", {"value": 1}),
    two=("Number", {"value": 2}),
    sum=("Add", {"a": "@one", "b": "@two"}),
    show=("Show", {"value": "@sum"}),
)


def test_values_flow_along_links_to_the_output(stubs: Stubs) -> None:
    result = stubs.run(SUM)
    assert result.outputs == {"show": {"shown": [3]}}
    assert stubs.ran == ["one", "two", "sum", "show"]
    assert result.executed == stubs.ran


def test_a_second_run_executes_nothing_and_tells_the_same(stubs: Stubs) -> None:
    first = stubs.run(SUM)
    second = stubs.run(SUM)
    assert stubs.ran == []
    assert set(stubs.cached) == set(SUM.nodes)
    assert second.outputs == first.outputs
    assert second.executed == []


def test_events_are_numbered_and_each_node_is_told_of_once(stubs: Stubs) -> None:
    stubs.run(SUM, job="42")
    assert [event.number for event in stubs.events] == list(range(10))
    assert {event.job for event in stubs.events} == {"42"}
    kinds = [JobStarted, *[NodeStarted, NodeFinished] * 4, JobFinished]
    assert [type(event) for event in stubs.events] == kinds
    assert [event.time for event in stubs.events] == sorted(event.time for event in stubs.events)


def test_every_output_runs_to_its_end_before_the_next_begins(stubs: Stubs) -> None:
    stubs.run(
        wire(
            a=("Number", {"value": 1}),
            b=("Number", {"value": 2}),
            show_a=("Show", {"value": "@a"}),
            show_b=("Show", {"value": "@b"}),
        )
    )
    assert stubs.ran == ["a", "show_a", "b", "show_b"]


def test_only_what_the_outputs_need_runs(stubs: Stubs) -> None:
    stubs.run(wire(a="Number", idle=("Half", {"number": "@a"}), b=("Show", {"value": 1})))
    assert stubs.ran == ["b"]


def test_a_changed_constant_runs_the_node_and_its_readers(stubs: Stubs) -> None:
    stubs.run(SUM)
    result = stubs.run(SUM.with_input("two", "value", 5))
    assert stubs.ran == ["two", "sum", "show"]
    assert stubs.cached == ["one"]
    assert result.outputs == {"show": {"shown": [6]}}
    assert stubs.reasons == {
        "two": "value: 2 → 5",
        "sum": "upstream two made something new",
        "show": "upstream sum made something new",
    }


def test_a_node_that_made_the_same_thing_leaves_its_readers_cached(stubs: Stubs) -> None:
    workflow = wire(
        number=("Number", {"value": 4}),
        half=("Half", {"number": "@number"}),
        show=("Show", {"value": "@half"}),
    )
    stubs.run(workflow)
    stubs.run(workflow.with_input("number", "value", 5))
    assert stubs.ran == ["number", "half"]
    assert stubs.cached == ["show"]


def test_without_a_content_hash_readers_follow_what_made_a_value(stubs: Stubs) -> None:
    workflow = wire(words=("Words", {"text": "a"}), show=("Show", {"value": "@words"}))
    stubs.run(workflow)
    stubs.run(workflow.with_input("words", "loud", value=True))
    assert stubs.ran == ["words", "show"]


def test_equal_nodes_run_once(stubs: Stubs) -> None:
    stubs.run(
        wire(
            a=("Number", {"value": 4}),
            b=("Number", {"value": 4}),
            sum=("Add", {"a": "@a", "b": "@b"}),
            show=("Show", {"value": "@sum"}),
        )
    )
    assert stubs.ran == ["a", "sum", "show"]
    assert stubs.cached == ["b"]


def test_an_alias_is_the_same_node(stubs: Stubs) -> None:
    stubs.run(wire(a=("Number", {"value": 4}), show=("Show", {"value": "@a"})))
    stubs.run(wire(a=("OldNumber", {"value": 4}), show=("Show", {"value": "@a"})))
    assert stubs.ran == []


def test_one_output_of_several_is_read_by_its_slot(stubs: Stubs) -> None:
    result = stubs.run(
        wire(both="Both", n=("Show", {"value": "@both:0"}), w=("Show", {"value": "@both:1"}))
    )
    assert result.outputs == {"n": {"shown": [7]}, "w": {"shown": ["seven"]}}


def test_a_node_may_read_another_twice(stubs: Stubs) -> None:
    workflow = wire(
        a=("Number", {"value": 4}),
        sum=("Add", {"a": "@a", "b": "@a"}),
        show=("Show", {"value": "@sum", "after": "@a"}),
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [8]}


# --- files ---


SAVE = wire(a=("Number", {"value": 4}), save=("Save", {"value": "@a"}))


def test_what_a_node_wrote_is_reported_now_and_when_it_is_cached(stubs: Stubs) -> None:
    written = stubs.engine.folders.output / "x_0.txt"
    assert stubs.run(SAVE).files == [written]
    assert stubs.run(SAVE).files == [written]
    assert stubs.ran == []


@pytest.mark.parametrize("happens", ["deleted", "touched", "rewritten"])
def test_an_output_node_runs_again_when_its_files_are_not_as_they_were(
    stubs: Stubs, happens: str
) -> None:
    (path,) = stubs.run(SAVE).files
    if happens == "deleted":
        path.unlink()
    elif happens == "touched":
        os.utime(path, (0, 0))
    else:
        path.write_text("something else")
    stubs.run(SAVE)
    assert stubs.ran == ["save"]
    assert stubs.reasons == {"save": "its files are gone or changed"}


def test_an_output_node_runs_again_for_another_output_folder(stubs: Stubs, tmp_path: Path) -> None:
    stubs.run(SAVE)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    stubs.engine.folders = replace(stubs.engine.folders, output=elsewhere)
    assert stubs.run(SAVE).files == [elsewhere / "x_0.txt"]
    assert stubs.ran == ["save"]
    assert stubs.reasons["save"] == f"{tmp_path / 'output'} → {elsewhere}"


def test_a_file_with_another_content_is_read_again(stubs: Stubs) -> None:
    workflow = wire(read=("Read", {"image": "a.png"}), show=("Show", {"value": "@read"}))
    path = stubs.engine.folders.input / "a.png"
    path.write_text("one")
    stubs.run(workflow)
    path.write_text("other")
    assert stubs.run(workflow).outputs == {"show": {"shown": ["other"]}}
    assert stubs.reasons["read"] == "file a.png changed"


def test_a_file_under_another_name_with_the_same_content_is_not_read_again(stubs: Stubs) -> None:
    workflow = wire(read=("Read", {"image": "a.png"}), show=("Show", {"value": "@read"}))
    for name in ("a.png", "b.png"):
        (stubs.engine.folders.input / name).write_text("same")
    stubs.run(workflow)
    stubs.run(workflow.with_input("read", "image", "b.png"))
    assert stubs.ran == []


def test_a_file_that_cannot_be_read_fails_its_node(
    stubs: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stubs.engine.folders.input / "a.png").write_text("one")

    def refuse(path: Path, **_: object) -> bytes:
        raise MissingFileError(f"cannot read {path.name}: Permission denied", path.name)

    monkeypatch.setattr(stubs.engine.files, "content_hash", refuse)
    with pytest.raises(
        NodeFailed, match=r"^Read \(node r\): cannot read a\.png: Permission"
    ) as info:
        stubs.run(wire(r=("Read", {"image": "a.png"}), show=("Show", {"value": "@r"})))
    assert isinstance(info.value.__cause__, MissingFileError)
    assert isinstance(stubs.events[-1], NodeErred)


# --- values ---


def test_targets_may_be_any_node_and_their_values_are_returned(stubs: Stubs) -> None:
    result = stubs.run(SUM, "sum", "one")
    assert result.values == {"one": (1,), "sum": (3,)}
    assert stubs.ran == ["one", "two", "sum"]


def test_the_values_of_cached_targets_are_returned_too(stubs: Stubs) -> None:
    stubs.run(SUM)
    assert stubs.run(SUM, "sum").values == {"sum": (3,)}
    assert stubs.ran == []


HEAVY = wire(
    a=("Heavy", {"name": "a"}),
    b=("Heavy", {"name": "b", "after": "@a"}),
    c=("Heavy", {"name": "c", "after": "@b"}),
    show=("Show", {"value": 1, "after": "@c"}),
)


def test_a_target_whose_values_are_gone_is_made_again(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    stubs.run(HEAVY)
    (value,) = stubs.run(HEAVY, "b").values["b"]
    assert isinstance(value, Block)
    assert value.name == "b"
    assert stubs.ran == ["a", "b"]
    assert stubs.reasons == dict.fromkeys("ab", "evicted from the cache")


def test_without_room_for_values_a_second_run_still_executes_nothing(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    stubs.run(HEAVY)
    stubs.run(HEAVY)
    assert stubs.ran == []
    assert sorted(stubs.cached) == ["a", "b", "c", "show"]


def test_dropped_values_are_made_again_only_for_nodes_that_read_them(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    stubs.run(HEAVY)
    stubs.run(HEAVY.with_input("c", "name", "new"))
    assert stubs.ran == ["a", "b", "c", "show"]
    assert stubs.cached == []
    assert stubs.reasons["a"] == stubs.reasons["b"] == "evicted from the cache"
    stubs.run(HEAVY.with_input("show", "value", 2))
    assert stubs.ran == ["a", "b", "c", "show"]


def test_an_output_node_does_not_run_again_only_because_its_values_are_gone(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    workflow = wire(a=("Heavy", {"name": "a"}), out=("SaveAndPass", {"value": "@a"}))
    stubs.run(workflow)
    stubs.run(workflow)
    assert stubs.ran == []


def test_values_are_let_go_when_their_last_reader_is_done(tmp_path: Path) -> None:
    made: list[weakref.ref[Block]] = []
    alive: list[int] = []

    @node("Watched", category="test")
    def watched(after: Words | None = None) -> Words:
        gc.collect()
        alive.append(sum(ref() is not None for ref in made))
        block = Block("watched")
        made.append(weakref.ref(block))
        return block  # type: ignore[return-value]

    stubs = Stubs(tmp_path, 0, watched)
    stubs.run(
        wire(
            a="Watched",
            b=("Watched", {"after": "@a"}),
            c=("Watched", {"after": "@b"}),
            d=("Watched", {"after": "@c"}),
            show=("Show", {"value": "@d"}),
        )
    )
    assert alive == [0, 1, 1, 1]
    stubs.engine.run(wire(show=("Show", {"value": 0})))
    del stubs
    gc.collect()
    assert not any(ref() for ref in made[:3])


def test_an_empty_cache_that_is_handed_in_is_used(stubs: Stubs) -> None:
    assert stubs.engine.cache is stubs.cache
    stubs.run(HEAVY)
    assert stubs.cache.held == 300


# --- impure nodes ---


def test_an_impure_node_always_runs_and_equal_results_leave_readers_cached(stubs: Stubs) -> None:
    workflow = wire(dice="Dice", show=("Show", {"value": "@dice"}))
    stubs.services["dice"] = iter([3, 3, 5])
    ran = []
    for _ in range(3):
        stubs.run(workflow)
        ran.append([*stubs.ran])
    assert ran == [["dice", "show"], ["dice"], ["dice", "show"]]
    assert stubs.reasons["dice"] == "declared impure"


def test_what_an_impure_node_makes_is_new_unless_its_content_is_known(stubs: Stubs) -> None:
    stubs.services["dice"] = iter(["a", "b"])
    workflow = wire(dice="Dice", show=("Show", {"value": "@dice"}))
    assert stubs.run(workflow).outputs == {"show": {"shown": ["a"]}}
    assert stubs.run(workflow).outputs == {"show": {"shown": ["b"]}}


def test_an_impure_node_runs_once_in_a_run_however_late_its_value_is_wanted(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    stubs.services["dice"] = count()
    stubs.engine.hasher = lambda value: b"always the same" if isinstance(value, int) else None
    workflow = wire(
        dice="Dice",
        heavy=("Heavy", {"name": "h", "after": "@dice"}),
        show=("Show", {"value": 1, "after": "@heavy"}),
    )
    stubs.run(workflow)
    stubs.run(workflow.with_input("show", "value", 2))
    assert stubs.ran == ["dice", "heavy", "show"]


# --- hidden inputs ---


def test_hidden_inputs_are_filled_in(stubs: Stubs) -> None:
    workflow = wire(who="Whoami", idle=("Add", {"a": "@who", "plus": 3}))
    extra: dict[str, object] = {"workflow": {"nodes": []}}
    result = stubs.run(workflow, extra_pnginfo=extra)
    prompt = {
        "who": {"class_type": "Whoami", "inputs": {}},
        "idle": {"class_type": "Add", "inputs": {"a": ["who", 0], "plus": 3}},
    }
    assert result.outputs["who"] == {"me": "who", "prompt": prompt, "extra": extra}


def test_the_id_counts_only_for_nodes_that_ask_for_it(stubs: Stubs) -> None:
    stubs.run(wire(a="Whoami", n="Number", s=("Show", {"value": "@n"})))
    result = stubs.run(wire(b="Whoami", m="Number", t=("Show", {"value": "@m"})))
    assert stubs.ran == ["b"]
    assert result.outputs["b"]["me"] == "b"


def test_the_rest_of_the_prompt_does_not_count(stubs: Stubs) -> None:
    stubs.run(wire(who="Whoami"))
    stubs.run(wire(who="Whoami", other=("Number", {"value": 9})), extra_pnginfo={"workflow": {}})
    assert stubs.ran == []


# --- failures ---


def test_a_node_that_raises_is_named_and_its_exception_is_the_cause(stubs: Stubs) -> None:
    workflow = wire(n="Number", bad=("Fail", {"after": "@n"}), show=("Show", {"value": "@bad"}))
    titled = workflow.with_node(replace(workflow.nodes["bad"], title="The bad one"))
    with pytest.raises(NodeFailed) as info:
        stubs.run(titled)
    assert str(info.value) == 'Fail "The bad one" (node bad): it cannot be done'
    assert isinstance(info.value.__cause__, NodeInputError)
    assert (info.value.node_id, info.value.class_type) == ("bad", "Fail")
    erred = stubs.events[-1]
    assert isinstance(erred, NodeErred)
    assert erred.sentence == str(info.value)
    assert "Traceback" in erred.traceback
    assert "it cannot be done" in erred.traceback


def test_what_was_made_before_a_failure_is_kept(stubs: Stubs) -> None:
    workflow = wire(n="Number", bad=("Fail", {"after": "@n"}), show=("Show", {"value": "@bad"}))
    for expected in (["n", "bad"], ["bad"]):
        with pytest.raises(NodeFailed):
            stubs.run(workflow)
        assert stubs.ran == expected
        assert stubs.reasons["bad"] == "first run"


def test_too_few_outputs_are_the_nodes_fault(tmp_path: Path) -> None:
    @node("Few", category="test")
    def few() -> tuple[Number, Words]:
        return (1,)  # type: ignore[return-value]

    stubs = Stubs(tmp_path, 0, few)
    with pytest.raises(NodeFailed, match=r"Few \(node few\): the node gave back 1 outputs where"):
        stubs.run(wire(few="Few", show=("Show", {"value": "@few"})))


def test_an_invalid_workflow_runs_nothing_and_says_everything(stubs: Stubs) -> None:
    with pytest.raises(InvalidWorkflowError) as info:
        stubs.run(wire(n=("Number", {"value": 1000}), show=("Show", {"value": "@n"}), s="Show"))
    assert len(info.value.problems) == 2
    assert (stubs.ran, stubs.events) == ([], [])


BROKEN = wire(
    good=("Number", {"value": 1}),
    bad=("Number", {"value": 1000}),
    sound=("Show", {"value": "@good"}),
    broken=("Show", {"value": "@bad"}),
)


def test_the_sound_outputs_of_a_broken_workflow_run_where_that_is_allowed(stubs: Stubs) -> None:
    result = stubs.run(BROKEN, allow_broken=True)
    assert stubs.ran == ["good", "sound"]
    assert [problem.node_id for problem in result.problems] == ["bad"]


@pytest.mark.parametrize(("targets", "allowed"), [((), False), (("broken",), True)])
def test_a_broken_workflow_does_not_run(
    stubs: Stubs, targets: tuple[str, ...], allowed: bool
) -> None:
    with pytest.raises(InvalidWorkflowError):
        stubs.run(BROKEN, *targets, allow_broken=allowed)
    assert stubs.ran == []


def test_warnings_are_reported(stubs: Stubs) -> None:
    result = stubs.run(wire(s=("Show", {"value": 1, "colour": "red"})))
    assert result.warnings == ("Show (node s) has no input 'colour'; it is ignored",)


# --- cancelling, progress ---


def test_a_cancelled_job_starts_nothing(stubs: Stubs) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        stubs.run(SUM, cancel=cancel)
    assert stubs.ran == []
    (event,) = stubs.told(JobCancelled)
    assert event is stubs.events[-1]


def test_a_job_that_is_cancelled_between_nodes_stops_there_and_keeps_what_it_has(
    stubs: Stubs,
) -> None:
    cancel = CancelToken()
    stubs.ran = _Cancelling(cancel, after="two")
    stubs.services["ran"] = stubs.ran
    with pytest.raises(Cancelled):
        stubs.run(SUM, cancel=cancel)
    assert stubs.ran == ["one", "two"]
    stubs.services["ran"] = stubs.ran = []
    stubs.run(SUM)
    assert stubs.ran == ["sum", "show"]


class _Cancelling(list[str]):
    """A list that utters the wish to stop when something is added to it."""

    def __init__(self, cancel: CancelToken, after: str) -> None:
        super().__init__()
        self._cancel = cancel
        self._after = after

    def append(self, item: str) -> None:
        super().append(item)
        if item == self._after:
            self._cancel.cancel()


@node("Steps", category="test", output_node=True)
def steps(ctx: NodeContext, count: Annotated[int, Int()] = 3) -> None:
    """Make progress, cancelling what it is told to."""
    for step in range(1, count + 1):
        ctx.progress(step, count, preview=f"glimpse {step}")
        cancel = ctx.service("cancel")
        if isinstance(cancel, CancelToken):
            cancel.cancel()
    ctx.warn("that was quick")


def test_progress_and_warnings_are_told(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0, steps)
    stubs.run(wire(s=("Steps", {"count": 2})))
    told = [event for event in stubs.events if isinstance(event, NodeProgress)]
    assert [(event.value, event.total, event.preview) for event in told] == [
        (1, 2, "glimpse 1"),
        (2, 2, "glimpse 2"),
    ]
    assert all(event.seconds_per_step is not None for event in told)
    (warning,) = [event for event in stubs.events if isinstance(event, NodeWarning)]
    assert (warning.node_id, warning.text) == ("s", "that was quick")


def test_a_node_is_cancelled_at_its_next_step(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0, steps)
    stubs.services["cancel"] = cancel = CancelToken()
    with pytest.raises(Cancelled):
        stubs.run(wire(s=("Steps", {"count": 3})), cancel=cancel)
    assert len(stubs.told(NodeProgress)) == 1
    last = stubs.events[-1]
    assert isinstance(last, JobCancelled)
    assert last.node_id == "s"
    del stubs.services["cancel"]
    stubs.run(wire(s=("Steps", {"count": 3})))
    assert stubs.reasons == {"s": "first run"}


def test_reading_a_file_can_be_cancelled(stubs: Stubs) -> None:
    (stubs.engine.folders.input / "a.png").write_text("one")
    cancel = CancelToken()
    whole = stubs.engine.files.content_hash

    def slow(path: Path, **options: object) -> bytes:
        cancel.cancel()
        return whole(path, **options)  # type: ignore[arg-type]

    stubs.engine.files.content_hash = slow  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        stubs.run(
            wire(r=("Read", {"image": "a.png"}), show=("Show", {"value": "@r"})), cancel=cancel
        )
    last = stubs.events[-1]
    assert isinstance(last, JobCancelled)
    assert last.node_id == "r"


# --- size ---


def _chain(length: int) -> Workflow:
    nodes = {f"n{i}": ("Add", {"a": f"@n{i - 1}", "plus": 1}) for i in range(1, length)}
    last = ("Show", {"value": f"@n{length - 1}"})
    return wire({"n0": ("Number", {"value": 0}), **nodes, "show": last})


def test_a_chain_of_ten_thousand_nodes_runs(tmp_path: Path) -> None:
    stubs, chain = Stubs(tmp_path), _chain(10_000)
    assert stubs.run(chain).outputs == {"show": {"shown": [9_999]}}
    stubs.run(chain)
    assert stubs.ran == []


def test_a_chain_of_ten_thousand_nodes_whose_values_are_gone_is_made_again(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    heavy = {f"n{i}": ("Heavy", {"name": "h", "after": f"@n{i - 1}"}) for i in range(1, 10_000)}
    last = ("Show", {"value": 1, "after": "@n9999"})
    chain = wire({"n0": ("Heavy", {"name": "h"}), **heavy, "s": last})
    stubs.run(chain)
    stubs.run(chain.with_input("s", "value", 2))
    assert len(stubs.ran) == 10_001
    stubs.run(chain)
    assert stubs.ran == []

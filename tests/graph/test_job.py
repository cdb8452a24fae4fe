"""A job: files that count by their content, failures, hidden inputs, and wishes to stop."""

from __future__ import annotations

import os
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
    JobFailed,
    NodeErred,
    NodeProgress,
    NodeWarning,
)
from graph.sockets import Int
from tests.graph.stub_engine import Number, Stubs, Words, wire

if TYPE_CHECKING:
    from pathlib import Path


SUM = wire(
    one=("Number", {"value": 1}),
    two=("Number", {"value": 2}),
    sum=("Add", {"a": "@one", "b": "@two"}),
    show=("Show", {"value": "@sum"}),
)


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
    assert isinstance(stubs.events[-2], NodeErred)
    assert isinstance(stubs.events[-1], JobFailed)


def test_an_impure_node_always_runs_and_equal_results_leave_readers_cached(stubs: Stubs) -> None:
    workflow = wire(dice="Dice", show=("Show", {"value": "@dice"}))
    stubs.services["dice"] = iter([3, 3, 5])
    ran = []
    for _ in range(3):
        stubs.run(workflow)
        ran.append([*stubs.ran])
    assert ran == [["dice", "show"], ["dice"], ["dice", "show"]]
    assert stubs.reasons["dice"] == "declared impure"
    assert len(stubs.cache) == 2  # what was shown; what the dice said is not kept


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


def test_a_node_that_raises_is_named_and_its_exception_is_the_cause(stubs: Stubs) -> None:
    workflow = wire(n="Number", bad=("Fail", {"after": "@n"}), show=("Show", {"value": "@bad"}))
    titled = workflow.with_node(replace(workflow.nodes["bad"], title="The bad one"))
    with pytest.raises(NodeFailed) as info:
        stubs.run(titled)
    assert str(info.value) == 'Fail "The bad one" (node bad): it cannot be done'
    assert isinstance(info.value.__cause__, NodeInputError)
    assert (info.value.node_id, info.value.class_type) == ("bad", "Fail")
    erred, failed = stubs.events[-2:]
    assert isinstance(failed, JobFailed)
    assert failed.node_id == "bad"
    assert isinstance(erred, NodeErred)
    assert (erred.exception_type, erred.display_node) == ("graph.errors.NodeInputError", "bad")
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

"""What is left of a run's events."""

from __future__ import annotations

from pathlib import Path

from app.run_log import NodeLog, RunLog, files_told
from graph.events import JobFinished, NodeCached, NodeErred, NodeFinished, NodeStarted
from graph.folders import Folders
from graph.workflow import Workflow, WorkflowNode

FOLDERS = Folders.under(Path("/base"))
WORKFLOW = Workflow({"1": WorkflowNode("1", "Save", {}, "Mine"), "2": WorkflowNode("2", "Load")})
UI = {"images": [{"filename": "a.png", "subfolder": "x/y", "type": "output"}]}


def log_of(*events: object) -> tuple[RunLog, list[Path]]:
    told: list[Path] = []
    log = RunLog(WORKFLOW, FOLDERS, told.append)
    for event in events:
        assert isinstance(event, NodeCached | NodeStarted | NodeFinished | NodeErred | JobFinished)
        log(event)
    return log, told


def test_a_node_that_ran_has_its_reason_its_seconds_and_its_files() -> None:
    log, told = log_of(
        NodeStarted(
            job="j",
            number=0,
            time=0,
            node_id="1",
            class_type="Save",
            display_node="1",
            reason="first run",
        ),
        NodeFinished(
            job="j",
            number=1,
            time=1,
            node_id="1",
            class_type="Save",
            display_node="1",
            seconds=1.5,
            ui=UI,
        ),
        JobFinished(job="j", number=2, time=2, seconds=2.0),
    )
    assert log.nodes == {"1": NodeLog("Save", "Mine", reason="first run", seconds=1.5)}
    assert told == log.saved == [Path("/base/output/x/y/a.png")]
    assert log.seconds == 2.0


def test_a_cached_node_tells_the_files_it_made_before() -> None:
    log, told = log_of(
        NodeCached(
            job="j", number=0, time=0, node_id="1", class_type="Save", display_node="1", ui=UI
        )
    )
    assert log.nodes["1"].cached
    assert told == [Path("/base/output/x/y/a.png")]


def test_a_node_that_failed_is_in_the_log() -> None:
    log, _ = log_of(
        NodeStarted(
            job="j",
            number=0,
            time=0,
            node_id="2",
            class_type="Load",
            display_node="2",
            reason="first run",
        ),
        NodeErred(
            job="j",
            number=1,
            time=1,
            node_id="2",
            class_type="Load",
            display_node="2",
            sentence="no",
            traceback="…",
        ),
    )
    assert list(log.nodes) == ["2"]
    assert log.nodes["2"].seconds == 0


def test_files_are_looked_for_in_the_folder_of_their_type() -> None:
    items = [
        {"filename": "a", "type": "temp"},
        {"filename": "b", "subfolder": "", "type": "input"},
        {"filename": "c"},
        {"text": "no file"},
        "odd",
    ]
    paths = list(files_told({"images": items, "text": "x", "animated": (True,)}, FOLDERS))
    assert paths == [Path("/base/temp/a"), Path("/base/input/b"), Path("/base/output/c")]

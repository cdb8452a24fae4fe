"""The scripting facade, with the real starter model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import safelight
from app.bootstrap.start import ROOT
from graph.events import NodeStarted

if TYPE_CHECKING:
    from pathlib import Path

    from graph.events import Event

TXT2IMG = ROOT / "workflows" / "txt2img.json"


def test_a_workflow_is_loaded_changed_and_run(tmp_path: Path) -> None:
    workflow = safelight.load(TXT2IMG).set("KSampler.steps", 2)
    result = workflow.run(seed=7, output_directory=tmp_path)
    (path,) = result.paths
    assert path.parent == tmp_path
    assert result.images()[0].size == (64, 64)
    assert result.seconds > 0


def test_a_session_runs_nothing_twice_and_only_what_a_new_seed_touches(tmp_path: Path) -> None:
    events: list[Event] = []
    workflow = safelight.load(TXT2IMG).set("KSampler.steps", 2)
    with safelight.Session(output_directory=tmp_path, on_event=events.append) as session:
        first = session.run(workflow, seed=1)
        events.clear()
        second = session.run(workflow, seed=1)
        assert second.paths == first.paths
        assert not [event for event in events if isinstance(event, NodeStarted)]
        third = session.run(workflow, seed=2)
        ran = {node.class_type for node in third.nodes.values() if not node.cached}
        assert ran == {"KSampler", "VAEDecode", "SaveImage"}
        first.paths[0].unlink()
        fourth = session.run(workflow, seed=1)
        ran = {node.class_type for node in fourth.nodes.values() if not node.cached}
        assert ran == {"SaveImage"}
        assert fourth.paths[0].exists()


def test_set_leaves_the_workflow_it_came_from_alone() -> None:
    workflow = safelight.load(TXT2IMG)
    changed = workflow.set("KSampler.steps", 2)
    assert workflow.changes == ()
    assert [change.value for change in changed.changes] == [2]


def test_what_goes_wrong_is_a_safelight_error_in_a_sentence(tmp_path: Path) -> None:
    workflow = safelight.load(TXT2IMG)
    with pytest.raises(safelight.Error, match="did you mean 'KSampler'"):
        workflow.set("KSamplr.steps", 2)
    with pytest.raises(safelight.InvalidWorkflowError, match="from 1 to 10000, got 0"):
        workflow.set("KSampler.steps", 0).run(output_directory=tmp_path)
    with pytest.raises(safelight.Error, match="cannot read"):
        safelight.load(tmp_path / "nowhere.json")

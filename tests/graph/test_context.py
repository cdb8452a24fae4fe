"""NodeContext: everything that a node says is heard, and nothing is needed to run one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.cancel import CancelToken
from graph.context import NodeContext
from graph.errors import Cancelled
from graph.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path


def test_a_node_can_be_run_by_hand_with_a_bare_context(tmp_path: Path) -> None:
    context = NodeContext("1", Folders.under(tmp_path))
    context.progress(1, 2)
    context.warn("odd")
    context.check_cancelled()
    assert context.service("precision", "float32") == "float32"
    assert (context.device, context.allow_outside_inputs) == ("cpu", False)


def test_progress_and_warnings_are_heard(tmp_path: Path) -> None:
    heard: list[object] = []
    context = NodeContext(
        "1",
        Folders.under(tmp_path),
        services={"precision": "bfloat16"},
        on_progress=lambda *facts: heard.append(facts),
        on_warning=heard.append,
    )
    context.progress(1, 4, "glimpse")
    context.warn("odd")
    assert heard == [(1, 4, "glimpse"), "odd"]
    assert context.service("precision") == "bfloat16"


def test_progress_ends_a_node_whose_job_was_cancelled(tmp_path: Path) -> None:
    token, heard = CancelToken(), list[object]()
    context = NodeContext(
        "1",
        Folders.under(tmp_path),
        on_progress=lambda *facts: heard.append(facts),
        raise_if_cancelled=token.check,
    )
    context.progress(1, 4)
    token.cancel()
    assert token.cancelled
    with pytest.raises(Cancelled, match="the job was cancelled"):
        context.progress(2, 4)
    with pytest.raises(Cancelled):
        context.check_cancelled()
    assert heard == [(1, 4, None)]

"""What a person at the terminal sees of a run."""

from __future__ import annotations

import io

import pytest

from app.progress import ProgressDisplay
from graph.events import (
    Event,
    JobStarted,
    NodeFinished,
    NodeProgress,
    NodeStarted,
    NodeWarning,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


STARTED = NodeStarted(
    job="j",
    number=1,
    time=0.0,
    node_id="3",
    class_type="KSampler",
    display_node="3",
    reason="first run",
)
ODD = NodeWarning(
    job="j", number=6, time=0.0, node_id="3", class_type="KSampler", display_node="3", text="odd"
)
FINISHED = NodeFinished(
    job="j",
    number=7,
    time=0.0,
    node_id="3",
    class_type="KSampler",
    display_node="3",
    seconds=1.0,
    ui=None,
)


def step(value: int) -> Event:
    return NodeProgress(
        job="j",
        number=1 + value,
        time=0.0,
        node_id="3",
        class_type="KSampler",
        display_node="3",
        value=value,
        total=4,
        seconds_per_step=0.1,
    )


def a_run() -> list[Event]:
    started = JobStarted(job="j", number=0, time=0.0, nodes=("1", "3"))
    return [started, STARTED, *map(step, range(1, 5)), ODD, FINISHED]


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def test_a_terminal_shows_the_node_its_steps_its_pace_and_the_time_left() -> None:
    terminal = Terminal()
    display = ProgressDisplay(terminal)
    for event in a_run():
        display(event)
    shown = terminal.getvalue()
    assert "[1/2] KSampler" in shown
    assert "4/4" in shown
    assert "s/it" in shown
    assert "left" in shown


def test_a_log_shows_warnings_and_nothing_else() -> None:
    log = io.StringIO()
    display = ProgressDisplay(log)
    for event in a_run():
        display(event)
    assert log.getvalue() == "safelight: KSampler (node 3): odd\n"


def test_quiet_draws_no_bars_on_a_terminal_either() -> None:
    terminal = Terminal()
    display = ProgressDisplay(terminal, quiet=True)
    for event in a_run():
        display(event)
    assert "4/4" not in terminal.getvalue()


def test_a_run_that_was_cut_short_leaves_no_bar_behind() -> None:
    terminal = Terminal()
    display = ProgressDisplay(terminal)
    display(STARTED)
    display.close()
    assert terminal.getvalue().endswith("\r")

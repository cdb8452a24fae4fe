"""The `run` command at work: one run for each seed, paths or JSON out, progress beside it."""

from __future__ import annotations

import json
import re
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app import memory, terminal
from app.errors import InputError
from app.progress import ProgressDisplay
from app.run_log import NodeLog, RunLog
from app.session import Session
from app.sizes import size
from graph.errors import NodeFailed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from app.overrides import Change
    from app.settings import Settings
    from graph.checked import Checked
    from graph.events import Event
    from graph.formats.document import Document


@dataclass
class _Outcome:
    """One run, done or failed."""

    seed: int | None
    log: RunLog
    error: NodeFailed | None = None
    began: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Return the run as `--json` prints it."""
        data: dict[str, object] = {
            "seed": self.seed,
            "status": "failed" if self.error else "done",
            "seconds": round(self.seconds, 3),
            "outputs": [str(path) for path in self.log.saved],
            "nodes": {key: _node_as_json(node) for key, node in self.log.nodes.items()},
        }
        if self.error:
            data["error"] = {
                "node": self.error.node_id,
                "class": self.error.class_type,
                "title": self.error.title,
                "message": self.error.reason,
            }
        return data


def _node_as_json(node: NodeLog) -> dict[str, object]:
    return {
        "class": node.class_type,
        "title": node.title,
        "seconds": round(node.seconds, 3),
        "cached": node.cached,
        "reason": node.reason,
    }


def run_all(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run a workflow once for each seed and print what came of it.

    Raises:
        CommandError: Something that was given is wrong.
        GraphError: The workflow is wrong, or a node failed.
    """
    with closing(Session(settings)) as session:
        return _run_seeds(session, arguments)


def _run_seeds(session: Session, arguments: argparse.Namespace) -> int:
    document = session.load(arguments.workflow)
    changes = [session.parse_change(text, document) for text in arguments.changes]
    checked = session.require_ready(document, changes, partly=True)
    problems = tuple(map(str, checked.problems))
    oddities = (text for pack in session.packs for text in pack.complaints())
    for warning in (*oddities, *document.notes, *checked.warnings, *problems):
        terminal.complain(warning)
    if problems:
        terminal.complain(_left_out(checked))
    if session.device == "cpu":
        memory.limit()
    outcomes: list[_Outcome] = []
    for seed in arguments.seeds or (None,):
        seeds = () if seed is None else session.seed_changes(document, seed)
        outcome = _run(session, document, (*changes, *seeds), seed, arguments)
        outcomes.append(outcome)
        if arguments.explain:
            _explain(outcome.log)
        if outcome.error:
            break
    if arguments.json:
        terminal.out(_as_json(arguments.workflow, session.device, outcomes, problems))
    if outcomes[-1].error:
        raise outcomes[-1].error
    return InputError.exit_code if problems else 0


def _left_out(checked: Checked) -> str:
    """Say what is done about a workflow of which only a part can run."""
    left, all_ = len(checked.broken), len(checked.broken) + len(checked.outputs)
    return f"{left} of {all_} outputs cannot be made, and are left out; the exit code will be 2"


def _run(
    session: Session,
    document: Document,
    changes: Sequence[Change],
    seed: int | None,
    arguments: argparse.Namespace,
) -> _Outcome:
    log = RunLog(document.workflow, session.folders, _nobody if arguments.json else _print_path)
    outcome = _Outcome(seed, log)
    display = ProgressDisplay(quiet=arguments.quiet)

    def listen(event: Event) -> None:
        display(event)
        log(event)

    try:
        session.run(document, changes, listen, partly=True)
    except NodeFailed as error:
        outcome.error = _in_words(error)
    finally:
        display.close()
        outcome.seconds = time.perf_counter() - outcome.began
    return outcome


def _in_words(error: NodeFailed) -> NodeFailed:
    """Say that memory ran out in a sentence with a remedy, where that is what happened."""
    if not memory.ran_out(error.__cause__):
        return error
    asked = re.search(r"allocate (\d+) bytes", error.reason)
    needed = f" (it asked for {size(int(asked[1]))} at once)" if asked else ""
    reason = (
        f"there is not enough free memory{needed}: make the picture or the batch smaller, or close"
        " other programs"
    )
    better = NodeFailed(error.node_id, error.class_type, error.title, reason)
    better.__cause__ = error.__cause__
    return better


def _print_path(path: Path) -> None:
    terminal.out(str(path))


def _nobody(_path: Path) -> None:
    """With `--json`, paths are part of the object."""


def _explain(log: RunLog) -> None:
    for key, node in log.nodes.items():
        title = f" {node.title!r}" if node.title and node.title != node.class_type else ""
        what = "cached" if node.cached else f"ran for {node.seconds:.2f} s: {node.reason}"
        terminal.note(f"{key:>4}  {node.class_type}{title}  {what}")


def _as_json(
    workflow: Path, device: str, outcomes: Sequence[_Outcome], problems: Sequence[str]
) -> str:
    failed = any(outcome.error for outcome in outcomes)
    data = {
        "workflow": str(workflow),
        "device": device,
        "status": "failed" if failed else "partly done" if problems else "done",
        "problems": problems,
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 3),
        "outputs": [str(path) for outcome in outcomes for path in outcome.log.saved],
        "runs": [outcome.as_json() for outcome in outcomes],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)

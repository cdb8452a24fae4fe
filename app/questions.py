"""What a worker is asked besides running jobs: checks, plans and values. Plain data both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from app.value_summary import summarise
from graph.forecast import Prospect, forecast
from graph.formats.api import parse_api

if TYPE_CHECKING:
    from graph.executor import Engine
    from graph.workflow import Workflow

Question: TypeAlias = Mapping[str, Any]


def answers(engine: Engine) -> dict[str, Callable[[Any], object]]:
    """Return who answers which question about an engine."""
    return {
        "check": partial(check, engine),
        "plan": partial(plan, engine),
        "value": partial(value, engine),
    }


def check(engine: Engine, question: Question) -> dict[str, object]:
    """Say everything that is wrong with a workflow, `{"prompt", "targets"}`."""
    workflow, targets = _asked(question)
    found = engine.check(workflow, targets)
    return {
        "outputs": found.outputs,
        "broken": found.broken,
        "problems": [asdict(problem) for problem in found.problems],
        "warnings": found.warnings,
        "absent": [asdict(problem) for problem in found.absent],
    }


def plan(engine: Engine, question: Question) -> dict[str, object]:
    """Say what a workflow would run, `{"prompt", "targets"}`, and why."""
    workflow, targets = _asked(question)
    checked, found = forecast(engine, workflow, targets)
    nodes = {
        key: {
            "class_type": one.class_type,
            "prospect": one.prospect.value,
            "cached": one.prospect is Prospect.CACHED,
            "reason": one.reason,
            "seconds": one.seconds,
        }
        for key, one in found.items()
    }
    return {"nodes": nodes, "warnings": checked.warnings}


def value(engine: Engine, question: Question) -> dict[str, object] | None:
    """Describe what came out of a node, `{"prompt", "targets", "node", "slot"}`.

    None if it is not known any more.
    """
    workflow, targets = _asked(question)
    node_id, slot = question["node"], question["slot"]
    _, found = forecast(engine, workflow, targets)
    seen = found.get(node_id)
    entry = engine.tiers.get(seen.key) if seen is not None and seen.key is not None else None
    definition = engine.registry.get(seen.class_type) if seen is not None else None
    if seen is None or seen.key is None or entry is None or definition is None:
        return None
    values = entry.values
    if values is None and entry.stored:
        values = engine.tiers.fetch(seen.key, entry)
    if values is None or not 0 <= slot < len(values):
        return None
    return summarise(values[slot], definition.outputs[slot].type)


def _asked(question: Question) -> tuple[Workflow, Sequence[str] | None]:
    return parse_api(question["prompt"]), question.get("targets")

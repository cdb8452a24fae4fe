"""What is wrong with a workflow, as ComfyUI's `POST /prompt` answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.workflow import Link
from web.errors import WebError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.problems import Problem
    from graph.workflow import Json, Workflow
    from web.jobs import Verdict

_NO_OUTPUTS = "prompt_no_outputs"
_MOST = 1_000
"""Problems that are told of one workflow."""


def refusal(workflow: Workflow, verdict: Verdict) -> WebError:
    """Return the answer to a workflow that is not run."""
    general = next((problem for problem in verdict.problems if not problem.node_id), None)
    foreign = unknown(verdict)
    errors = node_errors(workflow, verdict)
    # First, as in ComfyUI: it may be the very one that saves something.
    if foreign is not None:
        return WebError(
            400,
            foreign.type,
            str(foreign),
            details=f"Node ID '#{foreign.node_id}'",
            extra_info={"class_type": foreign.class_type, "node_id": foreign.node_id},
            node_errors=errors,
        )
    if general is not None:
        # ComfyUI's clients know no target that is none, but nothing to be put out.
        type_ = _NO_OUTPUTS if general.type == "invalid_target" else general.type
        return WebError(400, type_, str(general), details=_details(general), node_errors=errors)
    return WebError(
        400,
        "prompt_outputs_failed_validation",
        "Prompt outputs failed validation: " + "; ".join(map(str, verdict.problems[:20])),
        details="\n".join(map(str, verdict.problems[:20])),
        node_errors=errors,
    )


def unknown(verdict: Verdict) -> Problem | None:
    """Return what is wrong with the first node whose class is not installed, needed or not.

    ComfyUI runs nothing of a workflow that has one.
    """
    problems = (*verdict.problems, *verdict.absent)
    return next((problem for problem in problems if problem.type == "invalid_prompt"), None)


def node_errors(workflow: Workflow, verdict: Verdict) -> dict[str, Json]:
    """Return what is wrong with which node."""
    by_node: dict[str, list[Problem]] = {}
    for problem in (*verdict.problems, *verdict.absent)[:_MOST]:
        if problem.node_id:
            by_node.setdefault(problem.node_id, []).append(problem)
    if not by_node:
        return {}
    dependents = _dependent_outputs(workflow, verdict.broken, by_node)
    return {
        key: {
            "errors": [_error(workflow, problem) for problem in problems],
            "dependent_outputs": [*dependents[key]],
            "class_type": problems[0].class_type,
        }
        for key, problems in by_node.items()
    }


def _error(workflow: Workflow, problem: Problem) -> Json:
    return {
        "type": problem.type,
        "message": str(problem),
        "details": _details(problem),
        "extra_info": _facts(workflow, problem),
    }


def _facts(workflow: Workflow, problem: Problem) -> dict[str, Json]:
    """Return the input's name, and what came there as it was sent."""
    if not problem.input:
        return {}
    facts: dict[str, Json] = {"input_name": problem.input}
    node = workflow.nodes.get(problem.node_id)
    if node is None or problem.input not in node.inputs:
        return facts
    came = node.inputs[problem.input]
    if isinstance(came, Link):
        linked: Json = [came.node, came.slot]
        return {**facts, "received_value": linked, "linked_node": linked}
    return {**facts, "received_value": came}


def _details(problem: Problem) -> str:
    where = f"{problem.input}: " if problem.input else ""
    return f"{where}expected {problem.expected}, got {problem.got}"


def _dependent_outputs(
    workflow: Workflow, broken: Iterable[str], nodes: Iterable[str]
) -> dict[str, list[str]]:
    """Return for each node the output nodes that need it."""
    found: dict[str, list[str]] = {node: [] for node in nodes}
    for output in broken:
        seen: set[str] = set()
        todo = [output]
        while todo:
            key = todo.pop()
            if key in seen or key not in workflow.nodes:
                continue
            seen.add(key)
            todo.extend(link.node for _, link in workflow.nodes[key].links())
        for node, outputs in found.items():
            if node in seen:
                outputs.append(output)
    return found

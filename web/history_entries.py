"""Jobs that have ended, as ComfyUI's history tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.jobs.record import JobStatus
from web.messages import failure, interruption, milliseconds
from web.queue_entries import entry

if TYPE_CHECKING:
    from graph.jobs.record import JobRecord


def history_entry(record: JobRecord) -> dict[str, object]:
    """Return what is known of a job."""
    done = record.row.status is JobStatus.DONE
    return {
        "prompt": entry(record),
        "outputs": {**record.result.outputs},
        "status": {
            "status_str": "success" if done else "error",
            "completed": done,
            "messages": [*_messages(record)],
        },
        "meta": {key: _meta(record, key) for key in record.result.outputs},
        # Ours: why each node ran, and for how long.
        "nodes": {
            key: {
                "class_type": node.class_type,
                "cached": node.cached,
                "reason": node.reason,
                "seconds": node.seconds,
            }
            for key, node in record.result.nodes.items()
        },
        "warnings": list(record.result.warnings),
    }


def ended_message(record: JobRecord) -> tuple[str, dict[str, object]] | None:
    """Return the message with which a job ended; None for one that has not."""
    row, result = record.row, record.result
    stamp = {"timestamp": milliseconds(row.ended or 0)}
    shown = {key: node.display_node or key for key, node in result.nodes.items()}
    classes = {key: node.class_type for key, node in result.nodes.items()}
    about = {"prompt_id": row.id}
    unfinished = result.error.node_id if result.error else None
    done = [key for key in result.nodes if key != unfinished]
    match row.status:
        case JobStatus.DONE:
            return "execution_success", {**about, **stamp}
        case JobStatus.FAILED if result.error is not None:
            facts = failure(result.error, shown, done)
            return "execution_error", {**about, **facts, **stamp}
        case JobStatus.CANCELLED:
            facts = interruption(unfinished, shown, classes, done)
            return "execution_interrupted", {**about, **facts, **stamp}
        case _:
            return None


def _messages(record: JobRecord) -> list[list[object]]:
    row = record.row
    found: list[list[object]] = []
    if row.started is not None:
        stamp = {"prompt_id": row.id, "timestamp": milliseconds(row.started)}
        cached = [key for key, node in record.result.nodes.items() if node.cached]
        found = [
            ["execution_start", stamp],
            ["execution_cached", {"nodes": cached, **stamp}],
        ]
    last = ended_message(record)
    return [*found, list(last)] if last else found


def _meta(record: JobRecord, key: str) -> dict[str, object]:
    node = record.result.nodes.get(key)
    shown = (node.display_node if node else "") or key
    return {
        "node_id": key,
        "display_node": shown,
        "parent_node": shown if shown != key else None,
        "real_node_id": shown,
    }

"""Jobs of every state, as `/api/jobs` tells them; what is not known is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from graph.jobs.record import JobStatus
from web.history_entries import ended_message
from web.messages import milliseconds
from web.queue_entries import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.jobs.record import JobRecord

STATUSES: Final[Mapping[str, JobStatus]] = {
    "pending": JobStatus.PENDING,
    "in_progress": JobStatus.RUNNING,
    "completed": JobStatus.DONE,
    "failed": JobStatus.FAILED,
    "cancelled": JobStatus.CANCELLED,
}
_NAMES: Final = {status: name for name, status in STATUSES.items()}
_MEDIA: Final = ("images", "gifs", "video", "videos", "audio", "3d")
_SHOWABLE: Final = ("images", "gifs", "video", "videos", "audio")


def job_entry(record: JobRecord) -> dict[str, object]:
    """Return how a job goes, or went."""
    row = record.row
    files = list(_files(record))
    shown = [file for file in files if file["mediaType"] in _SHOWABLE]
    # What was saved says more than what was only shown.
    best = next((file for file in shown if file.get("type") == "output"), None)
    facts = {
        "id": row.id,
        "status": _NAMES[row.status],
        "priority": whole(row.number),
        "create_time": milliseconds(row.created),
        "execution_start_time": None if row.started is None else milliseconds(row.started),
        "execution_end_time": None if row.ended is None else milliseconds(row.ended),
        "execution_error": _error(record),
        "outputs_count": len(files),
        "previewable_outputs_count": len(shown),
        "preview_output": best or (shown[0] if shown else None),
        "workflow_id": row.workflow,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def whole_job(record: JobRecord) -> dict[str, object]:
    """Return everything about a job."""
    return {
        **job_entry(record),
        "outputs": {**record.result.outputs},
        "execution_status": _status(record),
        "workflow": {"prompt": record.prompt, "extra_data": record.extra_data},
    }


def _status(record: JobRecord) -> dict[str, object]:
    last = ended_message(record)
    done = record.row.status is JobStatus.DONE
    return {
        "status_str": "success" if done else "error" if last else _NAMES[record.row.status],
        "completed": done,
        "messages": [list(last)] if last else [],
    }


def _error(record: JobRecord) -> dict[str, object] | None:
    last = ended_message(record)
    return last[1] if last and last[0] == "execution_error" else None


def _files(record: JobRecord) -> Iterator[dict[str, object]]:
    """Yield the files that a job's nodes told of, with their node."""
    for node_id, ui in record.result.outputs.items():
        for kind in _MEDIA:
            items = ui.get(kind)
            for item in items if isinstance(items, list | tuple) else ():
                if isinstance(item, Mapping) and "filename" in item:
                    yield {**item, "nodeId": node_id, "mediaType": kind}

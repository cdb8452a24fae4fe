"""What has been done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from aiohttp import web

from graph.jobs.history import Choice
from graph.jobs.record import ENDED, JobStatus
from web.declared.readers import Doc, Range
from web.declared.route import get, post
from web.history_entries import history_entry
from web.jobs import JOBS
from web.queue_routes import Removal, stored

if TYPE_CHECKING:
    from graph.jobs.record import JobRow

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which part of the history."""

    max_items: Annotated[int | None, Doc("how many; the newest unless there is an offset")] = None
    offset: Annotated[
        int, Range(-1, 2**53), Doc("how many to leave out, counted from the oldest")
    ] = 0


@get("/history")
async def history(request: web.Request, query: HistoryQuery) -> dict[str, object]:
    """Tell what has been done, the oldest first."""
    jobs = request.app[JOBS]
    most = _MOST if query.max_items is None else max(0, min(query.max_items, _MOST))
    newest = query.offset <= 0
    choice = Choice(begun=True, newest_first=newest, offset=max(query.offset, 0), most=most)
    found = await stored(lambda: jobs.history.records(choice))
    ordered = reversed(found) if newest else found
    return {record.row.id: history_entry(record) for record in ordered}


@get("/history/{prompt_id}")
async def history_of(request: web.Request, prompt_id: str) -> dict[str, object]:
    """Tell what came of one job; an empty object if it has not ended, or there is none."""
    jobs = request.app[JOBS]
    record = await stored(lambda: jobs.history.get(prompt_id[:200]))
    if record is None or not _is_told(record.row):
        return {}
    return {record.row.id: history_entry(record)}


def _is_told(row: JobRow) -> bool:
    """Whether a job has ended; one that was deleted before it began is nowhere, as in ComfyUI."""
    never = row.status is JobStatus.CANCELLED and row.started is None
    return row.status in ENDED and not never


@post("/history")
async def change_history(request: web.Request, body: Removal | None) -> None:
    """Forget what has been done: some of it, or all."""
    kept = request.app[JOBS].history
    if body is None:
        return
    if body.clear:
        await stored(kept.clear)
    if body.delete:
        wanted = body.delete
        await stored(lambda: kept.delete(wanted))

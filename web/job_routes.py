"""Jobs of every state in one list, as newer clients ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from aiohttp import web

from graph.jobs.history import Choice
from web.declared.readers import Doc, Range
from web.declared.route import get, post
from web.errors import bad_request, not_found
from web.job_entries import STATUSES, job_entry, whole_job
from web.jobs import JOBS
from web.queue_routes import stored

if TYPE_CHECKING:
    from graph.jobs.record import JobStatus

_ABSENT = {404: "there is no such job"}


@dataclass(frozen=True, slots=True)
class JobsQuery:
    """Which jobs, in which order."""

    status: Annotated[
        str, Doc("one or more of pending, in_progress, completed, failed, cancelled, with commas")
    ] = ""
    workflow_id: Annotated[str | None, Doc("the id that the editor gave the workflow")] = None
    sort_by: Literal["created_at", "execution_duration"] = "created_at"
    sort_order: Literal["asc", "desc"] = "desc"
    limit: Annotated[int | None, Range(1, 1000)] = None
    offset: Annotated[int, Range(0, 2**53)] = 0


class Pagination(TypedDict):
    """Which part of the list this is."""

    offset: int
    limit: int | None
    total: int
    has_more: bool


class JobList(TypedDict):
    """Jobs, and which part of the list they are."""

    jobs: list[dict[str, object]]
    pagination: Pagination


@get("/jobs")
async def list_jobs(request: web.Request, query: JobsQuery) -> JobList:
    """List jobs of every state."""
    kept = request.app[JOBS].history
    most = 1000 if query.limit is None else query.limit
    choice = Choice(
        statuses=_statuses(query.status),
        workflow=query.workflow_id,
        sort="created" if query.sort_by == "created_at" else "seconds",
        newest_first=query.sort_order == "desc",
        offset=query.offset,
        most=most,
    )
    records, total = await stored(lambda: (kept.records(choice), kept.count(choice)))
    return {
        "jobs": [job_entry(record) for record in records],
        "pagination": {
            "offset": query.offset,
            "limit": query.limit,
            "total": total,
            "has_more": query.offset + len(records) < total,
        },
    }


@get("/jobs/{prompt_id}", errors=_ABSENT)
async def one_job(request: web.Request, prompt_id: str) -> dict[str, object]:
    """Tell everything about a job."""
    kept = request.app[JOBS].history
    record = await stored(lambda: kept.get(prompt_id[:200]))
    if record is None:
        raise not_found(f"there is no job {prompt_id[:80]!r}", "unknown_job")
    return whole_job(record)


@post("/jobs/{prompt_id}/cancel", errors=_ABSENT)
async def cancel_job(request: web.Request, prompt_id: str) -> dict[str, object]:
    """Stop a job that runs, take out one that waits, and leave one alone that has ended."""
    jobs = request.app[JOBS]
    was = await stored(lambda: jobs.queue.cancel(prompt_id))
    return {"id": prompt_id, "cancelled": was in (STATUSES["pending"], STATUSES["in_progress"])}


def _statuses(text: str) -> list[JobStatus]:
    names = [name.strip() for name in text.split(",") if name.strip()] or [*STATUSES]
    for name in names:
        if name not in STATUSES:
            raise bad_request(f"'status' must be of {', '.join(STATUSES)}, not {name[:40]!r}")
    return [STATUSES[name] for name in names]

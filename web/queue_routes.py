"""The queue: looking at it, stopping, sorting and pausing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypedDict, TypeVar

from aiohttp import web

from graph.errors import GraphError
from graph.jobs.errors import StoreError, UnknownJobError
from web.declared.readers import Doc
from web.declared.route import get, post
from web.errors import bad_request, not_found
from web.jobs import JOBS
from web.prompt_routes import unavailable
from web.queue_entries import entry

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Queue(TypedDict):
    """Each job as `[number, prompt_id, prompt, extra_data, outputs]`."""

    queue_running: list[list[object]]
    queue_pending: list[list[object]]


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to go."""

    clear: bool | None = None
    delete: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Interruption:
    """What is to stop."""

    prompt_id: Annotated[str | None, Doc("only this job, if it runs; all that run by default")] = (
        None
    )


@dataclass(frozen=True, slots=True)
class Freeing:
    """What is to be let go of."""

    unload_models: bool | None = None
    free_memory: bool | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Where a job that waits is to go; say one of the three."""

    prompt_id: str
    to: Annotated[int | None, Doc("an index, from 0; from the end if negative")] = None
    before: Annotated[str | None, Doc("the id of a job that waits")] = None
    after: Annotated[str | None, Doc("the id of a job that waits")] = None


class QueueState(TypedDict):
    """The ids of jobs in order, and whether nothing more starts."""

    running: list[str]
    pending: list[str]
    paused: bool


@get("/queue")
async def queue(request: web.Request) -> Queue:
    """List the jobs that run and wait, in order."""
    jobs = request.app[JOBS]

    def look() -> Queue:
        running, pending = jobs.queue.running(), jobs.queue.pending()
        found = {record.row.id: entry(record) for record in jobs.history.get_all(running + pending)}
        return {
            "queue_running": [found[job_id] for job_id in running if job_id in found],
            "queue_pending": [found[job_id] for job_id in pending if job_id in found],
        }

    return await stored(look)


@post("/queue")
async def change_queue(request: web.Request, body: Removal | None) -> None:
    """Take jobs that wait out of the queue: some, or all."""
    jobs = request.app[JOBS].queue
    if body is None:
        return
    if body.clear:
        await stored(jobs.clear)
    if body.delete:
        wanted = body.delete
        await stored(lambda: jobs.delete(wanted))


@post("/interrupt")
async def interrupt(request: web.Request, body: Interruption | None) -> None:
    """Stop the jobs that run, or one of them."""
    jobs = request.app[JOBS].queue
    wanted = body.prompt_id if body else None
    for job_id in jobs.running():
        if wanted in (None, job_id):
            await stored(partial(jobs.cancel, job_id))


@post("/free")
async def free(request: web.Request, body: Freeing | None) -> None:
    """Let go of models and results in memory, as soon as nothing needs them."""
    if body is None or not (body.unload_models or body.free_memory):
        return
    worker = request.app[JOBS].worker
    question = {"models": bool(body.unload_models), "results": bool(body.free_memory)}
    task = asyncio.ensure_future(asyncio.to_thread(worker.ask, "free", question))
    # Nobody waits for it, and a worker that is not there has nothing to let go of.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())


@get("/queue/state")
async def queue_state(request: web.Request) -> QueueState:
    """Tell the order of jobs, and whether the queue is paused."""
    jobs = request.app[JOBS].queue
    return {"running": jobs.running(), "pending": jobs.pending(), "paused": jobs.paused}


@post("/queue/pause")
async def pause_queue(request: web.Request) -> None:
    """Let no more jobs start until the queue is resumed, also after a restart."""
    await stored(request.app[JOBS].queue.pause)


@post("/queue/resume")
async def resume_queue(request: web.Request) -> None:
    """Let jobs start again."""
    await stored(request.app[JOBS].queue.resume)


@post("/queue/move", errors={404: "a job does not wait"})
async def move_job(request: web.Request, body: Move) -> None:
    """Move a job that waits to another place in line."""
    jobs = request.app[JOBS].queue
    whither = [body.to, body.before, body.after]
    if sum(place is not None for place in whither) != 1:
        raise bad_request("say one of 'to', 'before' and 'after'")

    def move() -> None:
        if body.to is not None:
            jobs.move(body.prompt_id, body.to)
        elif body.before is not None:
            jobs.move_beside(body.prompt_id, body.before, after=False)
        elif body.after is not None:
            jobs.move_beside(body.prompt_id, body.after, after=True)

    await stored(move)


async def stored(work: Callable[[], T]) -> T:
    """Do something with the database, in a thread.

    Raises:
        WebError: There is no such job, or the database cannot be used.
    """
    try:
        return await asyncio.to_thread(work)
    except UnknownJobError as error:
        raise not_found(str(error), "unknown_job") from error
    except StoreError as error:
        raise unavailable(error) from error
    except GraphError as error:
        raise bad_request(str(error)) from error

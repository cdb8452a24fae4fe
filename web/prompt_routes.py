"""Sending jobs, and asking what a job would do without sending it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypedDict
from uuid import uuid4

from aiohttp import web

from graph.backends.questions import AskError
from graph.errors import FormatError, GraphError
from graph.formats.api import is_api, to_api
from graph.formats.ui import is_ui
from graph.jobs.errors import DuplicateJobError, StoreError, UnfitJobError
from graph.jobs.record import NewJob
from web.bodies import LIMITS
from web.declared.readers import Doc, Range, json_reader
from web.declared.route import get, post
from web.errors import WebError, bad_request, too_large
from web.jobs import JOBS
from web.prompt_answers import node_errors, refusal, unknown
from web.queue_entries import whole

if TYPE_CHECKING:
    from graph.formats.document import Document
    from web.jobs import Verdict

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_REFUSED = {400: "the workflow cannot run; `node_errors` says where"}


class QueueInfo(TypedDict):
    """How many jobs wait or run."""

    queue_remaining: int


class PromptInfo(TypedDict):
    """The state of the queue."""

    exec_info: QueueInfo


class Accepted(TypedDict):
    """The job's id and place, and what is wrong with outputs that were left out."""

    prompt_id: str
    number: float
    node_errors: dict[str, object]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to run. Instead, a workflow in either of ComfyUI's formats can be the whole body."""

    prompt: Annotated[object, Doc("a workflow in API format, or as the editor saves it")] = None
    client_id: Annotated[str | None, Range(most=200), Doc("whom to tell by WebSocket")] = None
    prompt_id: Annotated[str | None, Doc("a UUID of your own; made up by default")] = None
    number: Annotated[float | None, Doc("a place in line, lower first")] = None
    front: Annotated[bool | None, Doc("whether to go ahead of everybody")] = None
    extra_data: Annotated[
        dict[str, object] | None, Doc("`extra_pnginfo` is what pictures will carry")
    ] = None
    partial_execution_targets: Annotated[
        list[str] | None, Doc("ids of the nodes to run; all output nodes by default")
    ] = None


_read_prompt = json_reader(Prompt)


@get("/prompt")
async def prompt_info(request: web.Request) -> PromptInfo:
    """Tell how many jobs wait or run."""
    return {"exec_info": {"queue_remaining": sum(request.app[JOBS].queue.counts)}}


@post("/prompt", errors=_REFUSED)
async def send_prompt(request: web.Request, body: object) -> Accepted:
    """Put a workflow into the queue; once this is answered it will not get lost."""
    jobs = request.app[JOBS]
    prompt, document, verdict = await _checked(request, await _changed(request, body))
    job_id = _job_id(prompt.prompt_id)
    extra = {**document.extra_data}
    if carried := document.extra_pnginfo:
        extra["extra_pnginfo"] = carried
    if prompt.client_id is not None:
        extra["client_id"] = prompt.client_id
    job = NewJob(
        prompt=to_api(document.workflow),
        id=job_id,
        client=prompt.client_id or None,
        extra_data=extra,
        targets=_targets(prompt),
        outputs=verdict.outputs,
        number=prompt.number,
        front=bool(prompt.front),
    )
    try:
        accepted = await jobs.queue.enqueue_soon(job)
    except (DuplicateJobError, UnfitJobError) as error:
        raise bad_request(str(error), type_="invalid_prompt") from error
    except StoreError as error:
        raise unavailable(error) from error
    return {
        "prompt_id": accepted.id,
        "number": whole(accepted.number),
        "node_errors": {**node_errors(document.workflow, verdict)},
    }


@post("/plan", errors={**_REFUSED, 503: "there is no worker to ask yet"})
async def plan(request: web.Request, body: object) -> dict[str, object]:
    """Tell what a workflow would run, what is cached, and why, without running it."""
    prompt, document, verdict = await _checked(request, body)
    targets = _targets(prompt)
    question = {"prompt": to_api(document.workflow), "targets": targets}
    answer = await ask(request, "plan", question)
    found: dict[str, object] = answer if isinstance(answer, dict) else {"nodes": answer}
    return {**found, "node_errors": {**node_errors(document.workflow, verdict)}}


async def ask(request: web.Request, name: str, question: object) -> Any:  # noqa: ANN401 - plain data
    """Ask the worker something.

    Raises:
        WebError: There is no answer.
    """
    worker = request.app[JOBS].worker
    try:
        return await asyncio.to_thread(worker.ask, name, question)
    except AskError as error:
        raise WebError(422, "no_answer", str(error)) from error
    except GraphError as error:
        raise WebError(503, "worker_not_ready", str(error), headers={"Retry-After": "1"}) from error


def unavailable(error: StoreError) -> WebError:
    """Return what is answered while the queue's database cannot be used."""
    return WebError(503, "queue_unavailable", str(error), headers={"Retry-After": "1"})


async def _changed(request: web.Request, body: object) -> object:
    """Let packs change what was posted, in ComfyUI's shape; what is no workflow stays as it is.

    Raises:
        WebError: They do not answer.
    """
    desk = request.app[JOBS].desk
    if not desk.changes:
        return body
    if isinstance(body, Mapping) and (is_ui(body) or is_api(body)):
        body = {"prompt": body}
    if not isinstance(body, Mapping) or not isinstance(body.get("prompt"), Mapping):
        return body
    if is_ui(body["prompt"]):
        # Packs know the API format only.
        _, document = _read(request, body)
        carried = {"extra_pnginfo": document.extra_pnginfo} if document.extra_pnginfo else {}
        extra = {**document.extra_data, **carried}
        body = {**body, "prompt": to_api(document.workflow), "extra_data": extra}
    try:
        return await desk.changed(body)
    except GraphError as error:
        raise WebError(503, "pack_not_ready", str(error), headers={"Retry-After": "1"}) from error


async def _checked(request: web.Request, body: object) -> tuple[Prompt, Document, Verdict]:
    """Read and check a workflow of which something can run.

    Raises:
        WebError: Nothing can, or a node is of a class that is not installed.
    """
    prompt, document = _read(request, body)
    try:
        verdict = await request.app[JOBS].desk.check(document, _targets(prompt))
    except GraphError as error:
        raise WebError(503, "worker_not_ready", str(error), headers={"Retry-After": "1"}) from error
    if not verdict.outputs or unknown(verdict):
        raise refusal(document.workflow, verdict)
    return prompt, document, verdict


def _read(request: web.Request, body: object) -> tuple[Prompt, Document]:
    desk, limits = request.app[JOBS].desk, request.app[LIMITS]
    if isinstance(body, Mapping) and (is_ui(body) or is_api(body)):
        body = {"prompt": body}
    complaints: list[str] = []
    prompt = _read_prompt(body, "the body", complaints.append)
    if complaints:
        raise bad_request("; ".join(complaints[:20]), type_="invalid_prompt")
    if not isinstance(prompt, Prompt) or prompt.prompt is None:
        raise bad_request("No prompt provided: the body has no 'prompt'", type_="no_prompt")
    if isinstance(prompt.prompt, Mapping) and len(prompt.prompt) > limits.nodes:
        raise too_large(f"the workflow has more than {limits.nodes:,} nodes")
    if prompt.prompt == {}:
        raise bad_request("the workflow is empty: it has no node at all", type_="prompt_no_outputs")
    posted = {"prompt": prompt.prompt, "extra_data": prompt.extra_data or {}}
    try:
        document = desk.read(posted)
    except FormatError as error:
        details = "\n".join(error.problems[:20])
        raise bad_request(error.problems[0], details, "invalid_prompt") from error
    if len(document.workflow.nodes) > limits.nodes:
        raise too_large(f"the workflow has more than {limits.nodes:,} nodes")
    return prompt, document


def _targets(prompt: Prompt) -> tuple[str, ...] | None:
    wanted = prompt.partial_execution_targets
    return None if wanted is None else tuple(wanted)


def _job_id(wanted: str | None) -> str:
    if wanted is None:
        return str(uuid4())
    if not _UUID.fullmatch(wanted):
        raise bad_request(
            "'prompt_id' must be a UUID in lower case, with hyphens; leave it out to get one",
            type_="invalid_prompt",
        )
    return wanted

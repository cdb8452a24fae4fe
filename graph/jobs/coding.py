"""Jobs as rows of the database, and back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from graph.jobs.errors import UnfitJobError
from graph.jobs.record import JobError, JobRecord, JobRow, JobStatus, NodeRecord, Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.jobs.record import NewJob

ROW_COLUMNS: Final = ", ".join(
    f"jobs.{field.name}" for field in fields(JobRow)
)  # in the order of the class
RECORD_COLUMNS: Final = (
    f"{ROW_COLUMNS}, requests.prompt, requests.extra, requests.targets, requests.outputs,"
    " results.nodes, results.outputs, results.error, results.problems, results.warnings"
)
FARTHEST: Final = 1e15
"""Numbers beyond this could not be told apart from their neighbours."""
_LONGEST_NAME: Final = 1000


RequestColumns: TypeAlias = tuple[str, str, str | None, str]
"""Prompt, extra data, targets, outputs."""
ResultColumns: TypeAlias = tuple[str, str, str | None, str, str]
"""Nodes, outputs, error, problems, warnings."""


# `json.dumps` makes a new encoder each time that it is not asked for its defaults.
_write: Final = json.JSONEncoder(separators=(",", ":"), default=repr).encode


def encode(value: object) -> str:
    """Return a value as JSON; what JSON has no word for, by its `repr`."""
    try:
        return _write(value)
    except (TypeError, ValueError, RecursionError):  # odd keys, a circle, too deep
        return json.dumps(repr(value))


def encode_request(job: NewJob) -> RequestColumns:
    """Return what a job asks for as columns.

    Raises:
        UnfitJobError: It cannot be written down.
    """
    for what, name in (("id", job.id), ("client id", job.client or "none")):
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise UnfitJobError(
                f"expected as the {what} of a job 1 to {_LONGEST_NAME} printable characters,"
                f" got {name[:50]!a}; give it another"
            )
    if job.number is not None and not -FARTHEST <= job.number <= FARTHEST:
        raise UnfitJobError(
            f"expected as the number of a job one from -{FARTHEST:g} to {FARTHEST:g},"
            f" got {job.number}; leave it out, or choose another"
        )
    try:
        return (
            json.dumps(job.prompt, separators=(",", ":")),
            json.dumps(job.extra_data, separators=(",", ":")),
            None if job.targets is None else json.dumps(job.targets),
            json.dumps(job.outputs),
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise UnfitJobError(
            f"expected a prompt and extra data that JSON can express, got some that it cannot"
            f" ({error}); send plain values only"
        ) from error


def workflow_id(job: NewJob) -> str | None:
    """Return the id that the editor gave a workflow, where it came along."""
    found: object = job.extra_data
    for name in ("extra_pnginfo", "workflow", "id"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found.isprintable() else None


def encode_result(result: Result) -> ResultColumns:
    """Return what came of a job as columns."""
    nodes = {
        key: [node.class_type, node.cached, node.reason, round(node.seconds, 6), node.display_node]
        for key, node in result.nodes.items()
    }
    return (
        encode(nodes),
        encode_outputs(result.outputs),
        None if result.error is None else encode(asdict(result.error)),
        encode(result.problems),
        encode(result.warnings),
    )


def encode_outputs(outputs: Mapping[str, Mapping[str, object]]) -> str:
    """Return what clients are told as JSON; one node's oddities harm no other."""
    try:
        return json.dumps(outputs, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        plain = ((key, json.loads(encode(ui))) for key, ui in outputs.items())
        return json.dumps({key: ui if isinstance(ui, dict) else {} for key, ui in plain})


def decode_crashes(text: str) -> tuple[str | None, ...]:
    """Return at which node each worker died."""
    return tuple(json.loads(text))


def decode_row(columns: Sequence[Any]) -> JobRow:
    """Return a job from `ROW_COLUMNS`."""
    serial, job_id, status, number, client, workflow, created, started, ended, crashes = columns
    return JobRow(
        serial=serial,
        id=job_id,
        status=JobStatus(status),
        number=number,
        client=client or None,
        workflow=workflow,
        created=created,
        started=started,
        ended=ended,
        crashes=decode_crashes(crashes),
    )


def decode_record(columns: Sequence[Any]) -> JobRecord:
    """Return a job from `RECORD_COLUMNS`."""
    width = len(fields(JobRow))
    prompt, extra, targets, outputs = columns[width : width + 4]
    result = columns[width + 4 :]
    return JobRecord(
        decode_row(columns[:width]),
        json.loads(prompt),
        json.loads(extra),
        None if targets is None else tuple(json.loads(targets)),
        tuple(json.loads(outputs)),
        Result() if result[0] is None else _decode_result(*result),
    )


def _decode_result(
    nodes: str, outputs: str, error: str | None, problems: str, warnings: str
) -> Result:
    return Result(
        {key: NodeRecord(*facts) for key, facts in json.loads(nodes).items()},
        json.loads(outputs),
        None if error is None else JobError(**json.loads(error)),
        tuple(json.loads(problems)),
        tuple(json.loads(warnings)),
    )

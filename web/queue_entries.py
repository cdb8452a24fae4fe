"""Jobs as ComfyUI lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.jobs.record import JobRecord


def entry(record: JobRecord) -> list[object]:
    """Return a job as `[number, prompt_id, prompt, extra_data, outputs]`."""
    number = whole(record.row.number)
    return [number, record.row.id, record.prompt, record.extra_data, list(record.outputs)]


def whole(number: float) -> int | float:
    """Return a number as its sender wrote it: 3 and not 3.0."""
    return int(number) if number == int(number) else number

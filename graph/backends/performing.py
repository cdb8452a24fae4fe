"""A request run by an engine, and whatever comes of it as an outcome.

Nodes raise what they like; here it ends.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from graph.backends.protocol import CancelledOutcome, Done, Failed
from graph.calls import sentence
from graph.errors import Cancelled, FormatError, NodeFailed
from graph.events import JobCancelled, NodeErred
from graph.executor import Options
from graph.problems import InvalidWorkflowError

if TYPE_CHECKING:
    from graph.backends.protocol import JobRequest, Outcome
    from graph.cancel import CancelToken
    from graph.events import Event, OnEvent
    from graph.executor import Engine


def perform(engine: Engine, request: JobRequest, cancel: CancelToken, on_event: OnEvent) -> Outcome:
    """Run a job and answer how it ended; nothing is raised but what ends the process."""
    told = _Told(on_event)
    try:
        result = engine.run(
            engine.read(request.prompt),
            on_event=told,
            options=Options(
                targets=request.targets,
                allow_broken=request.allow_broken,
                extra_pnginfo=request.extra_pnginfo,
                cancel=cancel,
                job=request.id,
            ),
        )
    except Cancelled:
        return CancelledOutcome(told.cancelled_at)
    except InvalidWorkflowError as error:
        return Failed(str(error), problems=error.problems)
    except FormatError as error:
        return Failed(str(error))
    except NodeFailed as error:
        return _failed(error, told.erred.get(error.node_id))
    # A node that asks Python to exit is wrong, and so may we be; neither must cost the queue.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return Failed(
            sentence(error),
            exception_type=name_of(error),
            traceback="".join(traceback.format_exception(error)),
        )
    return Done(result.seconds, result.problems, result.warnings)


def name_of(error: BaseException) -> str:
    """Return how an exception is called: `ValueError`, `safetensors.SafetensorError`."""
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _failed(error: NodeFailed, event: NodeErred | None) -> Failed:
    cause = error.__cause__ or error
    return Failed(
        str(error),
        error.node_id,
        error.class_type,
        name_of(cause),
        event.traceback if event else "".join(traceback.format_exception(cause)),
    )


class _Told:
    """Passes events on and notes what an outcome is to say."""

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event
        self.cancelled_at: str | None = None
        self.erred: dict[str, NodeErred] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, JobCancelled):
            self.cancelled_at = event.node_id
        elif isinstance(event, NodeErred):
            self.erred[event.node_id] = event
        self._on_event(event)

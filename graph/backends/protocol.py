"""What runs jobs for the queue: one protocol for this process, for workers and for clusters.

A backend is asked to run one job at a time. It tells the job's events as they happen, and answers
how the job ended. It never touches the database: who owns the queue writes down what it is told.
Everything here can be pickled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.events import OnEvent
    from graph.problems import Problem


BRIEF: Final = 0.1
"""Seconds of a job behind which another one may be handed over: it is taken back after them."""


@fact()
class JobRequest:
    """One job, as a backend is asked to run it.

    Attributes:
        id: The job's id, which its events carry.
        prompt: The workflow in the API format, `{id: {"class_type", "inputs"}}`.
        extra_pnginfo: What pictures carry besides the prompt: `{"workflow": …}`.
        targets: Ids of the nodes to run; None for all output nodes.
        allow_broken: Whether to run the sound outputs of a workflow that also has broken ones.
    """

    id: str
    prompt: Mapping[str, object]
    extra_pnginfo: Mapping[str, object] | None = None
    targets: tuple[str, ...] | None = None
    allow_broken: bool = True


@fact()
class Done:
    """The job came to its end. What its nodes made was told by events.

    Attributes:
        seconds: From start to end.
        problems: What was wrong with outputs that were left out.
        warnings: What was odd about the workflow.
    """

    seconds: float
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The job cannot be done; trying again would not help.

    Attributes:
        sentence: What went wrong, for the user.
        node_id: Where; None when it concerns the workflow as a whole.
        class_type: The node's class.
        exception_type: The name of what was raised, `ValueError`, with its module if it has one.
        traceback: Apart from the sentence; empty when there is none.
        problems: What is wrong with the workflow when it was not fit to run.
    """

    sentence: str
    node_id: str | None = None
    class_type: str = ""
    exception_type: str = ""
    traceback: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelledOutcome:
    """The job was cancelled, at `node_id` if a node was running."""

    node_id: str | None = None


@dataclass(frozen=True, slots=True)
class Crashed:
    """Whoever ran the job died or hung: killed, out of memory, or silent for too long.

    The job is tried again.

    Attributes:
        node_id: The node that was running, if one was.
        sentence: What became of the worker, for the user.
    """

    node_id: str | None
    sentence: str


Outcome: TypeAlias = Done | Failed | CancelledOutcome | Crashed


class Backend(Protocol):
    """Runs jobs, one at a time."""

    def run(self, request: JobRequest, on_event: OnEvent) -> Outcome:
        """Run a job and wait for its end; called from a dispatcher's thread.

        Args:
            request: The job.
            on_event: Told everything that happens, in order and numbered, before this returns.

        Returns:
            How the job ended. What a node raises, and what kills a worker, is an outcome.
        """

    def hand_over(self, request: JobRequest, on_returned: Callable[[], None], /) -> bool:
        """Have a job begin as soon as those before it have ended; from the thread that calls `run`.

        `run` is to be called for it as well, in the order in which jobs were handed over, and tells
        what happened meanwhile.

        Args:
            request: The job.
            on_returned: Called from within `run` if the job before goes on for so long that this
                one had better wait elsewhere. It has not begun, and `run` is not to be called.

        Returns:
            Whether it was handed over; if not, nothing has happened.
        """

    def cancel(self, job_id: str) -> None:
        """Have a job stop soon that runs or was handed over; from any thread, returns at once."""

    def close(self, seconds: float = 5.0) -> None:
        """Let go of everything, killing what has not stopped after so many seconds."""

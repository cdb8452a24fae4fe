"""Keeps one worker running: starts the first, and another whenever one is gone.

Workers that do not last are followed by the next after a pause, which grows.
"""

from __future__ import annotations

import time
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from graph.backends.link import WorkerLink
from graph.calls import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.backends.workshop import Factory, Say

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_SETTLED = 10.0
"""Seconds after which a worker that dies was in order until then."""


class Supervisor:
    """Looks after workers until it is closed.

    Args:
        factory: Makes a worker's workshop.
        arguments: What the factory is given.
        on_said: Told what workers have to say to clients; must not block.

    Attributes:
        about: What the latest worker that was ready said of itself; None before the first.
    """

    def __init__(
        self, factory: Factory, arguments: tuple[object, ...], on_said: Say | None = None
    ) -> None:
        self._said = () if on_said is None else (on_said,)
        self._factory = factory
        self._arguments = arguments
        self._changed = Condition()
        self._link: WorkerLink | None = None
        self._troubles: list[str] = []
        self._closed = False
        self._early_deaths = 0
        self._spared: WorkerLink | None = None
        self.about: Mapping[str, Any] | None = None
        self._thread = Thread(target=self._look_after, name="supervisor", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> WorkerLink | None:
        """The worker that can be given work now; None while there is none."""
        link = self._link
        return link if link is not None and link.ready else None

    @property
    def closed(self) -> bool:
        """Whether no more workers are started."""
        return self._closed

    def wait(
        self, given_up: Callable[[], bool] | None = None, seconds: float | None = None
    ) -> WorkerLink | str | None:
        """Wait for a worker that can be given work.

        Args:
            given_up: Whether nobody needs it any more; call `wake` when that may have changed.
            seconds: How long to wait at most.

        Returns:
            The worker; or why one could not be set up meanwhile; or None if it was given up.
        """
        with self._changed:
            known = len(self._troubles)
            self._changed.wait_for(
                lambda: (
                    self._closed
                    or self.ready is not None
                    or len(self._troubles) > known
                    or (given_up is not None and given_up())
                ),
                seconds,
            )
            if given_up is not None and given_up():
                return None
            if self._closed:
                return "no worker is started any more: Safelight is being closed"
            return self.ready or (self._troubles[-1] if len(self._troubles) > known else None)

    def wake(self) -> None:
        """Have those who wait look again whether they still need to."""
        with self._changed:
            self._changed.notify_all()

    def spare(self, link: WorkerLink) -> None:
        """Kill a worker for a reason that is not its own, so that the next comes at once."""
        self._spared = link
        link.kill()

    def close(self, seconds: float) -> None:
        """Start no more workers and end the one there is, within so many seconds."""
        with self._changed:
            self._closed = True
            link = self._link
            self._changed.notify_all()
        if link is not None:
            link.close(seconds)
        self._thread.join(seconds)

    def _look_after(self) -> None:
        while not self._closed:
            started = time.monotonic()
            link = self._start()
            if link is not None:
                link.settled.wait()
                self._note(link)
                link.gone.wait()
            in_order = time.monotonic() - started > _SETTLED or link is self._spared
            self._early_deaths = 0 if in_order else self._early_deaths + 1
            with self._changed:
                self._changed.wait_for(lambda: self._closed, self._pause())

    def _start(self) -> WorkerLink | None:
        with self._changed:
            if self._closed:
                return None
            try:
                self._link = WorkerLink(self._factory, self._arguments, *self._said)
            # The system may have no room for a process, or the arguments cannot be handed to one.
            except Exception as error:  # noqa: BLE001
                self._link = None
                self._trouble(f"no worker can be started: {sentence(error)}")
            return self._link

    def _note(self, link: WorkerLink) -> None:
        """Say to those who wait what became of a worker's start."""
        with self._changed:
            if link.about is not None:
                self.about = link.about
                self._changed.notify_all()
            else:
                self._trouble(link.unfit or f"no worker can be set up: {link.fate}")

    def _trouble(self, why: str) -> None:
        self._troubles.append(why)
        self._changed.notify_all()

    def _pause(self) -> float:
        """Seconds before the next worker is started; none after one that had been in order."""
        if not self._early_deaths:
            return 0.0
        return min(_FIRST_PAUSE * 2.0 ** (self._early_deaths - 1), _LONGEST_PAUSE)

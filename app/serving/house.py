"""Everything behind a server, put together: folders, queue, history, workers, what routes need."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from app.folders import make_folders, require_writable
from app.inventory import pack_paths
from app.serving.catalogue import LiveCatalogue
from app.serving.desk import Desk
from app.serving.machine import MachineFacts
from app.serving.temporary import leftovers, remove
from app.serving.workers import Workers
from app.version import VERSION
from app.worker_output import LOG
from graph.jobs.bus import Bus
from graph.jobs.history import History
from graph.jobs.queue import JobQueue
from graph.jobs.queue_events import JobEnded
from graph.jobs.record import JobStatus
from graph.jobs.shelf import Shelf
from graph.jobs.store import Store
from web.bodies import BodyLimits
from web.jobs import Jobs
from web.pack_door import Door
from web.services import Services

if TYPE_CHECKING:
    from app.serving.access import Access
    from app.serving.wishes import Wishes
    from app.settings import Settings
    from graph.backends.workshop import Factory, Say
    from graph.events import Event
    from web.log_book import LogBook

_log = logging.getLogger("safelight")
MOST_SETTINGS, MOST_DRAFTS = 10_000, 200
_WRITTEN = ("input", "output", "temp", "user", "cache")


class House:
    """Made before the server listens; no worker runs until `start`.

    `tell` is what tells clients something that is no event of a job, from any thread.

    Args:
        settings: Folders, device, cache.
        wishes: How large uploads may be.
        access: Whom to let in.
        logs: The last lines of the log.
        factory: Makes a worker's workshop of settings.

    Raises:
        InputError: A folder is not there, or cannot be written to.
        StoreError: The queue's database belongs to another server, is locked, newer, …
    """

    def __init__(
        self,
        settings: Settings,
        wishes: Wishes,
        access: Access,
        logs: LogBook,
        factory: Factory,
    ) -> None:
        folders = make_folders(settings)
        for name in _WRITTEN:
            require_writable(getattr(folders, name), f"--{name}-directory")
        self._folders = folders
        self._store = Store(folders.user / "queue.sqlite", _log.warning)
        self._bus = Bus()
        self._queue = JobQueue(self._store, self._publish, wishes.history)
        if self._queue.recovered:
            _log.info("%d interrupted job(s) go on where they were", len(self._queue.recovered))
        self.workers = Workers(factory, settings, self._queue, self._publish, self._pass_on)
        self._logs = logs
        self.tell: Say = _nobody
        catalogue = LiveCatalogue(folders, pack_paths(settings), self.workers)
        self._catalogue = catalogue
        self.services = Services(
            folders,
            catalogue,
            Shelf(self._store, "settings", MOST_SETTINGS),
            Shelf(self._store, "drafts", MOST_DRAFTS),
            version=VERSION,
            security=access.security,
            limits=BodyLimits(upload=int(wishes.upload * 2**20)),
            packs=catalogue.packs,
            machine=MachineFacts(self.workers),
            logs=logs,
            previews_for_all=wishes.previews_for_all,
        )
        history = History(self._store)
        self.jobs = Jobs(
            self._queue,
            history,
            self._bus,
            Desk(catalogue, folders, self.workers),
            self.workers,
            catalogue.routes,
            lambda: Door.told(self.workers.about),
        )

    def start(self) -> None:
        """Start workers, tidy up, let jobs run. Takes a while; for a thread."""
        self.workers.start(self._ready)
        # Listed at once, so that nothing goes that comes from now on.
        remove(leftovers(self._folders.temp))
        self.workers.take_jobs()
        _ = self._catalogue.known  # somebody will need it soon

    def stop(self) -> None:
        """Stop working. What runs goes on at the next start. For a thread."""
        self.workers.stop()
        self._bus.close()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def _ready(self) -> None:
        """A worker is ready."""
        told = self.workers.about or {}
        for pack in told.get("packs", ()):
            for complaint in pack["complaints"]:
                _log.warning("%s", complaint)
        _ = self._catalogue.known
        _log.info("ready to run jobs on %s", told.get("system", {}).get("device", "?"))

    def _pass_on(self, type_: str, data: object, client: str | None) -> None:
        """A worker has something to say that is no event of a job."""
        if type_ == LOG:
            self._logs.write(f"{data}\n")
        else:
            self.tell(type_, data, client)

    def _publish(self, event: Event) -> None:
        if isinstance(event, JobEnded) and event.status is JobStatus.FAILED and event.error:
            _log.warning("job %s failed: %s", event.job, event.error.sentence)
        self._bus.publish(event)


def _nobody(_type: str, _data: object, _client: str | None) -> None:
    """Stands where no client can be told anything yet."""

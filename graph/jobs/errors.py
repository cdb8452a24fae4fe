"""What can go wrong with the queue and its database, each in one clear sentence."""

from __future__ import annotations

from graph.errors import GraphError


class JobsError(GraphError):
    """Base of all errors of the queue."""


class UnfitJobError(JobsError):
    """A job cannot be queued as it is."""


class DuplicateJobError(JobsError):
    """There is a job of this id already."""


class UnknownJobError(JobsError):
    """There is no job of this id, or none that what was asked for could be done to."""


class ShelfFullError(JobsError):
    """There are too many values of a kind already."""


class StoreError(JobsError):
    """The database cannot do what it was asked for. Nothing that was accepted is lost."""


class StoreOwnedError(StoreError):
    """Another process is the queue's owner."""


class NewerStoreError(StoreError):
    """A later version made the database."""


class StoreBusyError(StoreError):
    """Another process keeps the database locked; later it may work."""


class StoreFullError(StoreError):
    """The disk is full; when there is room, it will work."""


class StoreReadOnlyError(StoreError):
    """The database cannot be written."""


class StoreDamagedError(StoreError):
    """The database is damaged."""

"""The first thing that a worker's process does; apart, so that a server imports no engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from graph.backends.last_words import LastWords
    from graph.backends.workshop import Factory


def work(
    connection: Connection, words: LastWords, factory: Factory, arguments: tuple[object, ...]
) -> None:
    """Be a worker until the pipe ends.

    Args:
        connection: To the server.
        words: What the server knows even of a process that died at once.
        factory: Makes the workshop.
        arguments: What the factory is given.
    """
    from graph.backends import worker  # noqa: PLC0415 - the server needs only this file's name

    worker.work(connection, words, factory, arguments)

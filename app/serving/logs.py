"""Where a server's log goes: to the terminal, and into the book that the editor shows."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from app import terminal
from web.log_book import LogBookHandler

if TYPE_CHECKING:
    from web.log_book import LogBook

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_OURS = "safelight"
_ACCESS = "safelight.access"


class _Terminal(logging.Handler):
    """Writes a line, and the traceback below it where there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        terminal.complain(self.format(record))


def start_logging(book: LogBook, level: str) -> None:
    """Have everything from a level on written down; each request only at `DEBUG`."""
    root = logging.getLogger()
    root.handlers[:] = [_Terminal(), LogBookHandler(book)]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level)
    # A line for each request would bury everything else, and costs the request its time.
    logging.getLogger(_ACCESS).setLevel(logging.INFO if level == "DEBUG" else logging.WARNING)

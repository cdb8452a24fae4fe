"""Shows on standard error how far a run is, read from the engine's events.

On a terminal each node that runs has a bar: which node of how many, its steps, seconds per step and
the time that is left. Elsewhere nothing is shown but warnings.
"""

from __future__ import annotations

import shutil
import sys
from typing import IO, TYPE_CHECKING, NoReturn

from graph.events import (
    JobStarted,
    NodeCached,
    NodeErred,
    NodeFinished,
    NodeProgress,
    NodeStarted,
    NodeWarning,
)

if TYPE_CHECKING:
    from tqdm import tqdm

    from graph.events import Event, NodeEvent

_BUSY = "{desc}, {elapsed}"
_STEPS = "{desc} {n_fmt}/{total_fmt} |{bar}| {rate_inv_fmt}, {elapsed} gone, {remaining} left"


class ProgressDisplay:
    """Listens to events; `close` takes away what is still drawn."""

    def __init__(self, stream: IO[str] | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._bars_shown = self._stream.isatty() and not quiet
        self._bars: dict[str, tqdm[NoReturn]] = {}
        self._total = 0
        self._settled = 0

    def __call__(self, event: Event) -> None:
        """Show what an event says."""
        match event:
            case JobStarted(nodes=nodes):
                self._total, self._settled = len(nodes), 0
            case NodeWarning(text=text):
                self._say(f"safelight: {event.class_type} (node {event.node_id}): {text}")
            case NodeStarted() if self._bars_shown:
                self._begin(event)
            case NodeProgress() if self._bars_shown:
                self._move(event)
            case NodeCached():
                self._settled += 1
            case NodeFinished() | NodeErred():
                self._settled += 1
                self._end(event.node_id)
            case _:
                pass

    def close(self) -> None:
        """Take away what is still drawn, after a run that was cut short."""
        for node_id in list(self._bars):
            self._end(node_id)

    def _begin(self, event: NodeEvent) -> None:
        from tqdm import tqdm

        bar: tqdm[NoReturn] = tqdm(
            desc=f"[{self._settled + 1}/{self._total}] {event.class_type}",
            file=self._stream,
            bar_format=_BUSY,
            leave=False,
            ncols=shutil.get_terminal_size().columns - 1,
            mininterval=0.1,
        )
        self._bars[event.node_id] = bar

    def _move(self, event: NodeProgress) -> None:
        bar = self._bars.get(event.node_id)
        if bar is None or not event.total:
            return
        if bar.total != event.total:
            bar.total, bar.bar_format, bar.leave = event.total, _STEPS, event.total > 1
        bar.update(event.value - bar.n)

    def _end(self, node_id: str) -> None:
        bar = self._bars.pop(node_id, None)
        if bar is not None:
            bar.close()

    def _say(self, line: str) -> None:
        if self._bars_shown:
            from tqdm import tqdm

            tqdm.write(line, file=self._stream)
        else:
            self._stream.write(f"{line}\n")
            self._stream.flush()

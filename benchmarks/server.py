"""What the server costs, in a process of its own as users start it: `python -m benchmarks.server`.

Bars: first answer 0.7 s after the start; all nodes' definitions in 10 ms; 1,200 jobs a second
accepted, each committed before it is answered; 1,000 jobs of two nodes in 1.5 s through a worker
process; sampling slowed by at most 3 % by 200 clients of which one is stalled, none of whom misses
anything. Everything shares this machine's processors: server, worker, and who measures.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from benchmarks import server_audience, server_requests
from benchmarks.server_process import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.server_requests import Row

PARTS = ("start", "requests", "clients")


def rows(parts: list[str]) -> Iterator[Row]:
    """Measure parts, one after the other."""
    if "start" in parts:
        yield from server_requests.first_answers()
    if "requests" in parts:
        with server() as it:
            it.wait_until_warm()
            yield from server_requests.node_list(it)
            yield from server_requests.accepting(it)
            yield from server_requests.through(it)
    if "clients" in parts:
        with server() as it:
            it.wait_until_warm()
            yield from server_audience.watching(it)


def main() -> int:
    """Measure; answers how many bars were missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="all unless given")
    missed = 0
    for row in rows(parser.parse_args().part or [*PARTS]):
        missed += not row.ok
        print(row, flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())

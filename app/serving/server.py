"""The server from its start to its end.

It listens first, so that clients are answered at once, and starts what runs jobs then. On SIGTERM
or Ctrl-C it takes no more requests, has what runs written down, says good-bye to whoever listens
and ends within seconds; a second signal ends it on the spot.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING

from app import memory, terminal
from app.serving.access import grant
from app.serving.house import House
from app.serving.logs import start_logging
from app.serving.workshop import make_workshop
from web.application import make_application
from web.hub import HUB
from web.log_book import LogBook
from web.server import Listening, listen

if TYPE_CHECKING:
    from aiohttp import web

    from app.serving.access import Access
    from app.serving.wishes import Wishes
    from app.settings import Settings
    from graph.backends.workshop import Factory, Say

_ANY = {"0.0.0.0", "::"}  # noqa: S104 - to be recognised, not to be listened on
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, wishes: Wishes, factory: Factory = make_workshop) -> int:
    """Serve until a signal comes.

    Args:
        settings: Folders, device, cache.
        wishes: Where to listen, and whom to let in.
        factory: Makes a worker's workshop of the settings.

    Raises:
        InputError: A folder, a file or an option is no good.
        GraphError: The port is taken, or the database belongs to another server.
    """
    memory.collect_rarely()
    book = LogBook()
    start_logging(book, wishes.log_level)
    access = grant(wishes)
    house = House(settings, wishes, access, book, factory)
    try:
        asyncio.run(_serve(house, wishes, access))
    finally:
        house.close()
    return 0


async def _serve(house: House, wishes: Wishes, access: Access) -> None:
    stopped = _on_signals()
    app = make_application(house.services, house.jobs)
    runner = await listen(app, Listening(wishes.hosts, wishes.port, access.tls))
    house.tell = telling(app)
    greet(runner, wishes, access)
    starting = asyncio.create_task(asyncio.to_thread(house.start))
    await stopped.wait()
    terminal.complain("stopping; a job that runs goes on at the next start")
    with suppress(asyncio.CancelledError):
        await starting
    await asyncio.gather(asyncio.to_thread(house.stop), runner.cleanup())


def telling(app: web.Application) -> Say:
    """Return what tells the application's clients something, from any thread."""
    loop = asyncio.get_running_loop()

    def tell(type_: str, data: object, client: str | None) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody listens any more
            loop.call_soon_threadsafe(app[HUB].pass_on, type_, data, client)

    return tell


def _on_signals() -> asyncio.Event:
    """Return what is set when the first signal comes; a second one ends the process."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()

    def come() -> None:
        if stopped.is_set():
            os._exit(130)  # workers notice, and end by themselves
        stopped.set()

    for number in _SIGNALS:
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(come))
        else:
            loop.add_signal_handler(number, come)
    return stopped


def greet(runner: web.AppRunner, wishes: Wishes, access: Access) -> None:
    """Say where the server is, and what whoever comes there needs."""
    for option in wishes.ignored:
        terminal.complain(f"{option} means nothing here and is ignored")
    places = [
        address_of(access.scheme, str(address[0]), int(address[1])) for address in runner.addresses
    ]
    for place in dict.fromkeys(places):  # all addresses, of both kinds, are one to browsers
        terminal.out(f"Safelight is at {place}")
    if access.made:
        terminal.out(f"The token for signing in is {access.security.token}")
    if wishes.no_token and not wishes.local:
        terminal.complain(
            "--no-token: whoever can reach this machine can run workflows on it, and read and"
            " overwrite what is in its input, output and user folders"
        )
    if wishes.auto_launch:
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, places[0])


def address_of(scheme: str, host: str, port: int) -> str:
    """Return what to type into a browser to reach an address that is listened on."""
    if host in _ANY:
        host = socket.gethostname()
        with suppress(OSError):
            host = _outward()
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _outward() -> str:
    """The address of this machine that others see; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])

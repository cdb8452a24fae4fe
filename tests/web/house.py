"""A whole server with a queue, a bus and an engine of stub nodes, all real, in this process."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from graph.backends.inline import InlineBackend
from graph.context import NodeContext  # noqa: TC001 - a node's types are read at run time
from graph.decorator import node
from graph.errors import NodeInputError
from graph.events import WholePicture
from graph.executor import Engine
from graph.formats.signatures import ObjectInfo
from graph.jobs.bus import Bus
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.history import History
from graph.jobs.queue import JobQueue
from graph.jobs.shelf import Shelf
from graph.jobs.store import Store
from graph.object_info import describe_all
from graph.result import NodeOutput
from tests.graph.stubs import Anything, Number, registry
from tests.web.serving import services_in
from web.application import make_application
from web.desk import RegistryDesk
from web.jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from aiohttp import ClientWebSocketResponse

    from graph.registry import Registry
    from tests.web.serving import Client
    from web.services import Services

JPEG = b"\xff\xd8\xffpreview"
PNG = b"\x89PNG\r\n\x1a\n"


@node("Save", category="stub", output_node=True)
def save(value: Anything) -> None:
    """Say what came, as a node that saves a picture does."""
    image = {"filename": f"{value}.png", "subfolder": "", "type": "output"}
    return NodeOutput(ui={"images": [image]})  # type: ignore[return-value]


@node("Fail", category="stub")
def fail(value: Anything) -> Number:
    """Fail."""
    raise NodeInputError("it broke")


@node("Send", category="stub", output_node=True, pure=False)
def send(ctx: NodeContext) -> None:
    """Hand pictures to the client."""
    for number in range(1, 4):
        ctx.progress(number, 3, WholePicture(PNG + b"%d" % number))


class Gate:
    """Where nodes wait until a test lets them go on."""

    def __init__(self) -> None:
        self.open = Event()
        self.reached = Event()

    def steps(self) -> Any:  # noqa: ANN401 - a node
        """A node that makes five steps, and waits after the second while the gate is shut."""

        @node("Steps", category="stub", pure=False)
        def steps(ctx: NodeContext) -> Number:
            for step in range(1, 6):
                ctx.progress(step, 5, JPEG)
                if step == 2:
                    self.reached.set()
                    while not self.open.is_set():
                        ctx.check_cancelled()
                        time.sleep(0.005)
            return 5

        return steps


@dataclass
class InlineWorker:
    """Answers what workers are asked."""

    previews: list[bool] = field(default_factory=list)
    asked: list[tuple[str, object]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def ask(self, name: str, payload: object = None, *, seconds: float = 30.0) -> Any:  # noqa: ANN401
        """Answer what a test has laid down."""
        self.asked.append((name, payload))
        answer = self.answers.get(name)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def want_previews(self, wanted: bool) -> None:
        """Remember it."""
        self.previews.append(wanted)


@dataclass
class House:
    """Everything behind a server."""

    services: Services
    jobs: Jobs
    worker: InlineWorker
    gate: Gate
    dispatcher: Dispatcher


@contextmanager
def house_in(base: Path, *, start: bool = True, bus: Bus | None = None) -> Iterator[House]:
    """Everything behind a server; `start` says whether jobs are taken."""
    gate = Gate()
    known: Registry = registry(save, fail, send, gate.steps())
    bus, worker = bus or Bus(), InlineWorker()
    store = Store(base / "user" / "jobs.sqlite", lambda _text: None)
    settings, drafts = Shelf(store, "settings", 50), Shelf(store, "drafts", 3)
    services = services_in(base, settings=settings, drafts=drafts)
    queue = JobQueue(store, bus.publish)
    engine = Engine(known, services.folders)
    backend = InlineBackend(engine)
    dispatcher = Dispatcher(queue, backend, bus.publish, lambda _text: None)
    signatures = ObjectInfo(describe_all(known, services.folders))
    desk = RegistryDesk(known, services.folders, signatures)
    if start:
        dispatcher.start()
    try:
        jobs = Jobs(queue, History(store), bus, desk, worker)
        yield House(services, jobs, worker, gate, dispatcher)
    finally:
        gate.open.set()
        dispatcher.stop(seconds=10)
        backend.close()
        engine.close()
        bus.close()
        store.close()


@asynccontextmanager
async def served(house: House) -> AsyncIterator[Client]:
    """A client of a server of a house."""
    server = TestServer(make_application(house.services, house.jobs))
    async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
        yield client


def api(**nodes: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A workflow in API format; `"a:0"` is a link."""

    def value(given: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(given, str) and given[-2:] == ":0":
            return [given[:-2], 0]
        return given

    return {
        key: {"class_type": name, "inputs": {k: value(v) for k, v in inputs.items()}}
        for key, (name, inputs) in nodes.items()
    }


TWO = api(a=("Make", {"number": 7}), b=("Save", {"value": "a:0"}))


async def post(client: Client, prompt: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Send a prompt that is accepted."""
    answer = await client.post("/prompt", json={"prompt": prompt, **more})
    assert answer.status == 200, await answer.text()
    accepted: dict[str, Any] = await answer.json()
    return accepted


async def until(
    socket: ClientWebSocketResponse,
    type_: str,
    **facts: Any,  # noqa: ANN401 - JSON
) -> list[Any]:
    """Hear a socket until a message of a type; answers all that came, pictures as bytes."""
    heard: list[Any] = []
    while True:
        message = await socket.receive(timeout=20)
        if message.data is None or isinstance(message.data, int):
            raise AssertionError(f"the socket was closed after {heard}")
        if isinstance(message.data, bytes):
            heard.append(message.data)
            continue
        said = message.json()
        heard.append(said)
        data = said["data"]
        if said["type"] == type_ and all(data.get(k, ...) == v for k, v in facts.items()):
            return heard


async def until_over(socket: ClientWebSocketResponse, job_id: str) -> list[Any]:
    """Hear a socket until the message that ComfyUI's clients take for the end."""
    return await until(socket, "executing", node=None, prompt_id=job_id)


async def wait_for_history(client: Client, job_id: str) -> dict[str, Any]:
    """Ask again and again, as clients without a socket do."""
    for _ in range(1000):
        found = await (await client.get(f"/history/{job_id}")).json()
        if found:
            entry: dict[str, Any] = found[job_id]
            return entry
        await asyncio.sleep(0.01)
    raise AssertionError("it does not end")

"""Run foreign code within something that the application hands in: without gradients, namely.

ComfyUI's packs are written for an engine that records none, and do with tensors what fails
otherwise: they make arrays of what a model gave back, and write into what they were given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import nullcontext
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from contextlib import AbstractContextManager

    from graph.context import NodeContext

    Enter: TypeAlias = "Callable[[], AbstractContextManager[Any]]"

SERVICE = "inference"
"""The name of the service that answers what foreign code runs within."""


def calm(context: NodeContext) -> Enter:
    """Return what makes that which a node's code is to run within."""
    enter: Any = context.service(SERVICE)
    return enter if callable(enter) else nullcontext


async def run_calmly(awaitable: Awaitable[Any], enter: Enter) -> Any:  # noqa: ANN401 - what a pack gives back
    """Await foreign code each of whose steps, and of the tasks that it makes, runs within.

    Args:
        awaitable: What to wait for.
        enter: Makes what its steps run within.
    """
    loop = asyncio.get_running_loop()
    if loop.get_task_factory() is not _make_task:
        loop.set_task_factory(_make_task)
    _within.set(enter)  # tasks take it over from whoever makes them
    return await Calmly(awaitable, enter)


_within: ContextVar[Enter | None] = ContextVar("within", default=None)


def _make_task(
    loop: asyncio.AbstractEventLoop,
    coroutine: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
    **options: Any,  # noqa: ANN401 - those of the Python that runs
) -> asyncio.Task[Any]:
    enter = _within.get()
    if enter is None or not isinstance(coroutine, Coroutine):
        return asyncio.Task(coroutine, loop=loop, **options)
    return asyncio.Task(run_calmly(coroutine, enter), loop=loop, **options)


class Calmly:
    """Awaits something each of whose steps runs within; between them others have their turn.

    Args:
        awaitable: What to wait for.
        enter: Makes what its steps run within.
    """

    def __init__(self, awaitable: Awaitable[Any], enter: Enter) -> None:
        self._awaitable = awaitable
        self._enter = enter

    def __await__(self) -> Generator[Any, Any, Any]:
        """Go on step by step."""
        steps = self._awaitable.__await__()
        step = partial(next, steps)
        while True:
            try:
                with self._enter():
                    waited_for = step()
            except StopIteration as done:
                return done.value
            try:
                answer = yield waited_for
            except BaseException as error:  # noqa: BLE001 - handed on to whom it is meant for
                step = partial(_throw, steps, error)
            else:
                step = partial(_send, steps, answer)


def _send(steps: Generator[Any, Any, Any], answer: object) -> object:
    return steps.send(answer)


def _throw(steps: Generator[Any, Any, Any], error: BaseException) -> object:
    return steps.throw(error)

"""Stopping in the midst of a forward pass, which may take seconds: the work asks whether to go on.

Whoever may want to stop gives a function that raises; it is asked at every stage of a module that
heeds it (a residual block, an attention, a layer of a text encoder) and between the questions of a
sampler. It is bound to the thread or task it was given in, so that runs side by side do not stop
each other.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check: TypeAlias = Callable[[], None]

_check: ContextVar[Check | None] = ContextVar("interruption", default=None)


@contextmanager
def interruptible(check: Check) -> Iterator[None]:
    """Ask a function again and again during the block; whatever it raises ends the block."""
    before = _check.set(check)
    try:
        yield
    finally:
        _check.reset(before)


def check_interrupted() -> None:
    """Ask whether to go on; whatever the function raises that was given to `interruptible`."""
    check = _check.get()
    if check is not None:
        check()


def heed_interruption(module: nn.Module) -> None:
    """Have the stages of a module ask whether to go on before they begin."""
    for stage in _stages(module, depth=2):
        stage.register_forward_pre_hook(_ask)


def _ask(_module: nn.Module, _inputs: object) -> None:
    check_interrupted()


def _stages(module: nn.Module, depth: int) -> Iterator[nn.Module]:
    """The members of lists of modules, and of lists in these; deeper ones are done in no time."""
    for child in module.children():
        if not isinstance(child, nn.ModuleList):
            yield from _stages(child, depth)
            continue
        for member in child:
            if not isinstance(member, nn.Module):
                continue  # diffusers leaves a gap where an autoencoder has no attention
            if next(member.children(), None) is not None:
                yield member
            if depth > 1:
                yield from _stages(member, depth - 1)

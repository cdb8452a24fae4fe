"""Questions that several nodes ask of what comes in, and which input is to blame."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from diffusion.errors import DiffusionError
from graph.errors import NodeInputError

T = TypeVar("T")


def required(value: T | None, name: str, what: str) -> T:
    """A value that a loader may have had to leave out.

    Args:
        value: What came by the link.
        name: The input's name.
        what: What the checkpoint should have held: "text encoder", "VAE".

    Raises:
        NodeInputError: Nothing came.
    """
    if value is None:
        raise NodeInputError(
            f"input '{name}' is empty, because the checkpoint it comes from holds no {what}: "
            f"load a {what} of its own, or a checkpoint that has one"
        )
    return value


@contextmanager
def blaming(name: str) -> Iterator[None]:
    """Say of errors in here which input they come from.

    Args:
        name: The input's name.

    Raises:
        NodeInputError: Instead of what was raised in here about a file or value.
    """
    try:
        yield
    except (NodeInputError, DiffusionError) as error:
        raise NodeInputError(f"input '{name}': {error}") from error

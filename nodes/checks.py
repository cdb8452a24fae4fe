"""Questions that several nodes ask of what comes in by link."""

from typing import TypeVar

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
            f"{name} is empty, because the checkpoint it comes from holds no {what}: "
            f"load a {what} of its own, or a checkpoint that has one"
        )
    return value

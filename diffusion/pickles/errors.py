"""What can be wrong with a pickled file; its name is added where it is known."""

from diffusion.errors import DiffusionError

_SHOWN = 100


class PickleRefusedError(DiffusionError):
    """A pickle wants to call something that builds no tensors and no plain containers.

    Attributes:
        wanted: The dotted name of what it asked for.
    """

    def __init__(self, wanted: str) -> None:
        self.wanted = printable(wanted)
        super().__init__(f"it asks for {self.wanted}")


class PickleDamagedError(DiffusionError):
    """A pickled file is cut off, contradicts itself or is larger than any weights file."""


def printable(text: str) -> str:
    """A name out of a file as it can be shown: on one line, and not too long."""
    shown = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
    return shown.encode("unicode_escape").decode("ascii") if not shown.isprintable() else shown

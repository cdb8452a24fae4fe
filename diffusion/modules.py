"""Put weights into modules without ever holding them twice.

A module is built on torch's meta device, where parameters have shapes and no memory; then each
tensor of the mapped file is converted, placed and handed to it, one at a time.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import torch

from diffusion.errors import DiffusionError
from diffusion.interruption import check_interrupted, heed_interruption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor, nn

Module = TypeVar("Module", bound="nn.Module")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a module is put, and how it is called meanwhile.

    Attributes:
        what: How messages call it, "the UNet of x.safetensors".
        device: Where it goes.
        dtype: What its floating-point tensors become.
        on_bytes: Told the size of each tensor read; may raise to cancel.
    """

    what: str
    device: torch.device
    dtype: torch.dtype
    on_bytes: Callable[[int], None] | None = None


def assemble(
    make: Callable[[], Module], tensors: Mapping[str, Tensor], placement: Placement
) -> Module:
    """Build a module from tensors under its own names.

    Args:
        make: Builds the module with whatever weights.
        tensors: All of its parameters and persistent buffers; others are ignored.
        placement: Where it goes.

    Returns:
        The module, in evaluation mode and without gradients.

    Raises:
        DiffusionError: Tensors are missing or of another shape, or there is no such module.
    """
    module = _built(make, placement.what)
    expected = module.state_dict()
    _check(expected, tensors, placement.what)
    state = {}
    for name, slot in expected.items():
        tensor = tensors[name]
        check_interrupted()
        if placement.on_bytes:
            placement.on_bytes(tensor.nbytes)
        wanted = placement.dtype if slot.is_floating_point() else slot.dtype
        state[name] = tensor.reshape(slot.shape).to(placement.device, wanted)
    heed_interruption(module)
    module.load_state_dict(state, assign=True)
    return module.requires_grad_(False).eval()


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Say of a tensor that is missing, or has too few sides, what it belongs to."""
    try:
        yield
    except KeyError as error:
        raise DiffusionError(
            f"{what} is incomplete: it has no tensor {error.args[0]}; get the whole file"
        ) from error
    except IndexError as error:
        raise DiffusionError(f"{what} has tensors of an unexpected shape: {error}") from error


def _built(make: Callable[[], Module], what: str) -> Module:
    try:
        with torch.device("meta"):
            return make()
    # What a module says of a configuration that it cannot follow is left to its library.
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DiffusionError(f"{what} cannot be built as it is described: {reason}") from error


def _check(expected: Mapping[str, Tensor], tensors: Mapping[str, Tensor], what: str) -> None:
    missing = [name for name in expected if name not in tensors]
    if missing:
        raise DiffusionError(
            f"{what} is incomplete: {len(missing)} of {len(expected)} tensors are missing "
            f"({_some(missing)}); get the whole file"
        )
    odd = [name for name, slot in expected.items() if _sides(tensors[name]) != _sides(slot)]
    if odd:
        name = odd[0]
        raise DiffusionError(
            f"{what} has {len(odd)} tensors of an unexpected shape: {name} is "
            f"{list(tensors[name].shape)} where {list(expected[name].shape)} was expected"
        )


def _sides(tensor: Tensor) -> list[int]:
    """The shape without ones: a 1×1 convolution and a linear layer have the same numbers."""
    return [side for side in tensor.shape if side != 1]


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")

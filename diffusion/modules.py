"""Put weights into modules without ever holding them twice.

A module is built on torch's meta device, where parameters have shapes and no memory; then each
tensor of the mapped file is converted, placed and handed to it, one at a time. Whoever manages the
device (`residency.py`) may take the weights off it again and have them fetched anew.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from weakref import ref

import torch
from torch import nn

from diffusion.errors import DiffusionError
from diffusion.interruption import check_interrupted, heed_interruption
from diffusion.mapped_memory import MappedMemory
from diffusion.packing import packing_layers
from diffusion.residency import lodge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor

    from diffusion.packing import Packable
    from diffusion.residency import Residency

Module = TypeVar("Module", bound="nn.Module")
_SHOWN = 3
_PIECE = 2**24
"""Bytes that are converted at once: a disk gives them, and the memory for them, in a blink."""
_LEAST_SUMMED = 2  # bytes; 8-bit numbers have no sums


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a module is put, and how it is called meanwhile.

    Attributes:
        what: How messages call it, "the UNet of x.safetensors".
        device: Where it goes.
        dtype: What its floating-point tensors become.
        on_bytes: Told the size of each tensor read; may raise to cancel.
        residency: Who decides when it is there; None to stay for good.
        storage: What large weights are kept in, if not in what they compute in.
    """

    what: str
    device: torch.device
    dtype: torch.dtype
    on_bytes: Callable[[int], None] | None = None
    residency: Residency | None = None
    storage: torch.dtype | None = None


class ModuleWeights:
    """The weights of a module: in a mapped file, and on their device while they are resident.

    Args:
        module: Built on the meta device, in the dtypes that its tensors are to have.
        source: A tensor for each of its parameters and persistent buffers, of the same shape.
        placement: Where they go.
    """

    def __init__(
        self, module: nn.Module, source: Mapping[str, Tensor], placement: Placement
    ) -> None:
        # The module knows its weights; if they knew it, neither would be freed at once.
        self._module = ref(module)
        self._slots = module.state_dict()
        self._source = source
        self._what = placement.what
        self._on_bytes = placement.on_bytes
        self._sound = False
        self.device = placement.device
        self.size = sum(slot.nbytes for slot in self._slots.values())

    def arrive(self) -> None:
        """Convert and place each tensor.

        Raises:
            DiffusionError: Some hold NaN or infinity.
        """
        state, broken, packing = {}, [], self._packing()
        bench, mapped = self._bench(packing), MappedMemory()
        for name, slot in self._slots.items():
            into = bench[: slot.numel()].view(slot.shape) if name in packing else None
            placed = self._placed(self._source[name], slot.dtype, into)
            if not self._sound and not _is_finite(placed):
                broken.append(name)
            if placed.dtype != self._source[name].dtype:
                mapped.give_back(self._source[name])
            if name in packing:
                # Those in blocks are what is computed with; the others may stay in the file.
                packing[name].pack(placed)
                placed = self._source[name]
            state[name] = placed
        if broken:
            raise DiffusionError(
                f"{self._what} holds NaN or infinity in {len(broken)} of {len(state)} tensors "
                f"({_some(broken)}): it is damaged or was saved so; get another file"
            )
        # Progress is for those who load a model; when it comes back nobody asks.
        self._sound, self._on_bytes = True, None
        self._give(state)

    def _bench(self, packing: Mapping[str, Packable]) -> Tensor:
        """Room to convert weights that will be put in blocks, one at a time.

        New room for each would have to be cleared by the system, which takes longer than to
        convert.
        """
        slots = [self._slots[name] for name in packing]
        room = max((slot.numel() for slot in slots), default=0)
        return torch.empty(room, dtype=slots[0].dtype if slots else None)

    def _placed(self, tensor: Tensor, dtype: torch.dtype, into: Tensor | None) -> Tensor:
        """Convert and move a tensor; a large one in pieces, so that one can give up on the way.

        Args:
            tensor: As the file has it.
            dtype: What it becomes.
            into: Room to convert it in, if need be.
        """
        if tensor.dtype == dtype or (tensor.nbytes <= _PIECE and into is None):
            self._pass(tensor.nbytes)
            return tensor.to(self.device).to(dtype)
        placed = into
        if placed is None:
            placed = torch.empty(tensor.shape, dtype=dtype, device=self.device)
        rows = max(1, tensor.shape[0] * _PIECE // tensor.nbytes)
        for source, target in zip(
            torch.split(tensor, rows), torch.split(placed, rows), strict=True
        ):
            self._pass(source.nbytes)
            target.copy_(source)
        return placed

    def _pass(self, size: int) -> None:
        """Tell of bytes that are about to be read; those who wait may give up here."""
        check_interrupted()
        if self._on_bytes:
            self._on_bytes(size)

    def leave(self) -> None:
        """Give the memory back."""
        for layer in self._packing().values():
            layer.unpack()
        self._give(self._slots)

    def _packing(self) -> dict[str, Packable]:
        module = self._module()
        return {} if module is None else packing_layers(module)

    def _give(self, state: Mapping[str, Tensor]) -> None:
        module = self._module()
        if module is not None:
            module.load_state_dict(state, assign=True)


def assemble(
    make: Callable[[], Module], tensors: Mapping[str, Tensor], placement: Placement
) -> Module:
    """Build a module from tensors under its own names.

    Args:
        make: Builds the module with whatever weights; in the dtypes they are to have if the
            placement says what they are kept in.
        tensors: All of its parameters and persistent buffers; others are ignored.
        placement: Where it goes.

    Returns:
        The module, in evaluation mode and without gradients.

    Raises:
        DiffusionError: Tensors are missing, of another shape or not finite, or there is no such
            module.
    """
    module = _built(make, placement.what)
    if placement.storage is None:
        nn.Module.to(module, placement.dtype)  # diffusers' own `to` warns for no reason
    module.requires_grad_(False).eval()
    expected = module.state_dict()
    _check(expected, tensors, placement.what)
    source = {name: tensors[name].reshape(slot.shape) for name, slot in expected.items()}
    heed_interruption(module)
    weights = ModuleWeights(module, source, placement)
    if placement.residency:
        lodge(module, placement.residency, weights)
    else:
        weights.arrive()
    return module


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
        strange = [name for name in tensors if name not in expected]
        beside = f"; {len(strange)} others fit nowhere ({_some(strange)})" if strange else ""
        raise DiffusionError(
            f"{what} is incomplete: {len(missing)} of {len(expected)} tensors are missing "
            f"({_some(missing)}){beside}; get the whole file"
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


def _is_finite(tensor: Tensor) -> bool:
    """Whether no number is NaN or infinite: their sum would be, too."""
    if tensor.is_meta or not tensor.is_floating_point() or tensor.itemsize < _LEAST_SUMMED:
        return True
    return bool(tensor.sum(dtype=torch.float32).isfinite())


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")

"""Answers of a model written to a journal, and read again when a run that was killed starts over.

A record is 16 bytes that say which run of a sampler it belongs to, and a safetensors file of the
answer's tensors, exact to the bit. Records of another run are left alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from diffusion.samplers.question import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torch import Tensor

_TAG = 16


class Journal(Protocol):
    """What outlives the process."""

    @property
    def records(self) -> Sequence[bytes]:
        """What an earlier process wrote."""

    def append(self, record: bytes) -> None:
        """Write down one more."""


@dataclass(frozen=True)
class Resuming:
    """Where answers are logged, and those logged before.

    Attributes:
        log: Given each new answer.
        replay: Answers of an earlier run of the same call, in order.
    """

    log: Callable[[Answer], None] | None = None
    replay: Iterable[Answer] = ()


def run_tag(start: Tensor, sigmas: Sequence[float], seed: int) -> bytes:
    """Return 16 bytes that tell one run of a sampler from others under the same journal.

    Model, prompt and sampler need not count: who opened the journal has seen to them.

    Args:
        start: The noisy latent that the run starts from.
        sigmas: The noise levels that it visits.
        seed: Of its fresh noise.
    """
    digest = hashlib.sha256(repr((tuple(start.shape), tuple(sigmas), seed)).encode())
    digest.update(start.to("cpu", torch.float32).contiguous().numpy().data)
    return digest.digest()[:_TAG]


def resuming_from(journal: Journal | None, tag: bytes, device: torch.device) -> Resuming:
    """Go on where a journal ends, and write it on; without a journal, do neither.

    Args:
        journal: What the run writes down.
        tag: Which run it is, from `run_tag`.
        device: Where answers go.
    """
    if journal is None:
        return Resuming()

    def log(answer: Answer) -> None:
        journal.append(tag + _pack(answer))

    return Resuming(log, _replay(journal.records, tag, device))


def _replay(records: Sequence[bytes], tag: bytes, device: torch.device) -> Iterable[Answer]:
    for record in records:
        if record[:_TAG] != tag:
            continue
        try:
            tensors = load(record[_TAG:])
            denoised = tensors["denoised"].to(device)
        except (SafetensorError, KeyError):
            return
        unconditional = tensors.get("unconditional")
        yield Answer(denoised, None if unconditional is None else unconditional.to(device))


def _pack(answer: Answer) -> bytes:
    tensors = {"denoised": answer.denoised, "unconditional": answer.unconditional}
    return save({name: _alone(t) for name, t in tensors.items() if t is not None})


def _alone(tensor: Tensor) -> Tensor:
    """A copy in main memory that shares its bytes with nobody, as safetensors wants it."""
    return tensor.to("cpu", copy=True, memory_format=torch.contiguous_format)

"""Group norms whose statistics are those of a whole picture, though it is seen in parts.

A group norm (Wu and He 2018, arXiv:1803.08494) takes mean and variance over the whole picture, so
that a tile by itself comes out in other colours than the picture would. Here the statistics are
estimated from a few patches that stand for the whole, all layers of all patches together, and then
held fixed: what is left is local, and tiles agree with each other wherever they know enough of
their surroundings.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Iterator

Module = TypeVar("Module", bound=nn.Module)


@dataclass
class Sample:
    """Patches that stand for a picture.

    Attributes:
        shares: The part of the picture that each stands for, [patches], together 1.
        margin: The part of a patch's side that is only there as context, at either end.
    """

    shares: Tensor
    margin: float


class SharedNorm(nn.Module):
    """A group norm that measures a sample of patches, or repeats what it measured.

    Attributes:
        norm: The group norm.
        sample: What its input is a sample of; None to repeat what was measured.
    """

    def __init__(self, norm: nn.GroupNorm) -> None:
        super().__init__()
        self.norm = norm
        self.sample: Sample | None = None
        self._measured: tuple[Tensor, Tensor] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Normalise [B, C, h, w]; by itself as long as nothing was measured."""
        if self.sample is not None:
            self._measured = self._statistics(x, self.sample)
        if self._measured is None:
            answer: Tensor = self.norm(x)
            return answer
        mean, variance = self._measured
        scale = torch.rsqrt(variance + self.norm.eps)[:, None]
        weight = self.norm.weight.float().reshape(len(scale), -1) * scale
        bias = self.norm.bias.float().reshape(len(scale), -1) - weight * mean[:, None]
        factor, term = (part.reshape(1, -1, 1, 1).to(x.dtype) for part in (weight, bias))
        return torch.addcmul(term, x, factor)

    def _statistics(self, x: Tensor, sample: Sample) -> tuple[Tensor, Tensor]:
        """Mean and variance of each group [groups], as they are in the whole picture."""
        rows, columns = (round(side * sample.margin) for side in x.shape[2:])
        inner = x[:, :, rows : x.shape[2] - rows, columns : x.shape[3] - columns]
        groups = inner.reshape(len(x), self.norm.num_groups, -1).float()
        variances, means = torch.var_mean(groups, dim=2, correction=0)
        shares = sample.shares[:, None]
        mean = (shares * means).sum(0)
        return mean, (shares * (variances + (means - mean).square())).sum(0)


def with_shared_norms(module: Module) -> tuple[Module, list[SharedNorm]]:
    """A copy of a module whose group norms share statistics; its weights are the module's own."""
    kept = {id(tensor): tensor for part in module.modules() for tensor in _tensors(part)}
    twin = copy.deepcopy(module, kept)
    norms = []
    for parent, name, norm in list(_norms(twin)):
        shared = SharedNorm(norm)
        setattr(parent, name, shared)
        norms.append(shared)
    return twin, norms


def _tensors(part: nn.Module) -> Iterator[Tensor]:
    """Weights, and what else a layer keeps of them."""
    yield from part.parameters(recurse=False)
    yield from part.buffers(recurse=False)
    yield from (value for value in vars(part).values() if isinstance(value, Tensor))


def _norms(module: nn.Module) -> Iterator[tuple[nn.Module, str, nn.GroupNorm]]:
    for parent in module.modules():
        for name, child in parent.named_children():
            if isinstance(child, nn.GroupNorm):
                yield parent, name, child

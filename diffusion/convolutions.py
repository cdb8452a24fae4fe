"""Convolutions as a processor computes them fastest.

oneDNN multiplies weights that lie in blocks, and puts them so each time that a layer is asked; in
the deep layers of a UNet, where pictures are small and weights large, that takes as long as the
convolution itself. Here it is done once. A 1×1 convolution is a matrix product, and with the
channels of each pixel side by side (channels-last) one without any copying.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator

# Below this many bytes there is nothing to gain.
_WORTH_PACKING = 2**20


class PackedConv2d(nn.Conv2d):
    """A convolution whose weights are kept in blocks besides those of the file.

    Attributes:
        packed: The weights that it computes with, opaque; None to compute with `weight`.
    """

    packed: Tensor | None = None

    def pack(self, weight: Tensor) -> None:
        """Keep weights [out, in, height, width] in blocks."""
        self.packed = torch.ops.mkldnn._reorder_convolution_weight(  # noqa: SLF001 - has no other name
            weight.contiguous(memory_format=torch.channels_last),
            self.padding,
            self.stride,
            self.dilation,
            self.groups,
            None,
        )

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        """Convolve [B, C, h, w]."""
        if self.packed is None:
            return super().forward(input)
        answer: Tensor = torch.ops.mkldnn._convolution_pointwise(  # noqa: SLF001
            input,
            self.packed,
            self.bias,
            self.padding,
            self.stride,
            self.dilation,
            self.groups,
            "none",
            [],
            "",
        )
        return answer


class PointConv2d(nn.Conv2d):
    """A 1×1 convolution, computed as a matrix product."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        """Convolve [B, C, h, w]."""
        pixels = input.movedim(1, -1)
        return functional.linear(pixels, self.weight.flatten(1), self.bias).movedim(-1, 1)


def suit_processor(module: nn.Module) -> None:
    """Have a module's convolutions computed as a processor likes best."""
    packable = can_pack()
    for layer in module.modules():
        if type(layer) is not nn.Conv2d or layer.padding_mode != "zeros" or layer.groups != 1:
            continue
        if layer.kernel_size == layer.stride == (1, 1) and layer.padding == (0, 0):
            layer.__class__ = PointConv2d
        elif packable and layer.weight.nbytes >= _WORTH_PACKING:
            layer.__class__ = PackedConv2d


def packed_layers(module: nn.Module) -> Iterator[tuple[str, PackedConv2d]]:
    """The layers of a module that keep weights in blocks, with the names of their weights."""
    for name, layer in module.named_modules():
        if isinstance(layer, PackedConv2d):
            yield f"{name}.weight", layer


def can_pack() -> bool:
    """Whether this build of torch and this processor have what it takes."""
    names = ("_reorder_convolution_weight", "_convolution_pointwise")
    there: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return there and all(hasattr(torch.ops.mkldnn, name) for name in names)

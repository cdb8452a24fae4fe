"""Layers as a processor computes them fastest.

oneDNN multiplies weights that lie in blocks, and puts them so each time that a layer is asked; in
the deep layers of a UNet, where pictures are small and weights large, that takes as long as the
multiplication itself. Here it is done once. A 1×1 convolution is a matrix product, and with the
channels of each pixel side by side (channels-last) one without any copying.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_ops = torch.ops.mkldnn
# With fewer numbers there is nothing to gain.
_WORTH_PACKING = 2**16
# The widths of Stable Diffusion's UNets are multiples of this. For others, 192 and 384 for
# instance, oneDNN wants other blocks where pictures are small, and rearranges them at every call:
# up to a hundred times slower.
_WIDTH = 320
_NEEDED = (
    "_reorder_convolution_weight",
    "_convolution_pointwise",
    "_reorder_linear_weight",
    "_linear_pointwise",
)


class Packable:
    """A layer that may keep its weights in blocks besides those of the file.

    Attributes:
        packs: Whether it does.
        packed: What it computes with, opaque; None to compute with its `weight`.
    """

    packs: bool = False
    packed: tuple[Tensor, ...] | None = None

    def pack(self, weight: Tensor) -> None:
        """Keep weights in blocks, `weight` being what the layer's own would be."""
        raise NotImplementedError

    def unpack(self) -> None:
        """Give their memory back."""
        self.packed = None


class PackedConv2d(Packable, nn.Conv2d):
    """A convolution."""

    def pack(self, weight: Tensor) -> None:
        """Keep weights [out, in, height, width] in blocks."""
        blocks: Tensor = _ops._reorder_convolution_weight(  # noqa: SLF001 - has no other name
            weight,
            self.padding,
            self.stride,
            self.dilation,
            self.groups,
            None,
        )
        self.packed = (blocks,)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        """Convolve [B, C, h, w]."""
        if self.packed is None:
            return super().forward(input)
        answer: Tensor = _ops._convolution_pointwise(  # noqa: SLF001
            input,
            self.packed[0],
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


class SideBySideConv2d(Packable, nn.Conv2d):
    """A convolution whose weights have the channels side by side, as its pictures have."""

    def pack(self, weight: Tensor) -> None:
        """Keep weights [out, in, height, width], put in the pictures' order once."""
        self.packed = (weight.clone(memory_format=torch.channels_last),)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        """Convolve [B, C, h, w]."""
        if self.packed is None:
            return super().forward(input)
        answer: Tensor = self._conv_forward(input, self.packed[0], self.bias)
        return answer


class PackedPoint2d(Packable, nn.Conv2d):
    """A 1×1 convolution, computed as a matrix product."""

    def pack(self, weight: Tensor) -> None:
        """Keep weights [out, in, 1, 1] in blocks."""
        self.packed = (_blocks(weight.flatten(1)),)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        """Convolve [B, C, h, w]."""
        pixels = input.movedim(1, -1)
        if self.packed is None:
            answer = functional.linear(pixels, self.weight.flatten(1), self.bias)
        else:
            answer = _linear(pixels.contiguous(), self.packed[0], self.bias)
        return answer.movedim(-1, 1)


class PackedLinear(Packable, nn.Linear):
    """A matrix product."""

    def pack(self, weight: Tensor) -> None:
        """Keep weights [out, in] in blocks."""
        self.packed = (_blocks(weight),)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        """Multiply [..., in] into [..., out]."""
        if self.packed is None:
            return super().forward(input)
        return _linear(input, self.packed[0], self.bias)


class GatedLinear(Packable, nn.Linear):
    """Two matrix products, the first one's answer weighed by the second one's GELU.

    Reference: Shazeer 2020, arXiv:2002.05202, eq. 6 (GEGLU); both products are one layer.
    """

    def pack(self, weight: Tensor) -> None:
        """Keep weights [2 · out, in] in blocks."""
        hidden, gate = weight.chunk(2)
        self.packed = _blocks(hidden), _blocks(gate)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        """Multiply [..., in] into [..., out]."""
        if self.packed is None:
            hidden, gate = super().forward(input).chunk(2, dim=-1)
            return hidden * functional.gelu(gate)
        biases = (None, None) if self.bias is None else self.bias.chunk(2)
        gate = _linear(input, self.packed[1], biases[1], "gelu")
        return _linear(input, self.packed[0], biases[0]).mul_(gate)


def _blocks(weight: Tensor) -> Tensor:
    blocks: Tensor = _ops._reorder_linear_weight(weight.contiguous(), None)  # noqa: SLF001
    return blocks


def _linear(picture: Tensor, blocks: Tensor, bias: Tensor | None, then: str = "none") -> Tensor:
    answer: Tensor = _ops._linear_pointwise(picture, blocks, bias, then, [], "none")  # noqa: SLF001
    return answer


def pack_layers(module: nn.Module, dtype: torch.dtype) -> None:
    """Have the large layers of a module keep their weights in blocks, where that can be done.

    Args:
        module: Whose weights have yet to come.
        dtype: What it computes in.
    """
    if not can_pack(dtype):
        return
    for layer in module.modules():
        kind = _kind(layer)
        if kind is not None:
            layer.__class__ = kind
            layer.packs = True  # type: ignore[assignment]


def _kind(layer: nn.Module) -> type[nn.Module] | None:
    """What a layer becomes; None to leave it as it is."""
    if isinstance(layer, GatedLinear) and layer.weight.numel() >= _WORTH_PACKING:
        return GatedLinear
    if type(layer) is nn.Linear and layer.weight.numel() >= _WORTH_PACKING:
        return PackedLinear
    if type(layer) is not nn.Conv2d or layer.weight.numel() < _WORTH_PACKING:
        return None
    if layer.padding_mode != "zeros" or layer.groups != 1 or isinstance(layer.padding, str):
        return None
    if layer.kernel_size == layer.stride == (1, 1) and layer.padding == (0, 0):
        return PackedPoint2d
    usual = layer.in_channels % _WIDTH == 0 and layer.out_channels % _WIDTH == 0
    return PackedConv2d if usual else SideBySideConv2d


def packing_layers(module: nn.Module) -> dict[str, Packable]:
    """The layers of a module that keep weights in blocks, by the names of their weights."""
    return {
        f"{name}.weight": layer
        for name, layer in module.named_modules()
        if isinstance(layer, Packable) and layer.packs
    }


def can_pack(dtype: torch.dtype = torch.float32) -> bool:
    """Whether this build of torch and this processor have what it takes."""
    there: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if not there or not all(hasattr(_ops, name) for name in _NEEDED):
        return False
    if dtype is torch.float32:
        return True
    asked = {
        torch.bfloat16: "_is_mkldnn_bf16_supported",
        torch.float16: "_is_mkldnn_fp16_supported",
    }
    ask = getattr(_ops, asked.get(dtype, ""), None)
    return ask is not None and bool(ask())

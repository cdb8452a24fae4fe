"""Self-attention of a UNet's middle block, watched or changed for some rows of one pass.

The middle block sees the whole picture at its coarsest, and what its self-attention attends to is
what the picture is about. Patches hang on the modules only during the pass.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from diffusion.errors import DiffusionError


class AttentionPatch(Protocol):
    """What is done to the middle block's self-attention for the rows of one evaluation."""

    def __call__(self, attention: nn.Module, hidden: Tensor, output: Tensor, /) -> Tensor:
        """Answer the new output.

        Args:
            attention: The module, with its projections `to_q`, `to_k`, `to_v` and `to_out`.
            hidden: What went in, [B, places, width].
            output: What came out, same shape.
        """
        ...


class AttentionWatch:
    """Records how much attention each place of the picture receives in the first such layer.

    Attributes:
        received: [B, places], 1 on average; None before the pass.
    """

    def __init__(self) -> None:
        self.received: Tensor | None = None

    def __call__(self, attention: nn.Module, hidden: Tensor, output: Tensor, /) -> Tensor:
        """Record, and change nothing."""
        if self.received is None:
            heads = int(_part(attention, "heads"))
            query, key = (
                _part(attention, name)(hidden).unflatten(-1, (heads, -1)).transpose(1, 2).float()
                for name in ("to_q", "to_k")
            )
            scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
            self.received = scores.softmax(dim=-1).mean(dim=1).sum(dim=1)
        return output

    def attended(self, height: int, width: int) -> Tensor:
        """Where more attention went than on average.

        Args:
            height: Of the latent.
            width: Likewise.

        Returns:
            [B, 1, height, width] of zeros and ones.

        Raises:
            DiffusionError: The network was not asked yet, or answered at another size.
        """
        if self.received is None:
            raise DiffusionError("The model has no self-attention in its middle block to watch.")
        rows, columns = _coarse_size(height, width, self.received.shape[1])
        marked = (self.received > 1.0).float().reshape(-1, 1, rows, columns)
        return functional.interpolate(marked, (height, width))


def values_alone(attention: nn.Module, hidden: Tensor, _output: Tensor, /) -> Tensor:
    """Let each place attend to itself alone: the attention map becomes the identity.

    Reference: Ahn et al. 2024, arXiv:2403.17377, section 4.
    """
    answer: Tensor = _part(attention, "to_out")[0](_part(attention, "to_v")(hidden))
    return answer


@contextmanager
def attention_patched(
    network: object, sizes: Sequence[int], patches: Sequence[AttentionPatch | None]
) -> Iterator[None]:
    """Patch a network for one pass, and leave it afterwards as it was, whatever happens.

    Args:
        network: With a diffusers UNet as its `module`.
        sizes: Rows of each evaluation in the pass, in order.
        patches: One for each, None to leave its rows alone.

    Raises:
        DiffusionError: There is something to patch and the network has no such layers.
    """
    if not any(patches):
        yield
        return
    thread = threading.get_ident()
    ends = list(accumulate(sizes))
    rows = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]

    def changed(
        module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor
    ) -> Tensor:
        if threading.get_ident() != thread:  # another run's pass through the same modules
            return output
        hidden: Tensor = args[0] if args else kwargs["hidden_states"]
        parts = [
            patch(module, hidden[some], output[some]) if patch else output[some]
            for some, patch in zip(rows, patches, strict=True)
        ]
        return torch.cat(parts)

    hooks = [
        module.register_forward_hook(changed, with_kwargs=True)
        for module in _middle_self_attention(network)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _middle_self_attention(network: object) -> list[nn.Module]:
    module = getattr(network, "module", None)
    middle = getattr(module, "mid_block", None)
    layers = getattr(middle, "attentions", None)
    if not layers:
        raise DiffusionError(
            "This kind of guidance changes the self-attention in the middle of a UNet, and the "
            "model has none: use it with an SD 1.x, SD 2.x or SDXL model."
        )
    return [block.attn1 for block in layers[0].transformer_blocks]


def _part(attention: nn.Module, name: str) -> Any:  # noqa: ANN401 - a module or a number
    return getattr(attention, name)


def _coarse_size(height: int, width: int, places: int) -> tuple[int, int]:
    """The size at which a network sees a latent as so many places: halved, rounded up, repeated."""
    rows, columns = height, width
    while rows * columns > places:
        rows, columns = -(-rows // 2), -(-columns // 2)
    if rows * columns != places:
        raise DiffusionError(
            f"The model's middle block sees a latent of {height} × {width} as {places} places, "
            "which is no size of it halved: self-attention guidance cannot tell where they are."
        )
    return rows, columns

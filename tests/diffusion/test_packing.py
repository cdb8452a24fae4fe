"""Layers as a processor computes them: the same answers, and memory that comes and goes."""

import pytest
import torch
from torch import Tensor, nn

from diffusion.modules import Placement, assemble
from diffusion.packing import (
    GatedLinear,
    PackedConv2d,
    PackedLinear,
    PackedPoint2d,
    SideBySideConv2d,
    can_pack,
    pack_layers,
)
from diffusion.residency import Residency, in_use
from tests.support.tensors import noise

pytestmark = pytest.mark.skipif(not can_pack(), reason="this processor or torch cannot pack")

CPU = torch.device("cpu")
WIDE = 320  # whose weights are worth packing


class Layers(nn.Module):
    """A picture narrowed, convolved, mixed and weighed."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(WIDE, WIDE, 3, stride=2, padding=1)
        self.whole = nn.Conv2d(WIDE, WIDE, 3, padding=1)
        self.point = nn.Conv2d(WIDE, WIDE, 1)
        self.gate = GatedLinear(WIDE, 2 * WIDE)
        self.mix = nn.Linear(WIDE, WIDE, bias=False)
        self.odd = nn.Conv2d(WIDE, 48, 3, padding=1)
        self.small = nn.Conv2d(48, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Answer [B, 4, h/2, w/2]."""
        pixels = self.point(self.whole(self.narrow(x))).movedim(1, -1)
        answer: Tensor = self.small(self.odd(self.mix(self.gate(pixels)).movedim(-1, 1)))
        return answer


def _tensors(dtype: torch.dtype) -> dict[str, Tensor]:
    scale = 0.03
    return {n: (noise(*t.shape) * scale).to(dtype) for n, t in Layers().state_dict().items()}


def _assembled(
    tensors: dict[str, Tensor],
    dtype: torch.dtype = torch.float32,
    residency: Residency | None = None,
) -> Layers:
    def make() -> Layers:
        layers = Layers()
        pack_layers(layers, dtype)
        return layers

    return assemble(make, tensors, Placement("x", CPU, dtype, residency=residency))


def _plain(tensors: dict[str, Tensor], dtype: torch.dtype = torch.float32) -> Layers:
    module = Layers().to(dtype)
    module.load_state_dict({name: tensor.to(dtype) for name, tensor in tensors.items()})
    return module


@pytest.mark.parametrize("stored", [torch.float32, torch.float16])
@pytest.mark.parametrize(("computed", "near"), [(torch.float32, 1e-5), (torch.bfloat16, 2e-2)])
@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("size", [(1, 8, 8), (3, 5, 12)])
@torch.inference_mode()
def test_packed_weights_answer_as_plain_ones_do(
    stored: torch.dtype,
    computed: torch.dtype,
    near: float,
    order: torch.memory_format,
    size: tuple[int, int, int],
) -> None:
    tensors = _tensors(stored)
    batch, height, width = size
    x = noise(batch, WIDE, height, width).to(computed).contiguous(memory_format=order)

    answer = _assembled(tensors, computed)(x)

    expected = _plain(tensors, computed)(x)
    assert answer.dtype == computed
    assert (answer - expected).abs().max() <= near * expected.abs().max()


def test_only_what_gains_from_it_is_changed() -> None:
    module = Layers()
    pack_layers(module, torch.float32)

    kinds = [type(layer) for layer in module.children()]
    packed = [PackedConv2d, PackedConv2d, PackedPoint2d, GatedLinear, PackedLinear]
    assert kinds == [*packed, SideBySideConv2d, nn.Conv2d]


def test_a_precision_that_the_processor_has_not_is_left_alone() -> None:
    module = Layers()

    pack_layers(module, torch.float64)

    assert type(module.whole) is nn.Conv2d
    assert module.gate(noise(1, WIDE)).shape == (1, WIDE)


def test_the_files_own_weights_can_still_be_read_and_cost_no_memory() -> None:
    tensors = _tensors(torch.float16)

    module = _assembled(tensors)

    assert module.whole.weight.data_ptr() == tensors["whole.weight"].data_ptr()
    assert torch.equal(module.whole.weight, tensors["whole.weight"])
    assert module.small.weight.dtype == torch.float32


def test_weights_in_blocks_leave_and_come_back_with_the_others() -> None:
    residency = Residency()
    module = _assembled(_tensors(torch.float16), residency=residency)
    x = noise(1, WIDE, 8, 8)
    before = module(x)
    assert isinstance(module.whole, PackedConv2d)

    residency.unload_all()

    assert module.whole.packed is None
    assert module.whole.weight.is_meta
    with in_use(module):
        assert torch.equal(module(x), before)


def test_a_picture_whose_channels_lie_side_by_side_stays_so() -> None:
    module = _assembled(_tensors(torch.float32))
    x = noise(2, WIDE, 8, 8).contiguous(memory_format=torch.channels_last)

    with torch.inference_mode():
        assert module(x).is_contiguous(memory_format=torch.channels_last)

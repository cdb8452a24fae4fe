"""Weights put into modules: converted, placed, checked and reported one at a time."""

from collections.abc import Callable, Mapping

import pytest
import torch
from torch import Tensor, nn

from diffusion import modules
from diffusion.errors import DiffusionError
from diffusion.interruption import interruptible
from diffusion.modules import Placement, assemble, reading
from tests.support.tensors import noise


def _make() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))


def _tensors() -> dict[str, Tensor]:
    return {name: noise(*t.shape).to(t.dtype) for name, t in _make().state_dict().items()}


def _assemble(
    tensors: Mapping[str, Tensor],
    make: Callable[[], nn.Module] = _make,
    dtype: torch.dtype = torch.float32,
    on_bytes: Callable[[int], None] | None = None,
) -> nn.Module:
    device = torch.device("cpu")
    return assemble(make, tensors, Placement("the toy of x", device, dtype, on_bytes))


def test_a_module_has_the_tensors_it_was_given_and_is_for_inference() -> None:
    tensors = _tensors()

    module = _assemble(tensors | {"another": torch.zeros(9)})

    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, tensors[name])
        assert tensor.device.type == "cpu"
    assert not module.training
    assert not any(parameter.requires_grad for parameter in module.parameters())


def test_floating_point_tensors_take_the_dtype_and_counters_keep_theirs() -> None:
    state = _assemble(_tensors(), dtype=torch.float16).state_dict()

    assert state["0.weight"].dtype == state["1.running_mean"].dtype == torch.float16
    assert state["1.num_batches_tracked"].dtype == torch.int64


def test_a_tensor_that_needs_no_conversion_is_not_copied() -> None:
    tensors = _tensors()

    module = _assemble(tensors)

    assert module.get_parameter("0.weight").data_ptr() == tensors["0.weight"].data_ptr()


def test_a_linear_layer_takes_the_weights_of_a_1x1_convolution() -> None:
    tensors = _tensors()
    square = tensors["0.weight"]

    module = _assemble(tensors | {"0.weight": square[:, :, None, None]})

    assert torch.equal(module.get_parameter("0.weight"), square)


def test_sizes_are_reported_and_the_report_may_cancel() -> None:
    tensors = _tensors()
    sizes: list[int] = []
    _assemble(tensors, on_bytes=sizes.append)

    assert sum(sizes) == sum(tensor.nbytes for tensor in tensors.values())

    def cancel(_size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _assemble(tensors, on_bytes=cancel)


def test_missing_tensors_are_counted_and_some_named() -> None:
    tensors = _tensors()
    del tensors["0.bias"], tensors["1.weight"]

    with pytest.raises(
        DiffusionError, match=r"x is incomplete: 2 of 7 tensors are missing \(0.bias, 1.weight\)"
    ):
        _assemble(tensors)
    with pytest.raises(DiffusionError, match=r"\(0.weight, 0.bias, 1.weight, …\); get the whole"):
        _assemble({})


@pytest.mark.parametrize("shape", [(4, 2), (3, 4), (12,), (4, 3, 2)])
def test_a_tensor_of_another_shape_is_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(DiffusionError, match=r"0.weight is \[.*\] where \[4, 3\] was expected"):
        _assemble(_tensors() | {"0.weight": torch.zeros(shape)})


def test_a_module_that_its_library_cannot_build_is_refused_in_a_sentence() -> None:
    def fail() -> nn.Module:
        return nn.GroupNorm(3, 32)

    with pytest.raises(DiffusionError, match="x cannot be built as it is described: num_channels"):
        _assemble({}, fail)


def test_looking_up_a_missing_tensor_says_what_lacks_it() -> None:
    with (
        pytest.raises(DiffusionError, match="the UNet of x is incomplete: it has no tensor out"),
        reading("the UNet of x"),
    ):
        _tensors()["out.0"]


def test_looking_at_a_side_that_a_tensor_has_not_says_what_is_odd() -> None:
    with (
        pytest.raises(DiffusionError, match="the UNet of x has tensors of an unexpected shape"),
        reading("the UNet of x"),
    ):
        _tensors()["0.bias"].shape[1]


def test_a_large_tensor_is_converted_in_pieces_that_are_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(modules, "_PIECE", 40)
    tensors = {"weight": noise(9, 4).half(), "bias": noise(9).half()}
    sizes: list[int] = []

    module = _assemble(tensors, lambda: nn.Linear(4, 9), on_bytes=sizes.append)

    assert sizes == [40, 32, 18]
    assert torch.equal(module.state_dict()["weight"], tensors["weight"].float())


def test_loading_can_be_given_up_between_tensors() -> None:
    sizes: list[int] = []

    def stop() -> None:
        if sizes:
            raise InterruptedError

    with pytest.raises(InterruptedError), interruptible(stop):
        _assemble(_tensors(), on_bytes=sizes.append)
    assert len(sizes) == 1


def test_the_stages_of_a_module_heed_an_interruption() -> None:
    module = _assemble({}, lambda: nn.Sequential(nn.ModuleList([nn.Sequential(nn.Identity())])))

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError), interruptible(stop):
        module[0][0](torch.zeros(1))  # type: ignore[index]

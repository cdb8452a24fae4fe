"""Who is on which device: decisions, with residents that only count; then real modules."""

import gc
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from diffusion.checkpoints import load_checkpoint
from diffusion.errors import DiffusionError
from diffusion.modules import Placement, assemble
from diffusion.residency import Residency, cuda_budget, in_use
from diffusion.site import Site
from diffusion.unet import UNet
from tests.diffusion.checkpoint_runs import network_module, short_run
from tests.support.checkpoints import tiny_tensors, write_tiny_checkpoint
from tests.support.tensors import noise

GPU, OTHER = torch.device("cuda:0"), torch.device("cuda:1")


class Counting:
    """A resident that takes no memory and writes down what it is told."""

    def __init__(
        self,
        size: int = 1,
        device: torch.device = GPU,
        on_arrival: Callable[[], None] | None = None,
    ) -> None:
        self.size = size
        self.device = device
        self.told: list[str] = []
        self._on_arrival = on_arrival

    def arrive(self) -> None:
        """Write it down, and do what the test wants."""
        self.told.append("arrive")
        if self._on_arrival:
            self._on_arrival()

    def leave(self) -> None:
        """Write it down."""
        self.told.append("leave")

    @property
    def there(self) -> bool:
        """Whether it came and did not go."""
        return bool(self.told) and self.told[-1] == "arrive"


def _budget(size: int) -> Residency:
    return Residency(lambda _device: size)


def test_who_is_there_is_not_fetched_again() -> None:
    residency, resident = _budget(10), Counting()

    residency.admit(resident)
    with residency.using(resident), residency.using(resident):
        assert residency.taken(GPU) == 1

    assert resident.told == ["arrive"]


def test_without_a_budget_nobody_leaves() -> None:
    residency, residents = Residency(), [Counting(10**12) for _ in range(5)]

    for resident in residents:
        residency.admit(resident)

    assert all(resident.there for resident in residents)
    assert residency.taken(GPU) == 5 * 10**12


def test_who_was_used_least_recently_leaves_first() -> None:
    residency, (first, second, third) = _budget(2), [Counting() for _ in range(3)]
    for resident in (first, second, first):
        residency.admit(resident)

    residency.admit(third)

    assert [r.there for r in (first, second, third)] == [True, False, True]
    residency.admit(second)
    assert second.told == ["arrive", "leave", "arrive"]
    assert not first.there


def test_no_more_leave_than_must() -> None:
    residency = _budget(10)
    residents = [Counting(size) for size in (4, 3, 3)]
    for resident in residents:
        residency.admit(resident)

    residency.admit(Counting(4))

    assert [resident.there for resident in residents] == [False, True, True]


def test_who_is_in_use_stays_even_over_the_budget() -> None:
    residency, used, idle, large = _budget(10), Counting(6), Counting(4), Counting(8)
    residency.admit(idle)

    with residency.using(used), residency.using(large):
        assert used.there
        assert large.there
        assert residency.taken(GPU) == 14

    assert not idle.there


def test_devices_have_budgets_of_their_own() -> None:
    residency = Residency({GPU: 1, OTHER: 2, torch.device("cpu"): None}.get)
    here, there, aside = Counting(1), Counting(2, OTHER), Counting(9, torch.device("cpu"))

    for resident in (here, there, aside):
        residency.admit(resident)
    residency.admit(Counting(1))

    assert [r.there for r in (here, there, aside)] == [False, True, True]


def test_room_is_made_by_bytes_and_by_device() -> None:
    residency = Residency()
    residents = [Counting(3), Counting(3, OTHER), Counting(3), Counting(3)]
    for resident in residents:
        residency.admit(resident)

    assert residency.make_room(4, GPU) == 6
    assert [resident.there for resident in residents] == [False, True, False, True]
    assert residency.make_room(100) == 6
    assert residency.make_room(1) == 0


def test_everything_idle_can_be_sent_away_and_comes_back_when_needed() -> None:
    residency, used, idle = Residency(), Counting(2), Counting(3)
    residency.admit(idle)

    with residency.using(used):
        assert residency.unload_all() == 3
    residency.admit(idle)

    assert used.told == ["arrive"]
    assert idle.told == ["arrive", "leave", "arrive"]


def test_one_that_nobody_holds_is_forgotten() -> None:
    residency = Residency()
    residency.admit(Counting(5))
    gc.collect()

    assert residency.taken(GPU) == 0


def test_one_that_could_not_come_is_not_there_and_may_try_again() -> None:
    failures = iter([KeyboardInterrupt()])

    def fail_once() -> None:
        for failure in failures:
            raise failure

    residency, resident = Residency(), Counting(on_arrival=fail_once)

    with pytest.raises(KeyboardInterrupt):
        residency.admit(resident)
    assert residency.taken(GPU) == 0
    residency.admit(resident)
    assert residency.taken(GPU) == 1


def test_when_memory_runs_out_after_all_others_leave_and_it_is_tried_again() -> None:
    failures = iter([torch.OutOfMemoryError("budgets are guesses")])

    def run_out_once() -> None:
        for failure in failures:
            raise failure

    residency, idle, large = Residency(), Counting(4), Counting(3, on_arrival=run_out_once)
    residency.admit(idle)

    residency.admit(large)

    assert not idle.there
    assert large.told == ["arrive", "leave", "arrive"]


def test_when_nobody_can_leave_running_out_of_memory_is_told() -> None:
    def run_out() -> None:
        raise torch.OutOfMemoryError("too large")

    with pytest.raises(torch.OutOfMemoryError):
        Residency().admit(Counting(on_arrival=run_out))


def test_threads_find_what_they_use_in_its_place() -> None:
    residency, residents = _budget(2), [Counting() for _ in range(4)]
    lost: list[Counting] = []

    def work() -> None:
        for turn in range(200):
            resident = residents[turn % len(residents)]
            with residency.using(resident):
                if not resident.there:
                    lost.append(resident)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not lost


def test_only_gpus_have_a_budget() -> None:
    assert cuda_budget(torch.device("cpu")) is None
    assert cuda_budget(torch.device("mps")) is None


def _toy(residency: Residency, dtype: torch.dtype = torch.float32) -> nn.Linear:
    tensors = {"weight": noise(3, 4).half(), "bias": noise(3).half()}
    place = Placement("the toy", torch.device("cpu"), dtype, residency=residency)
    return assemble(lambda: nn.Linear(4, 3), tensors, place)


def test_a_module_gives_its_memory_back_and_is_the_same_when_it_returns() -> None:
    residency = Residency()
    module = _toy(residency)
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}

    assert residency.unload_all() == 15 * 4
    assert all(tensor.is_meta for tensor in module.state_dict().values())
    with in_use(module):
        assert module(torch.ones(4)).isfinite().all()

    assert all(torch.equal(t, before[name]) for name, t in module.state_dict().items())
    assert not any(parameter.requires_grad for parameter in module.parameters())


def test_a_module_that_nobody_manages_is_used_where_it_is() -> None:
    module = nn.Linear(2, 2)

    with in_use(module):
        assert module(torch.ones(2)).shape == (2,)


def test_a_dropped_module_is_freed_at_once() -> None:
    residency = Residency()
    module = _toy(residency)
    gc.disable()
    try:
        assert residency.taken(torch.device("cpu")) == 60
        del module
        assert residency.taken(torch.device("cpu")) == 0
    finally:
        gc.enable()


def test_all_parts_of_a_model_come_back_by_themselves(tmp_path: Path) -> None:
    residency = Residency()
    path = write_tiny_checkpoint(tmp_path / "x.safetensors")
    checkpoint = load_checkpoint(path, Site(residency=residency))
    before = short_run(checkpoint)
    assert checkpoint.vae is not None
    picture = checkpoint.vae.decode(before)

    freed = residency.unload_all()

    assert freed > 10_000_000
    assert network_module(checkpoint).get_parameter("conv_in.weight").is_meta
    assert torch.equal(short_run(checkpoint), before)
    assert torch.equal(checkpoint.vae.decode(before), picture)
    assert residency.taken(torch.device("cpu")) == freed


def test_progress_is_told_when_a_model_is_loaded_and_not_when_it_comes_back(
    tmp_path: Path,
) -> None:
    residency, told = Residency(), list[int]()
    path = write_tiny_checkpoint(tmp_path / "x.safetensors")
    checkpoint = load_checkpoint(
        path, Site(residency=residency), on_progress=lambda done, _: told.append(done)
    )
    count = len(told)
    residency.unload_all()

    assert short_run(checkpoint).isfinite().all()

    assert count > 10
    assert len(told) == count


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused_in_a_sentence(
    tmp_path: Path, value: float
) -> None:
    tensors = tiny_tensors()
    tensors["model.diffusion_model.out.2.weight"][1, 2, 0, 1] = value
    path = write_tiny_checkpoint(tmp_path / "x.safetensors", tensors)
    residency = Residency()

    with pytest.raises(
        DiffusionError, match=r"the UNet of x\.safetensors holds NaN or infinity in 1 of .*conv_out"
    ):
        load_checkpoint(path, Site(residency=residency))

    assert residency.taken(torch.device("cpu")) == 0


def test_models_are_shared_by_reference(tmp_path: Path) -> None:
    """A copy of the model, as patches make it, has the same weights and the same residency."""
    residency = Residency()
    path = write_tiny_checkpoint(tmp_path / "x.safetensors")
    model = load_checkpoint(path, Site(residency=residency)).model
    taken = residency.taken(torch.device("cpu"))

    copy = replace(model, native_size=(8, 8))

    assert isinstance(copy.network, UNet)
    assert copy.network is model.network
    assert residency.taken(torch.device("cpu")) == taken

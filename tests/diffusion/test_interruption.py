"""Stopping in the midst of a forward pass, and nobody else's."""

import threading

import pytest
import torch
from torch import Tensor, nn

from diffusion.interruption import check_interrupted, heed_interruption, interruptible


class Block(nn.Module):
    """A block of two layers, each of which has something in it."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Sequential(nn.Identity()), nn.Sequential(nn.Identity())])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x) + 1
        return x


class Toy(nn.Module):
    """Two blocks, and a layer before them that does not count as a stage."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(1, 1)
        self.blocks = nn.ModuleList([Block(), Block()])
        self.reached: list[str] = []
        heed_interruption(self)

    def forward(self, x: Tensor) -> Tensor:
        for number, block in enumerate(self.blocks):
            self.reached.append(f"block {number}")
            x = block(x)
        return x


class After:
    """Stops when it is asked for the n-th time."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.asked = 0

    def __call__(self) -> None:
        self.asked += 1
        if self.asked == self.times:
            raise InterruptedError


def test_each_stage_asks_before_it_begins() -> None:
    asking = After(100)
    with interruptible(asking):
        Toy()(torch.zeros(1))
    assert asking.asked == 6


def test_a_forward_pass_ends_at_the_stage_that_is_told_to_stop() -> None:
    toy = Toy()
    with pytest.raises(InterruptedError), interruptible(After(2)):
        toy(torch.zeros(1))
    assert toy.reached == ["block 0"]
    assert float(toy(torch.zeros(1))) == 4.0


def test_nobody_is_asked_outside_the_block() -> None:
    asking = After(1)
    with pytest.raises(InterruptedError), interruptible(asking):
        check_interrupted()
    check_interrupted()
    assert asking.asked == 1


def test_within_a_block_another_may_be_asked_for_a_while() -> None:
    outer, inner = After(100), After(100)
    with interruptible(outer):
        with interruptible(inner):
            check_interrupted()
        check_interrupted()
    assert (outer.asked, inner.asked) == (1, 1)


def test_a_run_does_not_stop_another_of_the_same_module_in_another_thread() -> None:
    toy = Toy()
    results: list[float] = []
    with interruptible(After(1)):
        thread = threading.Thread(target=lambda: results.append(float(toy(torch.zeros(1)))))
        thread.start()
        thread.join()
    assert results == [4.0]

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from training.averages import MovingAverage
from training.errors import TrainingError
from training.fitting import Fit, Schedule


def line_fit(steps: int, seed: int = 0) -> tuple[Fit, nn.Linear, MovingAverage]:
    """A run that learns y = 3x − 1 from random points."""
    torch.manual_seed(seed)
    line = nn.Linear(1, 1)
    average = MovingAverage(line.parameters(), decay=0.9)

    def loss(_: int, generator: torch.Generator) -> Tensor:
        points = torch.randn(32, 1, generator=generator)
        error: Tensor = line(points) - (3.0 * points - 1.0)
        return error.square().mean()

    schedule = Schedule(steps, peak=0.1, warm_up=5, falling=0.5)
    settings = {"steps": steps, "seed": seed}
    return Fit("line", {"line": line}, loss, schedule, seed, settings, average), line, average


def test_a_run_learns_and_keeps_its_checkpoint(tmp_path: Path) -> None:
    fit, line, _ = line_fit(200)
    losses = fit.run(tmp_path / "runs" / "line.pt")
    assert len(losses) == 200
    assert losses[-1] < 1e-3 < losses[0]
    assert line.weight.item() == pytest.approx(3.0, abs=0.05)
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["line.pt"]


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    whole, straight, straight_mean = line_fit(40)
    whole.run(tmp_path / "whole.pt")

    class StoppedError(Exception):
        pass

    first, _, _ = line_fit(40)
    original = first.loss

    def stopping(step: int, generator: torch.Generator) -> Tensor:
        if step == 25:
            raise StoppedError
        return original(step, generator)

    broken = Fit(**{**vars(first), "loss": stopping})
    with pytest.raises(StoppedError):
        broken.run(tmp_path / "parts.pt", every=10)
    second, resumed, resumed_mean = line_fit(40)
    losses = second.run(tmp_path / "parts.pt", every=10)

    assert len(losses) == 20
    assert torch.equal(resumed.weight, straight.weight)
    means = zip(
        resumed_mean.state_dict()["means"], straight_mean.state_dict()["means"], strict=True
    )
    assert all(torch.equal(a, b) for a, b in means)


def test_a_finished_run_does_nothing_when_asked_again(tmp_path: Path) -> None:
    fit, line, _ = line_fit(10)
    fit.run(tmp_path / "line.pt")
    again, other, _ = line_fit(10)
    assert again.run(tmp_path / "line.pt") == []
    assert torch.equal(other.weight, line.weight)


def test_a_checkpoint_of_another_run_is_refused_with_both_settings(tmp_path: Path) -> None:
    line_fit(10)[0].run(tmp_path / "line.pt")
    with pytest.raises(TrainingError, match=r"steps 10, seed 0.*steps 12, seed 0"):
        line_fit(12)[0].run(tmp_path / "line.pt")


def test_the_rate_rises_stays_and_falls_to_zero() -> None:
    schedule = Schedule(steps=100, peak=2.0, warm_up=10, falling=0.4)
    assert schedule.rate(0) == pytest.approx(0.2)
    assert [schedule.rate(step) for step in (9, 30, 60)] == [2.0, 2.0, 2.0]
    assert schedule.rate(80) == pytest.approx(1.0)
    assert schedule.rate(100) == 0.0


def test_a_young_average_forgets_the_first_weights_fast() -> None:
    weight = nn.Parameter(torch.zeros(1))
    average = MovingAverage([weight], decay=0.9995)
    with torch.no_grad():
        weight.fill_(1.0)
    for step in range(20):
        average.update(step)
    average.copy_to_parameters()
    assert weight.item() > 0.999


def test_an_old_average_moves_by_its_decay() -> None:
    weight = nn.Parameter(torch.zeros(1))
    average = MovingAverage([weight], decay=0.75)
    with torch.no_grad():
        weight.fill_(1.0)
    average.update(10_000)
    assert average.state_dict()["means"][0].item() == pytest.approx(0.25)

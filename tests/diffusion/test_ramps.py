"""Levels between two ends against their papers' formulas, and what every row promises."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from diffusion import ramps
from diffusion.errors import DiffusionError
from diffusion.schedules import distilled, schedule_sigmas
from tests.diffusion.formula_model import formula_model

LEVELS = formula_model().parameterisation.levels
HIGH, LOW = LEVELS.table[-1], LEVELS.table[0]
NAMES = ("karras", "exponential", "polyexponential", "laplace", "variance_preserving", "aligned")


def _row(name: str, high: float, low: float, steps: int) -> Tensor:
    if name == "aligned":
        return ramps.aligned("SDXL", steps)
    if name == "variance_preserving":
        return ramps.closed(ramps.variance_preserving(steps))
    if name == "laplace":
        return ramps.laplace(high, low, steps + 1)
    made = {
        "karras": ramps.karras,
        "exponential": ramps.exponential,
        "polyexponential": ramps.polyexponential,
    }[name](high, low, steps)
    return ramps.closed(made)


@given(
    name=st.sampled_from(NAMES),
    low=st.floats(0.001, 0.5),
    high=st.floats(1.0, 500.0),
    steps=st.integers(1, 300),
)
def test_levels_fall_between_their_ends_and_are_one_more_than_the_steps(
    name: str, low: float, high: float, steps: int
) -> None:
    row = _row(name, high, low, steps)

    assert len(row) == steps + 1
    assert row.dtype == torch.float32
    assert all(below <= level for level, below in pairwise(row.tolist()))
    if name == "laplace":
        # Its tails need not reach the ends, and it is used without a closing zero.
        assert low * (1 - 1e-6) <= float(row[-1]) <= float(row[0]) <= high * (1 + 1e-6)
    else:
        assert float(row[-1]) == 0.0
    if name in ("karras", "exponential", "polyexponential"):
        assert float(row[0]) == pytest.approx(high, rel=1e-4)


@pytest.mark.parametrize("name", ["karras", "exponential"])
def test_between_the_model_s_own_ends_they_are_the_schedule_of_that_name(name: str) -> None:
    assert tuple(_row(name, HIGH, LOW, 12).tolist()) == schedule_sigmas(name, LEVELS, 12)


def test_karras_levels_are_even_in_the_root_asked_for() -> None:
    roots = [level ** (1 / 3) for level in ramps.karras(27.0, 1.0, 5, rho=3.0).tolist()]

    assert roots == pytest.approx([3.0, 2.5, 2.0, 1.5, 1.0])


def test_a_polynomial_of_first_degree_is_exponential() -> None:
    line = ramps.polyexponential(14.6, 0.03, 9)

    torch.testing.assert_close(line, ramps.exponential(14.6, 0.03, 9), rtol=1e-5, atol=0.0)


def test_a_polynomial_of_second_degree_bends_the_line_in_the_logarithm() -> None:
    logarithms = ramps.polyexponential(math.e**4, 1.0, 5, rho=2.0).log().tolist()

    assert logarithms == pytest.approx([4.0, 2.25, 1.0, 0.25, 0.0], abs=1e-5)


def test_variance_preserving_levels_are_those_of_the_diffusion_s_times() -> None:
    first, last = ramps.variance_preserving(2, beta_d=19.9, beta_min=0.1, least_time=0.5).tolist()

    assert first == pytest.approx(math.sqrt(math.exp(19.9 / 2 + 0.1) - 1.0), rel=1e-5)
    assert last == pytest.approx(math.sqrt(math.exp(19.9 / 8 + 0.05) - 1.0), rel=1e-5)


def test_laplace_levels_are_quantiles_of_that_distribution() -> None:
    quarter = ramps.laplace(1e9, 1e-9, 5, mu=0.3, beta=0.5).log()[1]

    # A quarter of the way from the top is the three quarters' quantile: mu + beta ln 2.
    assert float(quarter) == pytest.approx(0.3 + 0.5 * math.log(2.0), abs=1e-4)


@pytest.mark.parametrize("family", ["SD1", "SDXL"])
def test_the_published_levels_are_entries_of_the_model_s_table(family: str) -> None:
    table = torch.tensor(LEVELS.table)

    for level in ramps.ALIGNED[family]:
        assert float(((table - level) / level).abs().min()) < 1e-7


def test_aligned_levels_for_ten_steps_are_the_published_ones() -> None:
    made = ramps.aligned("SD1", 10).tolist()

    assert made[:-1] == pytest.approx(ramps.ALIGNED["SD1"][:-1])


def test_aligned_levels_for_twenty_steps_pass_through_the_published_ones() -> None:
    made = ramps.aligned("SD1", 20).tolist()

    assert made[:-1:2] == pytest.approx(ramps.ALIGNED["SD1"][:-1])
    assert made[1] == pytest.approx(math.sqrt(made[0] * made[2]), rel=1e-5)


def test_distilled_levels_are_those_of_every_hundredth_timestep() -> None:
    table = LEVELS.table

    assert distilled(LEVELS, 2) == pytest.approx((table[999], table[899], 0.0))
    assert distilled(LEVELS, 10)[-2] == pytest.approx(table[99])
    assert distilled(LEVELS, 1, denoise=0.5) == pytest.approx((table[499], 0.0))
    assert distilled(LEVELS, 4, denoise=0.0) == (0.0,)


@pytest.mark.parametrize("make", [ramps.exponential, ramps.polyexponential])
def test_an_end_at_zero_has_no_equal_ratios(make: object) -> None:
    assert callable(make)
    with pytest.raises(DiffusionError, match=r"above 0.*`sigma_min` 0"):
        make(14.6, 0.0, 5)


def test_a_root_of_degree_zero_is_refused() -> None:
    with pytest.raises(DiffusionError, match="`rho` lies above 0"):
        ramps.karras(14.6, 0.03, 5, rho=0.0)

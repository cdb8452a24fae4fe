"""Noise levels: tables against closed forms, and both directions of every conversion."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.noise_levels import (
    ContinuousLevels,
    DiscreteLevels,
    ExponentialFlowLevels,
    NoiseLevels,
    ShiftedFlowLevels,
    linear_betas,
    scaled_linear_betas,
)
from tests.diffusion.golden_samples import settings

SD = DiscreteLevels(scaled_linear_betas())
ALL = (SD, ContinuousLevels(), ShiftedFlowLevels(), ExponentialFlowLevels())


@pytest.mark.parametrize(
    ("levels", "kind"),
    [(SD, "eps"), (ShiftedFlowLevels(3.0), "sd3"), (ExponentialFlowLevels(1.15), "flux")],
)
def test_the_ends_of_the_table_are_the_reference_s(levels: NoiseLevels, kind: str) -> None:
    reference = settings()["schedules"][kind]

    assert levels.table[0] == pytest.approx(reference["sigma_min"], rel=1e-6)
    assert levels.table[-1] == pytest.approx(reference["sigma_max"], rel=1e-6)


@pytest.mark.parametrize("levels", ALL)
def test_tables_rise(levels: NoiseLevels) -> None:
    assert list(levels.table) == sorted(set(levels.table))


def test_the_least_level_of_betas_is_that_of_the_first() -> None:
    levels = DiscreteLevels(linear_betas())

    assert levels.table[0] == pytest.approx(math.sqrt(1e-4 / (1 - 1e-4)), rel=1e-6)
    assert len(levels.table) == 1000


@given(index=st.integers(0, 999))
def test_a_discrete_timestep_is_the_index_of_its_level(index: int) -> None:
    assert SD.timestep(SD.table[index]) == index
    assert SD.sigma(index) == pytest.approx(SD.table[index], rel=1e-6)


@given(sigma=st.floats(1e-3, 100.0))
def test_a_discrete_timestep_is_the_nearest_in_log_space(sigma: float) -> None:
    nearest = min(range(1000), key=lambda index: abs(math.log(sigma / SD.table[index])))

    found = SD.timestep(sigma)

    assert found == pytest.approx(nearest, abs=1)
    assert abs(math.log(sigma / SD.table[int(found)])) <= (
        abs(math.log(sigma / SD.table[nearest])) + 1e-6
    )


@pytest.mark.parametrize("levels", ALL[1:3])
@given(sigma=st.floats(0.01, 0.99))
def test_continuous_levels_are_told_exactly(levels: NoiseLevels, sigma: float) -> None:
    if isinstance(levels, ContinuousLevels):
        assert levels.sigma(levels.timestep(sigma)) == pytest.approx(sigma, rel=1e-6)
    else:
        assert levels.timestep(sigma) == pytest.approx(1000.0 * sigma)


@pytest.mark.parametrize("levels", ALL)
def test_the_way_from_noise_to_picture_falls_and_has_open_ends(levels: NoiseLevels) -> None:
    way = [levels.sigma_at(share / 10) for share in range(11)]

    assert way == sorted(way, reverse=True)
    assert way[0] >= levels.table[-1]
    assert way[-1] == 0.0
    assert levels.sigma_at(0.5) == pytest.approx(levels.sigma_at(0.5))
    assert levels.table[0] < levels.sigma_at(0.5) < levels.table[-1]


def test_shifts_move_levels_towards_noise() -> None:
    assert ShiftedFlowLevels(3.0).sigma(500.0) == pytest.approx(0.75)
    assert ShiftedFlowLevels(1.0).sigma(500.0) == pytest.approx(0.5)
    assert ExponentialFlowLevels(0.0).sigma(0.5) == pytest.approx(0.5)
    assert ExponentialFlowLevels(math.log(3.0)).sigma(0.5) == pytest.approx(0.75)

"""Schedules against the reference, their papers' formulas, and what every schedule promises."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.errors import DiffusionError
from diffusion.names import SCHEDULER_NAMES
from diffusion.noise_levels import ContinuousLevels, NoiseLevels
from diffusion.schedules import SCHEDULES, schedule_sigmas
from tests.diffusion.formula_model import formula_model
from tests.diffusion.golden_samples import settings

KINDS = ("eps", "v", "sd3", "flux")

# One step of arctan has no even spacing; the reference divides zero by zero there.
REFERENCE_ROWS = [
    (kind, row)
    for kind in KINDS
    for row in settings()["schedules"][kind]
    if "/" in row and row != "kl_optimal/1"
]


def _levels(kind: str) -> NoiseLevels:
    return formula_model(kind).parameterisation.levels


any_levels = st.sampled_from([*map(_levels, KINDS), ContinuousLevels()])


@pytest.mark.parametrize(("kind", "row"), REFERENCE_ROWS)
def test_sigmas_agree_with_the_reference(kind: str, row: str) -> None:
    name, steps = row.split("/")
    reference = settings()["schedules"][kind][row]

    ours = schedule_sigmas(name, _levels(kind), int(steps))

    assert ours == pytest.approx(reference, rel=1e-6, abs=1e-7)


@given(name=st.sampled_from(SCHEDULER_NAMES), levels=any_levels, steps=st.integers(1, 1500))
def test_sigmas_fall_from_within_the_model_s_range_to_zero(
    name: str, levels: NoiseLevels, steps: int
) -> None:
    sigmas = schedule_sigmas(name, levels, steps)

    assert sigmas[-1] == 0.0
    assert all(low <= high for high, low in pairwise(sigmas))
    assert sigmas[0] <= levels.table[-1] * (1.0 + 1e-6)
    assert all(math.isfinite(sigma) and sigma > 0.0 for sigma in sigmas[:-1])


@given(
    name=st.sampled_from(sorted(set(SCHEDULER_NAMES) - {"ddim_uniform", "beta"})),
    levels=any_levels,
    steps=st.integers(1, 300),
)
def test_there_is_one_more_sigma_than_steps(name: str, levels: NoiseLevels, steps: int) -> None:
    assert len(schedule_sigmas(name, levels, steps)) == steps + 1


@given(levels=any_levels, steps=st.integers(1, 300))
def test_a_uniform_stride_gives_at_least_the_steps_asked_for_and_beta_at_most(
    levels: NoiseLevels, steps: int
) -> None:
    assert len(schedule_sigmas("ddim_uniform", levels, steps)) >= steps
    assert len(schedule_sigmas("beta", levels, steps)) <= steps + 1


def test_karras_steps_are_even_in_the_seventh_root() -> None:
    roots = [sigma ** (1 / 7) for sigma in schedule_sigmas("karras", _levels("eps"), 9)[:-1]]

    widths = [high - low for high, low in pairwise(roots)]
    assert widths == pytest.approx([widths[0]] * 8, rel=1e-4)


def test_exponential_steps_have_equal_ratios() -> None:
    sigmas = schedule_sigmas("exponential", _levels("eps"), 9)[:-1]

    ratios = [high / low for high, low in pairwise(sigmas)]
    assert ratios == pytest.approx([ratios[0]] * 8, rel=1e-4)


def test_kl_optimal_with_one_step_starts_at_the_top() -> None:
    levels = _levels("eps")

    assert schedule_sigmas("kl_optimal", levels, 1) == (levels.table[-1], 0.0)


def test_the_list_of_names_is_the_table_s() -> None:
    assert tuple(SCHEDULES) == SCHEDULER_NAMES


@pytest.mark.parametrize(
    ("name", "steps", "message"),
    [("karass", 4, "'karass'; did you mean 'karras'"), ("normal", 0, "at least 1 step, not 0")],
)
def test_what_is_wrong_is_said(name: str, steps: int, message: str) -> None:
    with pytest.raises(DiffusionError, match=message):
        schedule_sigmas(name, _levels("eps"), steps)

"""Which levels a run visits."""

import pytest

from diffusion.errors import DiffusionError
from diffusion.samplers.registry import SAMPLERS
from diffusion.schedules import schedule_sigmas
from diffusion.span import Span
from tests.diffusion.formula_model import formula_model

LEVELS = formula_model().parameterisation.levels


def _sigmas(span: Span, sampler: str = "euler") -> tuple[float, ...]:
    return span.sigmas("karras", LEVELS, SAMPLERS[sampler])


def test_the_whole_way_is_the_schedule() -> None:
    assert _sigmas(Span(10)) == schedule_sigmas("karras", LEVELS, 10)


def test_less_denoise_is_the_end_of_a_longer_schedule() -> None:
    assert _sigmas(Span(10, denoise=0.55)) == schedule_sigmas("karras", LEVELS, 18)[-11:]


def test_no_denoise_is_nothing_to_do() -> None:
    assert _sigmas(Span(10, denoise=0.0)) == ()


def test_start_and_last_step_cut_the_schedule() -> None:
    whole = schedule_sigmas("karras", LEVELS, 10)

    assert _sigmas(Span(10, start_step=3)) == whole[3:]
    assert _sigmas(Span(10, last_step=4)) == whole[:5]
    assert _sigmas(Span(10, start_step=3, last_step=10000)) == whole[3:]
    assert _sigmas(Span(10, last_step=4, force_full_denoise=True)) == (*whole[:4], 0.0)
    assert len(_sigmas(Span(10, start_step=10))) < 2


def test_some_samplers_leave_out_the_last_level_above_zero() -> None:
    longer = schedule_sigmas("karras", LEVELS, 6)

    assert _sigmas(Span(5), "uni_pc") == (*longer[:5], 0.0)


@pytest.mark.parametrize(("span", "message"), [(Span(0), "at least 1"), (Span(4, 1.1), "1.1")])
def test_impossible_wishes_are_refused(span: Span, message: str) -> None:
    with pytest.raises(DiffusionError, match=message):
        _sigmas(span)

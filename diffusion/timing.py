"""Prompts that hold at some steps of a run, whatever noise levels these have.

An entry of CONDITIONING may say `start_step`, `end_step` (the step after its last) and `of_steps`,
the number of steps that these are counted in. A run of another length stretches them. A question
between two levels belongs to the step that it is asked in, one at the next step's level to that.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from diffusion.conditioning import Condition
from diffusion.guidance import Guider

START_STEP, END_STEP, OF_STEPS = "start_step", "end_step", "of_steps"

# Samplers that compute their levels come this near to the schedule's.
_ROUNDING = 1.0 + 1e-6


def timed(guider: Guider, sigmas: Sequence[float]) -> Guider:
    """Find the noise levels of the steps that prompts name.

    Args:
        guider: What to ask.
        sigmas: The levels of the whole schedule, also where a run visits some of them only. Where
            they rise, steps mean nothing.
    """
    if len(sigmas) < 2 or sigmas[-1] > sigmas[0]:
        return guider
    sides = {
        name: tuple(_timed(condition, sigmas) for condition in side)
        for name, side in guider.sides.items()
    }
    return replace(guider, sides=sides)


def _timed(condition: Condition, sigmas: Sequence[float]) -> Condition:
    if OF_STEPS not in condition.options:
        return condition
    steps = len(sigmas) - 1
    share = steps / int(condition.options[OF_STEPS])
    first = round(int(condition.options[START_STEP]) * share)
    end = round(int(condition.options[END_STEP]) * share)
    highest = sigmas[first] * _ROUNDING if 0 < first < steps else math.inf
    lowest = math.nextafter(sigmas[end] * _ROUNDING, math.inf) if end < steps else 0.0
    if first >= min(end, steps):
        highest, lowest = -math.inf, math.inf
    return replace(
        condition,
        sigma_from=min(condition.sigma_from, highest),
        sigma_to=max(condition.sigma_to, lowest),
    )

"""Several prompts at once, each guiding by a weight of its own.

Reference: Liu, Li, Du, Torralba and Tenenbaum 2022, arXiv:2206.01714, eq. 11: the differences to
the unconditional picture add up. An entry of CONDITIONING says which member it belongs to by
`and_member` and `and_weight`; weights may be negative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torch import Tensor

from diffusion.formulas import POSITIVE
from diffusion.guidance import Guider
from diffusion.moment import Formula, Moment

if TYPE_CHECKING:
    from diffusion.conditioning import Condition

MEMBER, WEIGHT = "and_member", "and_weight"


@dataclass(frozen=True)
class Composed:
    """A formula whose positive picture several prompts make together.

    Attributes:
        formula: What is done with that picture.
        weights: Of each prompt, by its side.
    """

    formula: Formula
    weights: Mapping[str, float]

    @property
    def unconditional(self) -> str:
        """What the formula draws away from."""
        return self.formula.unconditional

    def needed(self, *, guided: bool) -> Sequence[str]:  # noqa: ARG002 - weights need it always
        """All prompts, and what they are drawn away from."""
        return (*self.formula.needed(guided=True), *self.weights)

    def combined(self, moment: Moment) -> Tensor:
        """Put the members together, then do as the formula does."""
        pictures = moment.pictures
        away = pictures.get(self.unconditional)
        total = sum(self.weights.values())
        if away is None:
            # Without an unconditional picture there are no differences, only a mean.
            factor, towards = (1.0 / total if total else 0.0), 0.0 * pictures[POSITIVE]
        else:
            factor, towards = 1.0, away * (1.0 - total)
        for side, weight in self.weights.items():
            towards = towards + pictures[side] * (weight * factor)
        return self.formula.combined(replace(moment, pictures={**pictures, POSITIVE: towards}))


def composed(guider: Guider) -> Guider:
    """Give each member of a positive prompt a side of its own."""
    members: dict[tuple[int, float], list[Condition]] = {}
    for condition in guider.sides.get(POSITIVE, ()):
        key = int(condition.options.get(MEMBER, 0)), float(condition.options.get(WEIGHT, 1.0))
        members.setdefault(key, []).append(condition)
    weights = [weight for _, weight in members]
    if weights in ([], [1.0]):
        return guider
    names = [POSITIVE, *(f"{POSITIVE} {number}" for number in range(2, len(weights) + 1))]
    sides = {**guider.sides, **dict(zip(names, members.values(), strict=True))}
    return Guider(sides, Composed(guider.formula, dict(zip(names, weights, strict=True))))

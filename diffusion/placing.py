"""Conditions placed on the latent of a run: areas in cells, masks in its size, all a network wants.

Where a prompt has an area, the other sides get their own prompt on the same area, so that guidance
compares like with like.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diffusion.evaluation import Evaluation
from diffusion.formulas import NEGATIVE
from diffusion.masked_input import seen_beside
from diffusion.regions import PIXELS, Area, Region, read_region

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from diffusion.attention import AttentionPatch
    from diffusion.conditioning import Condition
    from diffusion.model import DiffusionModel


@dataclass(frozen=True)
class Prompt:
    """What the network is told.

    Attributes:
        context: What it attends to, [1 or B, tokens, width].
        vector: What else the prompt says, [1 or B, width], for models that take it.
        beside: Channels it sees beside the latent, [B, more, h, w], for models that do.
    """

    context: Tensor
    vector: Tensor | None = None
    beside: Tensor | None = None


@dataclass(frozen=True)
class Placed:
    """A prompt and where it counts."""

    prompt: Prompt
    region: Region

    def evaluation(
        self, x: Tensor, sigma: float, attention: AttentionPatch | None = None
    ) -> Evaluation:
        """Ask the network about its part of a latent, [B, C, h, w]."""
        area, beside = self.region.area, self.prompt.beside
        if area is not None:
            x, beside = area.crop(x), beside if beside is None else area.crop(beside)
        return Evaluation(x, sigma, self.prompt.context, self.prompt.vector, beside, attention)


def place(
    sides: Mapping[str, Sequence[Condition]],
    model: DiffusionModel,
    original: Tensor,
    mask: Tensor | None = None,
) -> dict[str, tuple[Placed, ...]]:
    """Place the conditions of each side.

    Args:
        sides: By name, `positive` and `negative` for instance.
        model: Tells what its network wants to know.
        original: The latent that the run starts from, in model units, [B, C, h, w].
        mask: 1 where the picture is made anew, [B, 1, h, w].

    Raises:
        DiffusionError: An area or mask cannot be used, or a model misses something.
    """
    placed = {
        name: [_placed(condition, name, model, original, mask) for condition in conditions]
        for name, conditions in sides.items()
    }
    for name, own in placed.items():
        for one in own:
            for other, theirs in placed.items():
                if other != name and one.region.area is not None:
                    _add_counterpart(theirs, one.region, one.region.area)
    return {name: tuple(conditions) for name, conditions in placed.items()}


def _placed(
    condition: Condition,
    name: str,
    model: DiffusionModel,
    original: Tensor,
    mask: Tensor | None,
) -> Placed:
    region = read_region(
        condition.options,
        original,
        sigma_from=condition.sigma_from,
        sigma_to=condition.sigma_to,
    )
    vector = None
    if model.told is not None:
        height, width = (side * PIXELS for side in original.shape[-2:])
        negative = name == NEGATIVE
        vector = model.told.vector(
            condition.options, width=width, height=height, negative=negative
        ).to(original)
    beside = seen_beside(condition.options, model, original, mask)
    return Placed(Prompt(condition.context, vector, beside), region)


def _add_counterpart(conditions: list[Placed], region: Region, area: Area) -> None:
    """Ask what holds in the smallest area around this one on this area, too, if not there yet."""
    around = [one for one in conditions if one.region.area is None or area.lies_in(one.region.area)]
    if not around:
        return
    closest = min(around, key=_size)
    if closest.region.area != area:
        conditions.append(Placed(closest.prompt, region))


def _size(placed: Placed) -> float:
    area = placed.region.area
    return float("inf") if area is None else area.height * area.width

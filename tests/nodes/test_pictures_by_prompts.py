"""Pictures of the starter model under several prompts: each obeyed where it counts."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.conditioning_edits import with_options
from diffusion.masks import Differential
from diffusion.model import DiffusionModel
from diffusion.sampling import sample
from nodes.guidance import (
    perp_neg,
    perturbed_attention_guidance,
    rescale_cfg,
    self_attention_guidance,
)
from tests.nodes.conftest import Starter

RED, BLUE, GREEN = (220, 50, 47), (38, 90, 215), (60, 160, 75)
YELLOW, WHITE = (250, 210, 50), (250, 250, 250)


def _sampled(
    starter: Starter,
    positive: Sequence[Any],
    latent: dict[str, Any],
    *,
    negative: str = "",
    model: DiffusionModel | None = None,
    steps: int = 16,
    seed: int = 1,
) -> Tensor:
    return sample(
        model or starter.model,
        positive,
        starter.clip.encode(negative),
        latent,
        seed=seed,
        steps=steps,
        cfg=4.0,
        sampler="euler",
        schedule="normal",
    )


def _empty(width: int, height: int, batch: int = 1) -> dict[str, Any]:
    return {"samples": torch.zeros(batch, 4, height // 8, width // 8)}


def _looks(picture: Tensor, colour: tuple[int, int, int], *, within: float = 45.0) -> bool:
    """Whether part of a picture is of one colour on the whole."""
    mean = picture.reshape(-1, 3).mean(dim=0) * 255.0
    return bool((mean - torch.tensor(colour)).norm() < within)


def test_each_half_shows_what_its_prompt_says(starter: Starter) -> None:
    left = starter.clip.encode("a large red circle on a yellow background")
    right = starter.clip.encode("a large blue square on a white background")
    positive = [
        *with_options(left, area=(8, 8, 0, 0)),
        *with_options(right, area=("percentage", 1.0, 0.5, 0.0, 0.5)),
    ]

    (picture,) = starter.vae.decode(_sampled(starter, positive, _empty(128, 64)))

    assert picture.shape == (64, 128, 3)
    assert _looks(picture[28:36, 28:36], RED)
    assert _looks(picture[28:36, 92:100], BLUE)
    assert _looks(picture[:6, :24], YELLOW)
    assert _looks(picture[:6, 104:], WHITE)


def test_masked_prompts_are_obeyed_on_their_sides(starter: Starter) -> None:
    mask = torch.zeros(1, 64, 64)
    mask[..., :32] = 1.0
    left = starter.clip.encode("a red circle at the left on a white background")
    right = starter.clip.encode("a blue square at the right on a white background")

    positive = [*with_options(left, mask=mask), *with_options(right, mask=1.0 - mask)]
    (picture,) = starter.vae.decode(_sampled(starter, positive, _empty(64, 64)))

    assert _looks(picture[28:36, 11:19], RED)
    assert _looks(picture[28:36, 44:52], BLUE)
    assert _looks(picture[:6], WHITE)


def test_a_prompt_over_areas_that_tile_the_picture_without_seeing_less_is_the_prompt(
    starter: Starter,
) -> None:
    prompt = starter.clip.encode("a red heart on a white background")
    masks = torch.zeros(2, 64, 64)
    masks[0, :, :32] = masks[1, :, 32:] = 1.0

    tiles = [entry for mask in masks for entry in with_options(prompt, mask=mask[None])]

    plain = _sampled(starter, prompt, _empty(64, 64), steps=4)
    tiled = _sampled(starter, tiles, _empty(64, 64), steps=4)
    torch.testing.assert_close(tiled, plain, rtol=1e-3, atol=1e-3)


def test_areas_of_odd_sizes_are_no_trouble_to_a_network_that_halves_them(starter: Starter) -> None:
    prompt = starter.clip.encode("a red heart on a white background")
    areas = [(1, 1, 0, 0), (3, 7, 5, 4), (8, 12, 0, 0), (5, 9, 3, 3)]
    parts = [entry for area in areas for entry in with_options(prompt, area=area)]

    made = _sampled(starter, [*prompt, *parts], _empty(96, 64), steps=2)

    assert bool(torch.isfinite(made).all())


def test_the_right_half_is_painted_in_and_the_left_stays(starter: Starter) -> None:
    first = _sampled(
        starter,
        starter.clip.encode("a red circle at the left on a white background"),
        _empty(64, 64),
    )
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 32:] = 1.0
    wanted = starter.clip.encode("a blue square at the right on a white background")

    second = _sampled(starter, wanted, {"samples": first, "noise_mask": mask}, seed=2)

    torch.testing.assert_close(second[..., :4], first[..., :4], rtol=1e-4, atol=1e-3)
    (picture,) = starter.vae.decode(second)
    assert _looks(picture[28:36, 11:19], RED)
    assert _looks(picture[28:36, 44:52], BLUE)


def test_a_soft_mask_paints_a_picture_and_not_its_average(starter: Starter) -> None:
    first = _sampled(
        starter,
        starter.clip.encode("a red circle at the left on a white background"),
        _empty(64, 64),
    )
    mask = torch.linspace(0.0, 1.0, 64).expand(1, 1, 64, 64)
    wanted = starter.clip.encode("a red circle at the left on a green background")
    model = starter.model.with_mask_over_time(Differential())

    made = _sampled(starter, wanted, {"samples": first, "noise_mask": mask}, model=model, seed=2)

    (picture,) = starter.vae.decode(made)
    assert _looks(picture[:, 40:], GREEN)
    assert _looks(picture[28:36, 11:19], RED)


SQUARE = "a blue square on a white background"


@pytest.mark.parametrize(
    ("patch", "negative"),
    [
        (lambda starter: self_attention_guidance(starter.model, 0.5, 2.0), ""),
        (lambda starter: perturbed_attention_guidance(starter.model, 1.0), ""),
        (lambda starter: rescale_cfg(starter.model, 0.7), ""),
        (lambda starter: perp_neg(starter.model, starter.clip.encode("")), SQUARE),
    ],
    ids=["self-attention", "perturbed attention", "rescaled", "perp-neg"],
)
def test_the_prompt_is_obeyed_under_every_kind_of_guidance(
    starter: Starter, patch: Callable[[Starter], DiffusionModel], negative: str
) -> None:
    prompt = starter.clip.encode("a large red circle on a yellow background")
    latent = _empty(64, 64)

    made = _sampled(starter, prompt, latent, negative=negative, model=patch(starter))

    (picture,) = starter.vae.decode(made)
    assert _looks(picture[28:36, 28:36], RED)
    assert _looks(picture[:6, :20], YELLOW)
    plain = _sampled(starter, prompt, latent, negative=negative)
    assert (made - plain).abs().max() > 1e-2

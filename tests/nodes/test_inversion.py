"""A picture inverted by either of the two ways, made again, and edited, with the starter model."""

import dataclasses
from typing import Any

import pytest
import torch

from graph.context import NodeContext
from graph.errors import Cancelled
from graph.folders import Folders
from nodes.custom_sampling import sampler_custom, sampler_custom_advanced
from nodes.guiders import basic_guider
from nodes.inversion import ddim_inversion
from nodes.noise import disable_noise
from nodes.samplers import k_sampler_select
from nodes.sampling import k_sampler, k_sampler_advanced
from nodes.schedulers import basic_scheduler
from nodes.sigmas import flip_sigmas
from tests.nodes.conftest import Starter

STEPS = 50
SEEN, WANTED = "a red circle on a white background", "a blue circle on a white background"


@pytest.fixture(scope="module")
def picture(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> torch.Tensor:
    """A red circle, [1, 64, 64, 3]."""
    context = NodeContext("1", Folders.under(tmp_path_factory.mktemp("picture")))
    made = k_sampler(
        context,
        starter.model,
        seed=3,
        steps=12,
        cfg=5.0,
        sampler_name="dpmpp_2m",
        scheduler="karras",
        positive=starter.clip.encode(SEEN),
        negative=starter.clip.encode(""),
        latent_image={"samples": torch.zeros(1, 4, 8, 8)},
    )
    return starter.vae.decode(made["samples"])


def _resampled(
    context: NodeContext,
    starter: Starter,
    noise: dict[str, Any],
    prompt: str,
    cfg: float,
    steps: int = STEPS,
) -> torch.Tensor:
    made = k_sampler_advanced(
        context,
        starter.model,
        "disable",
        steps=steps,
        cfg=cfg,
        sampler_name="euler",
        scheduler="karras",
        positive=starter.clip.encode(prompt),
        negative=starter.clip.encode(""),
        latent_image=noise,
        return_with_leftover_noise="disable",
    )
    return starter.vae.decode(made["samples"])


def _psnr(ours: torch.Tensor, reference: torch.Tensor) -> float:
    return float(-10.0 * (ours - reference).square().mean().log10())


def _inverted(
    context: NodeContext,
    starter: Starter,
    picture: torch.Tensor,
    **options: Any,  # noqa: ANN401
) -> dict[str, Any]:
    latent = {"samples": starter.vae.encode(picture), "noise_mask": torch.ones(1, 8, 8)}
    noise: dict[str, Any] = ddim_inversion(
        context,
        starter.model,
        starter.clip.encode(SEEN),
        latent,
        scheduler="karras",
        **options,
    )
    return noise


@pytest.mark.parametrize("refinements", [0, 2])
def test_a_picture_comes_back_from_its_noise(
    context: NodeContext, starter: Starter, picture: torch.Tensor, refinements: int
) -> None:
    noise = _inverted(context, starter, picture, steps=STEPS, refinements=refinements)

    again = _resampled(context, starter, noise, SEEN, 1.0)

    assert "noise_mask" not in noise
    assert _psnr(again, picture) >= 30.0
    through_vae = starter.vae.decode(starter.vae.encode(picture))
    assert _psnr(again, through_vae) >= (80.0 if refinements else 40.0)


def test_flipped_noise_levels_do_as_well(
    context: NodeContext, starter: Starter, picture: torch.Tensor
) -> None:
    levels = basic_scheduler(starter.model, "karras", STEPS)
    prompt, euler = starter.clip.encode(SEEN), k_sampler_select("euler")
    latent = {"samples": starter.vae.encode(picture)}
    guider = basic_guider(starter.model, prompt)

    noise, _ = sampler_custom_advanced(
        context, disable_noise(), guider, euler, flip_sigmas(levels), latent
    )
    again, _ = sampler_custom(
        context,
        starter.model,
        add_noise=False,
        cfg=1.0,
        positive=prompt,
        negative=prompt,
        sampler=euler,
        sigmas=levels,
        latent_image=noise,
    )

    assert _psnr(starter.vae.decode(again["samples"]), picture) >= 30.0


def test_another_prompt_edits_the_picture_and_keeps_its_layout(
    context: NodeContext, starter: Starter, picture: torch.Tensor
) -> None:
    noise = _inverted(context, starter, picture, steps=15, refinements=1)

    edited = _resampled(context, starter, noise, WANTED, 3.0, steps=15)

    shape = picture[..., 1] < 0.5  # neither white's nor a bright colour's green
    red, _, blue = edited[shape].mean(dim=0).tolist()
    assert blue > red + 0.3
    background = picture.amin(dim=-1) > 0.9
    assert float((edited - picture)[background].abs().mean()) < 0.05


def test_an_inversion_can_be_cancelled(
    context: NodeContext, starter: Starter, picture: torch.Tensor
) -> None:

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        _inverted(dataclasses.replace(context, raise_if_cancelled=cancel), starter, picture)

"""Pictures and latents made ready for inpainting and outpainting."""

import pytest
import torch

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.inpainting import (
    image_pad_for_outpaint,
    set_latent_noise_mask,
    vae_encode_for_inpaint,
)
from nodes.vae import vae_encode
from tests.nodes.conftest import Starter


def _picture(height: int = 64, width: int = 64) -> torch.Tensor:
    return torch.rand(1, height, width, 3, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("shape", [(64, 48), (1, 64, 48), (1, 1, 64, 48)])
def test_a_mask_goes_with_the_latents_in_one_form(shape: tuple[int, ...]) -> None:
    latent = {"samples": torch.zeros(1, 4, 8, 8), "batch_index": [3]}

    masked = set_latent_noise_mask(latent, torch.ones(shape))

    assert torch.equal(masked["noise_mask"], torch.ones(1, 1, 64, 48))
    assert masked["batch_index"] == [3]
    assert "noise_mask" not in latent


def test_what_is_no_mask_is_refused() -> None:
    with pytest.raises(NodeInputError, match=r"input 'mask': a mask has shape.*\[1, 8, 8, 3\]"):
        set_latent_noise_mask({"samples": torch.zeros(1, 4, 8, 8)}, torch.zeros(1, 8, 8, 3))


def test_of_what_is_to_be_painted_the_latents_know_nothing(
    context: NodeContext, starter: Starter
) -> None:
    mask = torch.zeros(1, 64, 64)
    mask[:, 16:40, 16:40] = 1.0
    one, other = _picture(), _picture()
    other[:, 16:40, 16:40] = 1.0 - other[:, 16:40, 16:40]

    latents = [vae_encode_for_inpaint(context, it, starter.vae, mask) for it in (one, other)]

    assert torch.equal(latents[0]["samples"], latents[1]["samples"])
    assert latents[0]["noise_mask"].shape == (1, 1, 64, 64)
    assert float(latents[0]["noise_mask"].sum()) == (24 + 5) ** 2


def test_with_nothing_to_paint_it_is_the_plain_encoder(
    context: NodeContext, starter: Starter
) -> None:
    latent = vae_encode_for_inpaint(context, _picture(), starter.vae, torch.zeros(1, 64, 64), 0)

    plain = vae_encode(context, _picture(), starter.vae)
    assert torch.equal(latent["samples"], plain["samples"])
    assert float(latent["noise_mask"].max()) == 0.0


def test_sides_and_masks_of_any_size_fit(context: NodeContext, starter: Starter) -> None:
    mask = torch.ones(1, 10, 10)

    latent = vae_encode_for_inpaint(context, _picture(30, 65), starter.vae, mask)

    assert latent["samples"].shape == (1, 4, 3, 8)
    assert latent["noise_mask"].shape == (1, 1, 24, 64)


def test_a_checkpoint_without_vae_is_missed(context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match=r"vae'? is empty.*holds no VAE"):
        vae_encode_for_inpaint(context, _picture(), None, torch.zeros(1, 64, 64))


def test_a_padded_picture_and_its_mask_have_one_size() -> None:
    padded, mask = image_pad_for_outpaint(_picture(), 8, 16, 24, 32, feathering=10)

    assert torch.equal(padded[:, 16:80, 8:72], _picture())
    assert mask.shape == padded.shape[:3] == (1, 112, 96)
    assert float(mask[0, 48, 40]) == 0.0
    assert float(mask[0, 48, 8 + 5]) == pytest.approx(0.25)
    assert float(mask[0, 0].min()) == 1.0


def test_padding_by_nothing_marks_nothing() -> None:
    padded, mask = image_pad_for_outpaint(_picture())

    assert torch.equal(padded, _picture())
    assert float(mask.max()) == 0.0

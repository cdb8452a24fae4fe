"""Pictures and latents made ready for inpainting and outpainting."""

from typing import Any, ClassVar

import pytest
import torch

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.inpainting import (
    image_pad_for_outpaint,
    inpaint_model_conditioning,
    set_latent_noise_mask,
    vae_encode_for_inpaint,
)
from nodes.vae import vae_encode
from tests.nodes.conftest import Starter, Told


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


class TestInpaintModelConditioning:
    """What an inpainting model is shown, and what sampling starts from."""

    PROMPT: ClassVar[list[list[Any]]] = [[torch.ones(1, 77, 8), {"kept": 1}]]

    def _mask(self, value: float = 1.0) -> torch.Tensor:
        mask = torch.zeros(1, 64, 64)
        mask[:, 16:40, 16:40] = value
        return mask

    def test_the_model_sees_the_picture_without_what_is_painted(
        self, context: NodeContext, starter: Starter
    ) -> None:
        one, other = _picture(), _picture()
        other[:, 16:40, 16:40] = 1.0 - other[:, 16:40, 16:40]

        shown = [
            inpaint_model_conditioning(
                context, self.PROMPT, self.PROMPT, starter.vae, picture, self._mask()
            )
            for picture in (one, other)
        ]

        (first, _, start), (second, _, _) = shown
        seen = first[0][1]["concat_latent_image"]
        assert torch.equal(seen, second[0][1]["concat_latent_image"])
        assert torch.equal(start["samples"], vae_encode(context, one, starter.vae)["samples"])
        assert not torch.equal(seen, start["samples"])

    def test_both_prompts_get_the_same_and_keep_what_they_said(
        self, context: NodeContext, starter: Starter
    ) -> None:
        positive, negative, latent = inpaint_model_conditioning(
            context, self.PROMPT, self.PROMPT * 2, starter.vae, _picture(), self._mask(0.4)
        )

        (told,) = (options for _, options in positive)
        assert told["kept"] == 1
        assert torch.equal(told["concat_mask"], self._mask(0.4)[:, None])
        assert torch.equal(latent["noise_mask"], self._mask(0.4)[:, None])
        assert len(negative) == 2
        assert all(o["concat_mask"] is told["concat_mask"] for _, o in negative)
        assert self.PROMPT[0][1] == {"kept": 1}

    def test_without_noise_mask_all_of_the_latent_may_change(
        self, context: NodeContext, starter: Starter
    ) -> None:
        *_, latent = inpaint_model_conditioning(
            context, self.PROMPT, self.PROMPT, starter.vae, _picture(), self._mask(), False
        )

        assert set(latent) == {"samples"}

    def test_edges_beyond_a_multiple_of_eight_are_cut_off(
        self, context: NodeContext, starter: Starter, told: Told
    ) -> None:
        positive, _, latent = inpaint_model_conditioning(
            context, self.PROMPT, self.PROMPT, starter.vae, _picture(70, 75), self._mask()
        )

        assert latent["samples"].shape[-2:] == (8, 9)
        assert positive[0][1]["concat_mask"].shape == (1, 1, 64, 72)
        assert positive[0][1]["concat_latent_image"].shape[-2:] == (8, 9)
        assert [done[:2] for done in told.progress] == [(1, 2), (2, 2)]

    def test_without_autoencoder_that_is_told(self, context: NodeContext) -> None:
        with pytest.raises(NodeInputError, match=r"'vae' is empty"):
            inpaint_model_conditioning(
                context, self.PROMPT, self.PROMPT, None, _picture(), self._mask()
            )

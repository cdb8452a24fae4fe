"""Pictures to latents and back."""

import dataclasses

import pytest
import torch

from graph.context import NodeContext
from graph.errors import Cancelled, NodeInputError
from nodes.vae import vae_decode, vae_encode
from tests.nodes.conftest import Starter, Told


def _two_grounds() -> torch.Tensor:
    colours = torch.tensor([[0.86, 0.2, 0.18], [0.18, 0.37, 0.84]])
    return colours[:, None, None].expand(2, 64, 64, 3).contiguous()


def test_a_picture_survives_encoding_and_decoding(context: NodeContext, starter: Starter) -> None:
    pictures = _two_grounds()

    latent = vae_encode(context, pictures, starter.vae)
    again = vae_decode(context, latent, starter.vae)

    assert latent["samples"].shape == (2, 4, 8, 8)
    assert again.shape == pictures.shape
    assert (again - pictures).abs().mean() < 0.05


def test_each_picture_of_a_batch_is_told_of(
    context: NodeContext, starter: Starter, told: Told
) -> None:
    vae_decode(context, {"samples": torch.zeros(3, 4, 2, 2)}, starter.vae)

    assert told.progress == [(1, 3, None), (2, 3, None), (3, 3, None)]


def test_decoding_and_encoding_stop_within_a_picture(
    context: NodeContext, starter: Starter, told: Told
) -> None:
    asked = 0

    def cancel() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Cancelled

    stopping = dataclasses.replace(context, raise_if_cancelled=cancel)
    with pytest.raises(Cancelled):
        vae_decode(stopping, {"samples": torch.zeros(1, 4, 2, 2)}, starter.vae)
    asked = 0
    with pytest.raises(Cancelled):
        vae_encode(stopping, _two_grounds()[:1], starter.vae)
    assert told.progress == []


@pytest.mark.parametrize(("width", "height"), [(1, 1), (64, 7)])
def test_a_picture_smaller_than_a_latent_is_refused(
    context: NodeContext, starter: Starter, width: int, height: int
) -> None:
    with pytest.raises(NodeInputError, match=f"'pixels': .*{width}×{height} pixels.*at least 8×8"):
        vae_encode(context, torch.zeros(1, height, width, 3), starter.vae)


def test_sizes_between_multiples_of_eight_are_cropped(
    context: NodeContext, starter: Starter
) -> None:
    encoded = vae_encode(context, torch.zeros(1, 30, 65, 3), starter.vae)

    assert encoded["samples"].shape == (1, 4, 3, 8)


def test_latents_of_another_family_are_refused(context: NodeContext, starter: Starter) -> None:
    with pytest.raises(NodeInputError, match=r"'samples': .*another family"):
        vae_decode(context, {"samples": torch.zeros(1, 16, 8, 8)}, starter.vae)


def test_a_checkpoint_without_vae_is_missed_where_it_is_needed(context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match=r"'vae' is empty.*holds no VAE"):
        vae_decode(context, {"samples": torch.zeros(1, 4, 2, 2)}, None)

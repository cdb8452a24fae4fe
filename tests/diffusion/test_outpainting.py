"""Padding and its mask, and what an autoencoder is shown of a picture to be inpainted."""

import pytest
import torch

from diffusion.errors import DiffusionError
from diffusion.outpainting import blank_masked, pad, padding_mask


def _picture(height: int = 6, width: int = 8) -> torch.Tensor:
    return torch.rand(2, height, width, 3, generator=torch.Generator().manual_seed(3))


def test_what_is_padded_can_be_cropped_again() -> None:
    picture = _picture()

    padded = pad(picture, left=1, top=2, right=3, bottom=4)

    assert padded.shape == (2, 12, 12, 3)
    assert torch.equal(padded[:, 2:8, 1:9], picture)
    padded[:, 2:8, 1:9] = 0.5
    assert torch.equal(padded, torch.full((2, 12, 12, 3), 0.5))


def _mask(feathering: int, **sides: int) -> torch.Tensor:
    nothing = {"left": 0, "top": 0, "right": 0, "bottom": 0}
    return padding_mask(8, 6, feathering=feathering, **(nothing | sides))


def test_the_padding_is_marked() -> None:
    mask = _mask(0, left=1, top=2, right=3, bottom=4)

    assert mask.shape == (1, 12, 12)
    assert float(mask[:, 2:8, 1:9].max()) == 0.0
    assert float(mask.sum()) == 12 * 12 - 6 * 8


def test_the_mask_reaches_into_the_picture_by_the_square_of_nearness() -> None:
    mask = _mask(2, left=8)

    assert mask[0, 3].tolist() == [1.0] * 8 + [1.0, 0.25] + [0.0] * 6


def test_towards_the_end_of_a_line_the_distance_starts_at_one() -> None:
    assert _mask(2, right=8)[0, 3].tolist() == [0.0] * 7 + [0.25] + [1.0] * 8


def test_in_a_corner_the_nearer_side_counts() -> None:
    mask = _mask(2, left=8, top=8)

    assert mask[0, 8:11, 8:11].tolist() == [[1, 1, 1], [1, 0.25, 0.25], [1, 0.25, 0]]


@pytest.mark.parametrize("feathering", [3, 40])
def test_fades_that_would_meet_are_left_out(feathering: int) -> None:
    assert float(_mask(feathering, left=8)[..., 8:].max()) == 0.0


def test_without_padding_nothing_is_marked() -> None:
    assert torch.equal(_mask(2), torch.zeros(1, 6, 8))


def test_what_is_to_be_painted_becomes_grey() -> None:
    picture = _picture(16, 16)
    mask = torch.zeros(1, 16, 16)
    mask[:, 4:8, 4:8] = 0.9
    mask[:, 0, 0] = 0.5

    shown, noise_mask = blank_masked(picture, mask, factor=8, grow_by=0)

    assert torch.equal(shown[:, 4:8, 4:8], torch.full((2, 4, 4, 3), 0.5))
    assert torch.equal(shown[:, 8:], picture[:, 8:])
    assert torch.equal(shown[:, 0, 0], picture[:, 0, 0])
    assert torch.equal(noise_mask, (mask > 0.5).float())


def test_the_noise_reaches_further_than_the_grey() -> None:
    mask = torch.zeros(1, 16, 16)
    mask[:, 8, 8] = 1.0
    picture = _picture(16, 16)

    shown, noise_mask = blank_masked(picture, mask, factor=8, grow_by=6)

    assert int((shown != picture).any(dim=-1)[0].sum()) == 1
    assert noise_mask[0, 8].tolist() == [0.0] * 6 + [1.0] * 6 + [0.0] * 4
    assert float(noise_mask.sum()) == 36.0


def test_picture_and_mask_are_cropped_alike() -> None:
    picture = torch.arange(21.0)[None, None, :, None].expand(1, 8, 21, 3)
    mask = torch.zeros(1, 8, 21)
    mask[..., 2] = 1.0

    shown, noise_mask = blank_masked(picture, mask, factor=8, grow_by=0)

    assert shown[0, 0, :, 0].tolist() == [0.5, *range(3, 18)]
    assert noise_mask[0, 0].tolist() == [1.0] + [0.0] * 15


def test_one_mask_serves_a_batch_and_any_size() -> None:
    shown, noise_mask = blank_masked(torch.ones(3, 8, 8, 3), torch.ones(64, 64), 8, 0)

    assert torch.equal(shown, torch.full((3, 8, 8, 3), 0.5))
    assert noise_mask.shape == (1, 8, 8)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(DiffusionError, match="pictures have shape"):
        pad(torch.zeros(8, 8, 3), 1, 1, 1, 1)

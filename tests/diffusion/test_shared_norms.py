"""Group norms that know the whole picture from parts of it."""

import pytest
import torch
from torch import nn

from diffusion.representatives import representatives
from diffusion.shared_norms import Sample, SharedNorm, with_shared_norms
from tests.support.tensors import noise


@pytest.fixture
def norm() -> nn.GroupNorm:
    norm = nn.GroupNorm(2, 6)
    norm.load_state_dict({"weight": noise(6, seed=1), "bias": noise(6, seed=2)})
    return norm.requires_grad_(False)


def test_parts_that_make_up_the_picture_give_what_the_picture_gives(norm: nn.GroupNorm) -> None:
    picture = noise(1, 6, 8, 12) * 3 + 5
    shared = SharedNorm(norm)

    shared.sample = Sample(torch.full((3,), 1 / 3), margin=0.0)
    parts = shared(torch.cat(picture.chunk(3, dim=3)))

    assert torch.allclose(torch.cat(parts.split(1), dim=3), norm(picture), atol=1e-5)
    shared.sample = None
    assert torch.allclose(shared(picture[..., 3:7]), norm(picture)[..., 3:7], atol=1e-5)


def test_a_part_counts_for_its_share(norm: nn.GroupNorm) -> None:
    sky, house = noise(1, 6, 8, 8), noise(1, 6, 8, 8, seed=7) + 4
    shared = SharedNorm(norm)

    shared.sample = Sample(torch.tensor([0.75, 0.25]), margin=0.0)
    ours = shared(torch.cat([sky, house]))

    assert torch.allclose(ours[1:], norm(torch.cat([sky, sky, sky, house], 3))[..., 24:], atol=1e-5)


def test_context_is_not_counted(norm: nn.GroupNorm) -> None:
    patch = noise(1, 6, 16, 16)
    shared = SharedNorm(norm)

    shared.sample = Sample(torch.ones(1), margin=0.25)
    ours = shared(patch)[:, :, 4:12, 4:12]

    assert torch.allclose(ours, norm(patch[:, :, 4:12, 4:12]), atol=1e-5)


def test_a_norm_that_measured_nothing_is_the_norm(norm: nn.GroupNorm) -> None:
    picture = noise(2, 6, 5, 5)

    assert torch.equal(SharedNorm(norm)(picture), norm(picture))


def test_a_twin_has_the_weights_of_the_module_and_leaves_it_as_it_was() -> None:
    module = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.Sequential(nn.GroupNorm(1, 4))
    )
    before = dict(module.named_modules())

    twin, norms = with_shared_norms(module)

    assert len(norms) == 2
    assert dict(module.named_modules()) == before
    assert {id(p) for p in twin.parameters()} == {id(p) for p in module.parameters()}


# --- Which parts stand for the picture ---------------------------------------------------------


def test_two_kinds_of_ground_need_two_patches() -> None:
    picture = torch.zeros(1, 3, 80, 80)
    picture[..., 16:] = 1.0

    chosen = representatives(picture, cell=8, patch=16, count=16)

    shares = sorted(share for share in chosen.shares.tolist() if share)
    assert shares == pytest.approx([0.2, 0.8])


@pytest.mark.parametrize(("height", "width"), [(64, 64), (3, 100), (100, 5), (8, 8), (37, 91)])
@pytest.mark.parametrize("count", [1, 5, 64])
def test_patches_are_in_the_picture_and_stand_for_all_of_it(
    height: int, width: int, count: int
) -> None:
    chosen = representatives(noise(1, 4, height, width), cell=8, patch=16, count=count)

    assert chosen.shares.sum().item() == pytest.approx(1.0)
    assert 1 <= len(chosen.corners) <= count
    assert len(chosen.corners) == len(chosen.shares)
    for row, column in chosen.corners:
        assert 0 <= row <= max(height - 16, 0)
        assert 0 <= column <= max(width - 16, 0)

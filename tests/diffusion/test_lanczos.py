"""Lanczos against Pillow's own, in floating point."""

import numpy as np
import pytest
import torch
from PIL import Image

from diffusion.lanczos import lanczos


@pytest.mark.parametrize(
    ("width", "height"), [(8, 6), (13, 9), (31, 47), (16, 3), (1, 1), (3, 24), (64, 64)]
)
def test_it_is_pillows(width: int, height: int) -> None:
    plane = torch.rand(12, 16, generator=torch.Generator().manual_seed(3))

    resized = lanczos(plane[None, None], width, height)

    theirs = Image.fromarray(plane.numpy()).resize((width, height), Image.Resampling.LANCZOS)
    expected = torch.from_numpy(np.asarray(theirs).copy()).clamp(0.0, 1.0)
    torch.testing.assert_close(resized[0, 0], expected, rtol=0, atol=2e-6)


def test_its_own_size_leaves_a_picture_as_it_is() -> None:
    picture = torch.rand(2, 3, 5, 7, generator=torch.Generator().manual_seed(3))

    assert torch.equal(lanczos(picture, 7, 5), picture)


def test_an_even_picture_stays_even() -> None:
    torch.testing.assert_close(
        lanczos(torch.full((1, 1, 9, 9), 0.3), 4, 20).mean(), torch.tensor(0.3)
    )


def test_a_sharp_edge_does_not_overshoot() -> None:
    edge = torch.zeros(1, 1, 1, 8)
    edge[..., 4:] = 1.0

    resized = lanczos(edge, 32, 1)

    assert float(resized.min()) == 0.0
    assert float(resized.max()) == 1.0

"""What SDXL is told besides the prompt."""

import pytest
import torch
from diffusers.models.embeddings import get_timestep_embedding

from diffusion.errors import DiffusionError
from diffusion.size_conditioning import SizeConditioning, Told, waves
from tests.support.tensors import noise

BASE = SizeConditioning(Told.SIZES, 1280 + 6 * 256)
REFINER = SizeConditioning(Told.AESTHETICS, 1280 + 5 * 256)
POOLED = noise(1, 1280)


def test_a_number_is_told_in_the_waves_of_diffusers() -> None:
    numbers = [0.0, 1.0, 6.5, 512.0, 1024.0, 16384.0]

    expected = get_timestep_embedding(
        torch.tensor(numbers), 256, flip_sin_to_cos=True, downscale_freq_shift=0
    )

    assert torch.equal(waves(numbers), expected)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [768, 512, 0, 0, 768, 512]),
        ({"width": 1024, "height": 640}, [640, 1024, 0, 0, 640, 1024]),
        ({"crop_w": 3, "crop_h": 4}, [768, 512, 4, 3, 768, 512]),
        (
            {"width": 1, "height": 2, "target_width": 5, "target_height": 6, "aesthetic_score": 9},
            [2, 1, 0, 0, 6, 5],
        ),
    ],
)
def test_sizes_are_height_before_width_and_the_pictures_own_where_not_given(
    options: dict[str, int], expected: list[int]
) -> None:
    vector = BASE.vector(options | {"pooled_output": POOLED}, width=512, height=768)

    assert torch.equal(vector[:, :1280], POOLED)
    assert torch.equal(vector[:, 1280:], waves([float(n) for n in expected]).reshape(1, -1))


@pytest.mark.parametrize(
    ("options", "negative", "score"),
    [({}, False, 6.0), ({}, True, 2.5), ({"aesthetic_score": 7.25}, True, 7.25)],
)
def test_the_refiner_is_told_a_score_in_place_of_a_target(
    options: dict[str, float], negative: bool, score: float
) -> None:
    vector = REFINER.vector(
        options | {"pooled_output": POOLED}, width=512, height=768, negative=negative
    )

    assert torch.equal(vector[:, 1280:], waves([768.0, 512.0, 0.0, 0.0, score]).reshape(1, -1))


def test_every_item_of_a_batch_has_its_vector() -> None:
    vector = BASE.vector({"pooled_output": noise(3, 1280)}, width=64, height=64)

    assert vector.shape == (3, BASE.width)
    assert torch.equal(vector[0, 1280:], vector[2, 1280:])


def test_a_conditioning_without_a_pooled_embedding_is_told_as_none() -> None:
    assert not BASE.vector({}, width=64, height=64)[:, :1280].any()


def test_a_pooled_embedding_of_another_model_is_refused_in_a_sentence() -> None:
    with pytest.raises(DiffusionError, match="embedding is 768 wide, but this model is told one 1"):
        BASE.vector({"pooled_output": noise(1, 768)}, width=64, height=64)

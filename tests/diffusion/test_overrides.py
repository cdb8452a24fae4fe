"""What a file's own metadata says of it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.errors import DiffusionError
from diffusion.families import FAMILIES
from diffusion.family import CLIP_L, Family
from diffusion.overrides import overridden
from diffusion.parameterisation import Prediction

SD1 = FAMILIES["sd1"]


def _overridden(config: object) -> Family:
    return overridden(SD1, "x", {"safelight.config": json.dumps(config)})


def test_a_file_that_says_nothing_is_its_family() -> None:
    assert overridden(SD1, "x", {"format": "pt"}) == SD1
    assert _overridden({}) == SD1
    assert _overridden({"unet": {"new": 1}, "later": [2]}) == SD1


@pytest.mark.parametrize(
    ("config", "name", "expected"),
    [
        ({"unet": {"attention_head_dim": 64}}, "unet_head_width", 64),
        ({"unet": {"norm_num_groups": 8}}, "unet_groups", 8),
        ({"vae": {"norm_num_groups": 4}}, "vae_groups", 4),
        ({"text": {"head_dim": 32}}, "text_head_width", 32),
        ({"text": {"act": "gelu"}}, "text", (replace(CLIP_L, activation="gelu"),)),
        ({"prediction": "v_prediction"}, "prediction", Prediction.V),
        ({"prediction": "sample"}, "prediction", Prediction.X0),
        ({"native_size": [64, 96]}, "native_size", (64, 96)),
    ],
)
def test_each_part_may_be_said_apart(config: object, name: str, expected: object) -> None:
    family = _overridden(config)

    assert getattr(family, name) == expected
    assert family != SD1


def test_latents_may_have_their_own_scale_and_preview() -> None:
    factors = [[0.1, 0.2, 0.3]] * 4
    config = {"scale": 2, "rgb_factors": factors, "rgb_bias": [0, 0.5, 1]}

    latents = _overridden({"latent": config}).latents

    assert latents.scale == 2.0
    assert latents.rgb_factors == ((0.1, 0.2, 0.3),) * 4
    assert latents.rgb_bias == (0.0, 0.5, 1.0)
    assert latents.channels == SD1.latents.channels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Expecting property name"),
        ("[]", r"the whole is \[\] where an object"),
        ('{"unet": 3}', "unet is 3 where an object"),
        ('{"unet": {"norm_num_groups": 0}}', "norm_num_groups is 0 where a whole number from 1"),
        ('{"vae": {"norm_num_groups": "4"}}', "norm_num_groups is '4' where"),
        ('{"text": {"head_dim": 1.5}}', "head_dim is 1.5 where"),
        ('{"prediction": "flow"}', "'flow' where one of epsilon, v_prediction, sample was"),
        ('{"native_size": 64}', "native_size is 64 where 2 numbers"),
        ('{"native_size": [64, 0]}', "two sides from 1"),
        ('{"latent": {"scale": 1' + "0" * 400 + "}}", "too large to convert to float"),
        ('{"latent": {"scale": NaN}}', "scale is .nan. where 1 numbers"),
        ('{"latent": {"rgb_factors": [[1, 2, 3]]}}', "no list of 4 rows"),
        ('{"latent": {"rgb_factors": [[1, 2], [1, 2], [1, 2], [1, 2]]}}', "a colour is"),
        ('{"latent": {"rgb_bias": "red"}}', "a colour is 'red' where 3 numbers"),
    ],
)
def test_a_note_that_cannot_be_followed_is_refused_in_a_sentence(text: str, message: str) -> None:
    with pytest.raises(DiffusionError, match=message) as caught:
        overridden(SD1, "x", {"safelight.config": text})

    assert str(caught.value).startswith("the metadata 'safelight.config' of x cannot be read: ")


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_VALUES = _SCALARS | st.lists(_SCALARS, max_size=4)
_KEYS = [
    "unet",
    "vae",
    "text",
    "latent",
    "prediction",
    "native_size",
    "attention_head_dim",
    "norm_num_groups",
    "head_dim",
    "act",
    "scale",
    "rgb_factors",
    "rgb_bias",
]


def _configs() -> st.SearchStrategy[dict[str, Any]]:
    parts = st.dictionaries(st.sampled_from(_KEYS), _VALUES)
    return st.dictionaries(st.sampled_from(_KEYS), parts | _VALUES)


@given(_configs() | _VALUES)
def test_any_note_is_followed_or_refused(config: object) -> None:
    try:
        family = _overridden(config)
    except DiffusionError:
        return
    assert min(family.unet_groups, family.vae_groups, *family.native_size) >= 1

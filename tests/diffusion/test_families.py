"""What a checkpoint is recognised as, and what is said of one that is not."""

import pytest
import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.families import FAMILIES, autoencoder_family, family_for, found, recognise
from diffusion.weights import Weights

ATTENTION = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"


def _weights(width: int, metadata: dict[str, str] | None = None) -> Weights:
    return Weights("x", {ATTENTION: torch.empty(320, width)}, metadata or {})


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_recognised_by_the_width_of_its_prompts(name: str) -> None:
    assert recognise(_weights(FAMILIES[name].context)) == FAMILIES[name]


@pytest.mark.parametrize("name", FAMILIES)
def test_metadata_may_name_the_family(name: str) -> None:
    assert recognise(_weights(7, {"safelight.family": name})) == FAMILIES[name]


def test_moving_averages_beside_the_weights_are_not_taken_for_them() -> None:
    average = "model_ema.diffusion_modelinput_blocks11transformer_blocks0attn2.to_k.weight"
    tensors = {average: torch.empty(1, 99)} | dict(_weights(768).tensors)

    assert recognise(Weights("x", tensors)).name == "SD 1.x"


@pytest.mark.parametrize(
    ("width", "message"),
    [
        (1024, r"x is an SD 2\.x checkpoint \(its UNet attends to embeddings 1024 wide\); so far"),
        (
            2048,
            r"x is an SDXL checkpoint \(.* 2048 wide\); so far Safelight reads SD 1\.x and star",
        ),
        (1280, r"x is an SDXL refiner \("),
        (640, r"x is of a model family that is not known \(its UNet attends to embeddings 640"),
    ],
)
def test_another_family_is_called_by_its_name(width: int, message: str) -> None:
    with pytest.raises(DiffusionError, match=message):
        recognise(_weights(width))


@pytest.mark.parametrize(
    ("tensors", "holds"),
    [
        ({}, "it has no tensors"),
        ({"double_blocks.0.x": torch.zeros(1)}, "its 1 tensors are under double_blocks"),
        ({f"{n}.x": torch.zeros(1) for n in "abcdefgh"}, "8 tensors are under a, b, c, d, e, f, …"),
        ({ATTENTION: torch.zeros(3)}, "its 1 tensors are under model"),
    ],
    ids=["nothing", "another model", "many parts", "odd shape"],
)
def test_what_is_no_checkpoint_is_told_what_it_holds(
    tensors: dict[str, Tensor], holds: str
) -> None:
    weights = Weights("x", tensors)

    assert holds in found(weights)
    with pytest.raises(DiffusionError, match=r"x is of a model family that is not known: .*under"):
        recognise(weights)


def test_an_unknown_name_in_the_metadata_is_refused_with_the_closest() -> None:
    message = r"metadata of x names an unknown family 'startr'; did you mean 'starter'\?"

    with pytest.raises(DiffusionError, match=message):
        family_for(768, "x", {"safelight.family": "startr"})


def test_an_autoencoder_alone_is_sd1s_unless_it_says_otherwise() -> None:
    assert autoencoder_family(Weights("x", {})) == FAMILIES["sd1"]
    assert autoencoder_family(Weights("x", {}, {"safelight.family": "starter"})).vae_groups == 4

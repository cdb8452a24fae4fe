"""What a UNet answers, told by its file."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from diffusion.checkpoints import load_checkpoint
from diffusion.errors import DiffusionError
from diffusion.noise_levels import ContinuousLevels
from diffusion.parameterisation import Parameterisation, Prediction
from tests.support.checkpoints import (
    TINY,
    TINY_FAMILIES,
    TINY_NOTES,
    tiny_tensors,
    write_tiny_checkpoint,
)

UNET = "model.diffusion_model."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.safetensors"


def _meaning(path: Path, family: str, **more: Tensor) -> Parameterisation:
    sizes = TINY_FAMILIES.get(family, TINY)
    marks = {name.replace("__", "."): tensor for name, tensor in more.items()}
    tensors = tiny_tensors(sizes=sizes) | marks
    write_tiny_checkpoint(path, tensors, metadata=TINY_NOTES)
    return load_checkpoint(path).model.parameterisation


def _last_norm(spread: float) -> dict[str, Tensor]:
    """Biases with a standard deviation, where SD 2.x tells its kind: its last attention."""
    name = f"{UNET}output_blocks.3.1.transformer_blocks.0.norm1.bias"
    shape = tiny_tensors(sizes=TINY_FAMILIES["SD 2.x"])[name].shape
    return {name.replace(".", "__"): spread * torch.tensor([1.0, -1.0]).repeat(shape[0] // 2)}


@pytest.mark.parametrize(
    ("family", "spread", "expected"),
    [
        ("SD 2.x", 0.02, Prediction.EPS),
        ("SD 2.x", 0.2, Prediction.V),
        ("SD 2.x inpainting", 0.2, Prediction.EPS),
    ],
)
def test_sd2_trained_on_velocities_is_known_by_its_last_norm(
    path: Path, family: str, spread: float, expected: Prediction
) -> None:
    assert _meaning(path, family, **_last_norm(spread)).prediction is expected


def test_other_families_are_not_judged_by_it(path: Path) -> None:
    name = f"{UNET}output_blocks.3.1.transformer_blocks.0.norm1.bias"
    wide = {name: torch.tensor([0.2, -0.2]).repeat(8)}

    write_tiny_checkpoint(path, tiny_tensors() | wide)

    assert load_checkpoint(path).model.parameterisation.prediction is Prediction.EPS


def test_a_mark_tells_a_prediction_of_velocities(path: Path) -> None:
    assert _meaning(path, "SDXL", v_pred=torch.zeros(0)).prediction is Prediction.V


def test_a_mark_tells_that_the_last_level_is_pure_noise(path: Path) -> None:
    meaning = _meaning(path, "SDXL", v_pred=torch.zeros(0), ztsnr=torch.zeros(0))

    assert meaning.prediction is Prediction.V
    assert meaning.sigma_max > 1000.0
    assert meaning.sigma_min == pytest.approx(0.0292, abs=1e-3)


def test_marks_tell_the_levels_of_a_model_tuned_to_continuous_ones(path: Path) -> None:
    meaning = _meaning(path, "SDXL", edm_vpred__sigma_max=torch.tensor(120.0))

    assert meaning == Parameterisation(Prediction.V, ContinuousLevels(0.002, 120.0))


def test_latents_with_a_spread_of_their_own_are_refused_in_a_sentence(path: Path) -> None:
    with pytest.raises(DiffusionError, match=r"x\.safetensors has latents with a mean and sp"):
        _meaning(path, "SDXL", edm_mean=torch.zeros(4), edm_std=torch.ones(4))


def test_who_knows_better_may_say_so(path: Path) -> None:
    write_tiny_checkpoint(path)

    known = load_checkpoint(path, prediction=Prediction.V)

    assert known.model.parameterisation.prediction is Prediction.V
    assert known.model.parameterisation.sigma_max == pytest.approx(14.6146, abs=1e-3)

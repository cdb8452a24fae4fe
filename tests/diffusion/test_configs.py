"""The .yaml beside a checkpoint says what its UNet answers."""

from pathlib import Path

import pytest

from diffusion.checkpoints import load_checkpoint
from diffusion.configs import configured_prediction
from diffusion.errors import DiffusionError
from diffusion.parameterisation import Prediction
from tests.support.checkpoints import write_tiny_checkpoint

V = """
model:
  base_learning_rate: 1.0e-4
  target: ldm.models.diffusion.ddpm.LatentDiffusion
  params:
    parameterization: "v"
    linear_start: 0.00085
    unet_config: {target: ldm.modules.diffusionmodules.openaimodel.UNetModel}
"""
LATER_V = """
model:
  target: sgm.models.diffusion.DiffusionEngine
  params:
    denoiser_config:
      params:
        scaling_config: {target: sgm.modules.diffusionmodules.denoiser_scaling.VScaling}
"""


@pytest.mark.parametrize(
    ("config", "prediction"),
    [
        (V, Prediction.V),
        (V.replace('"v"', "eps"), Prediction.EPS),
        (V.replace('"v"', "x0"), Prediction.X0),
        (LATER_V, Prediction.V),
        (LATER_V.replace("VScaling", "EpsScaling"), Prediction.EPS),
        (V.replace("    parameterization", "    other"), None),
        ("model: [1, 2]", None),
        ("just a sentence", None),
        ("", None),
    ],
)
def test_the_configuration_says_what_the_unet_answers(
    tmp_path: Path, config: str, prediction: Prediction | None
) -> None:
    (tmp_path / "x.yaml").write_text(config)

    assert configured_prediction(tmp_path / "x.safetensors") == prediction


def test_without_a_configuration_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "y.yaml").write_text(V)

    assert configured_prediction(tmp_path / "x.safetensors") is None


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("a: [", "the configuration beside the checkpoint, cannot be read"),
        ("a: !!python/object/apply:os.system ['x']", "cannot be read: could not determine"),
        (V.replace('"v"', "vee"), "gives the parameterization 'vee' where one of eps, v, x0"),
        ("a: " + "x" * 2**20, "which is no configuration"),
        ("[" * 5000, "cannot be read"),
    ],
)
def test_a_configuration_that_cannot_be_followed_is_refused_in_a_sentence(
    tmp_path: Path, config: str, reason: str
) -> None:
    (tmp_path / "x.yaml").write_text(config)

    with pytest.raises(DiffusionError, match=reason) as caught:
        configured_prediction(tmp_path / "x.safetensors")

    assert "\n" not in str(caught.value)


def test_a_checkpoint_follows_the_configuration_beside_it(tmp_path: Path) -> None:
    path = write_tiny_checkpoint(tmp_path / "x.safetensors")
    assert load_checkpoint(path).model.parameterisation.prediction is Prediction.EPS

    (tmp_path / "x.yaml").write_text(V)

    assert load_checkpoint(path).model.parameterisation.prediction is Prediction.V
    asked = load_checkpoint(path, prediction=Prediction.X0)
    assert asked.model.parameterisation.prediction is Prediction.X0

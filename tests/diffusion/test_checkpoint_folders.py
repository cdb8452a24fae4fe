"""Whole models from diffusers folders, sound and damaged."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.testing import assert_close

from diffusion.checkpoints import load_checkpoint
from diffusion.errors import DiffusionError
from diffusion.parameterisation import Prediction
from tests.diffusion.checkpoint_runs import network_module, short_run
from tests.diffusion.reference_modules import reference_text, reference_unet, reference_vae
from tests.support.checkpoints import TINY, tiny_tensors
from tests.support.tensors import noise


@pytest.fixture(scope="module")
def parts() -> dict[str, nn.Module]:
    """The modules of a folder; a prompt 128 wide, since width is all a folder tells."""
    sizes = replace(TINY, text=128)
    tensors = tiny_tensors(sizes=sizes)
    return {
        "unet": reference_unet(tensors, sizes, heads=2, groups=8),
        "text_encoder": reference_text(tensors, sizes, heads=2),
        "vae": reference_vae(tensors, sizes, groups=4),
    }


@pytest.fixture
def folder(tmp_path: Path, parts: dict[str, nn.Module]) -> Path:
    for name, module in parts.items():
        module.save_pretrained(tmp_path / "model" / name)  # type: ignore[operator]
    return tmp_path / "model"


def test_a_folder_becomes_what_diffusers_saved(folder: Path, parts: dict[str, nn.Module]) -> None:
    checkpoint = load_checkpoint(folder)

    assert checkpoint.clip is not None
    assert checkpoint.vae is not None
    loaded = {
        "unet": network_module(checkpoint),
        "text_encoder": checkpoint.clip.parts[0].module,
        "vae": checkpoint.vae.module,
    }
    for name, module in loaded.items():
        expected = parts[name].state_dict()
        assert module.state_dict().keys() == expected.keys()
        assert all(torch.equal(t, expected[n]) for n, t in module.state_dict().items())
    x, context = noise(1, 4, 8, 8), noise(1, 77, 128)
    answer = parts["unet"](x, torch.ones(1), context).sample
    assert_close(checkpoint.model.network(x, torch.ones(1), context), answer, rtol=0, atol=1e-5)
    assert short_run(checkpoint).isfinite().all()


def test_the_scheduler_of_a_folder_tells_its_prediction(folder: Path) -> None:
    assert load_checkpoint(folder).model.parameterisation.prediction is Prediction.EPS

    (folder / "scheduler").mkdir()
    config = folder / "scheduler" / "scheduler_config.json"
    config.write_text(json.dumps({"prediction_type": "v_prediction"}))

    assert load_checkpoint(folder).model.parameterisation.prediction is Prediction.V
    assert load_checkpoint(folder).model.parameterisation.sigma_max < 15.0

    told = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
    config.write_text(json.dumps(told))

    assert load_checkpoint(folder).model.parameterisation.sigma_max > 1000.0


def test_of_several_variants_the_main_one_is_read(folder: Path) -> None:
    other = {"conv_in.weight": torch.zeros(1)}
    save_file(other, folder / "unet" / "diffusion_pytorch_model.fp16.safetensors")

    assert load_checkpoint(folder).model.network is not None


def test_progress_of_a_folder_goes_up_to_its_size(folder: Path) -> None:
    told: list[tuple[int, int]] = []

    load_checkpoint(folder, on_progress=lambda done, total: told.append((done, total)))

    assert told[-1][0] == told[-1][1] == max(done for done, _ in told)
    assert len({total for _, total in told}) == 1


def test_a_folder_may_lack_the_text_encoder_or_the_autoencoder(folder: Path) -> None:
    shutil.rmtree(folder / "text_encoder")
    shutil.rmtree(folder / "vae")

    checkpoint = load_checkpoint(folder)

    assert checkpoint.clip is None
    assert checkpoint.vae is None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda f: shutil.rmtree(f / "unet"),
            r"model has no unet/config\.json, so it is no diffus",
        ),
        (
            lambda f: (f / "unet" / "diffusion_pytorch_model.safetensors").unlink(),
            r"unet has a config\.json and no \.safetensors file",
        ),
        (lambda f: (f / "vae" / "config.json").write_text("{"), r"config\.json cannot be read as"),
        (
            lambda f: (f / "unet" / "config.json").write_text("{}"),
            r"the UNet of model is incomplete",
        ),
        (
            lambda f: (f / "unet" / "config.json").write_text(
                '{"cross_attention_dim": 128, "block_out_channels": 3}'
            ),
            "the UNet of model cannot be built as it is described",
        ),
        (
            lambda f: (f / "vae" / "config.json").write_text("{}"),
            "the autoencoder of model (is incomplete|has|cannot)",
        ),
        (
            lambda f: (f / "text_encoder" / "config.json").write_text('{"hidden_act": 3}'),
            "the text encoder of model (is incomplete|has|cannot)",
        ),
    ],
)
def test_a_damaged_folder_is_refused_in_a_sentence(
    folder: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(folder)

    with pytest.raises(DiffusionError, match=message) as caught:
        load_checkpoint(folder)

    assert "\n" not in str(caught.value)

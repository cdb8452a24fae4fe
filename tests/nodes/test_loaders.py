"""Models loaded by name."""

import dataclasses
import shutil

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from graph.context import NodeContext
from graph.errors import Cancelled, MissingFileError, NodeInputError
from nodes.loaders import load_checkpoint, vae_loader
from tests.nodes.conftest import STARTER, Starter, Told


def _install(context: NodeContext, kind: str = "checkpoints") -> None:
    folder = context.folders.models[kind][0]
    folder.mkdir(parents=True)
    shutil.copy(STARTER, folder)


def test_a_checkpoint_gives_a_model_a_text_encoder_and_a_vae(starter: Starter) -> None:
    assert starter.model.native_size == (64, 64)
    assert starter.model.device == torch.device("cpu")
    assert starter.clip.encode("")[0][0].shape[:2] == (1, 77)
    assert starter.vae.channels == 4


def test_loading_tells_how_far_it_is(context: NodeContext, told: Told) -> None:
    _install(context)

    load_checkpoint(context, STARTER.name)

    done = [value for value, _, _ in told.progress]
    assert done == sorted(done)
    assert {total for _, total, _ in told.progress} == {done[-1]}
    assert len(done) > 10


def test_loading_stops_soon_after_it_is_cancelled(context: NodeContext, told: Told) -> None:
    _install(context)

    def cancel() -> None:
        if len(told.progress) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        load_checkpoint(dataclasses.replace(context, raise_if_cancelled=cancel), STARTER.name)

    assert len(told.progress) == 3


def test_a_missing_checkpoint_is_named_with_the_closest(context: NodeContext) -> None:
    _install(context)

    with pytest.raises(MissingFileError, match=r"startr.*starter\.safetensors"):
        load_checkpoint(context, "startr.safetensors")


def test_a_vae_can_be_taken_out_of_a_checkpoint(context: NodeContext, starter: Starter) -> None:
    _install(context, "vae")
    latents = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(0))

    vae = vae_loader(context, STARTER.name)

    assert torch.equal(vae.decode(latents), starter.vae.decode(latents))


def test_a_checkpoint_without_text_encoder_and_vae_loads_the_model_alone(
    context: NodeContext, starter: Starter
) -> None:
    folder = context.folders.models["checkpoints"][0]
    folder.mkdir(parents=True)
    with safe_open(STARTER, framework="pt") as file:
        names = [name for name in file.keys() if name.startswith("model.")]  # noqa: SIM118
        tensors = {name: file.get_tensor(name) for name in names}
        save_file(tensors, folder / "bare.safetensors", metadata=file.metadata())

    model, clip, vae = load_checkpoint(context, "bare.safetensors")

    assert model.family == starter.model.family
    assert clip is None
    assert vae is None


@pytest.mark.parametrize("keep", [0, 5, 1000, 1_000_000])
def test_a_truncated_checkpoint_is_said_so(context: NodeContext, keep: int) -> None:
    _install(context)
    path = context.folders.model_path("checkpoints", STARTER.name)
    path.write_bytes(STARTER.read_bytes()[:keep])

    with pytest.raises(
        NodeInputError, match=r"'ckpt_name': starter\.safetensors.*download it again"
    ):
        load_checkpoint(context, STARTER.name)

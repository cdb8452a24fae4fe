"""Folders of their own and a context that remembers what a node told."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from diffusion.model import DiffusionModel
from diffusion.text_encoder import TextEncoder
from diffusion.vae import VAE
from graph.context import NodeContext
from graph.folders import Folders
from nodes.loaders import load_checkpoint

STARTER = Path(__file__).parents[2] / "models" / "checkpoints" / "starter.safetensors"


@dataclass
class Told:
    """What a node said while it ran."""

    progress: list[tuple[int, int, object]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Starter:
    """The parts of the starter model."""

    model: DiffusionModel
    clip: TextEncoder
    vae: VAE


@pytest.fixture
def told() -> Told:
    """What the node of this test said."""
    return Told()


@pytest.fixture
def context(tmp_path: Path, told: Told) -> NodeContext:
    """A context over empty folders."""
    folders = Folders.under(tmp_path)
    folders.input.mkdir()

    def on_progress(value: int, total: int, preview: object | None) -> None:
        told.progress.append((value, total, preview))

    return NodeContext("1", folders, on_progress=on_progress, on_warning=told.warnings.append)


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """The starter model, loaded once by the node itself."""
    folders = Folders.under(tmp_path_factory.mktemp("starter"))
    folders.models["checkpoints"][0].mkdir(parents=True)
    shutil.copy(STARTER, folders.models["checkpoints"][0])
    model, clip, vae = load_checkpoint(NodeContext("1", folders), STARTER.name)
    assert clip is not None
    assert vae is not None
    return Starter(model, clip, vae)

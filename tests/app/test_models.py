"""What nodes that load models are handed."""

import subprocess
import sys
from pathlib import Path

import torch

from app.bootstrap.start import ROOT
from app.models import ModelRoom
from app.options import PRECISIONS
from app.settings import Settings
from diffusion.precision import Precision
from diffusion.residency import Residency
from graph.context import NodeContext
from graph.folders import Folders
from nodes.loaders import load_checkpoint
from tests.support.checkpoints import write_tiny_checkpoint

CPU = torch.device("cpu")


def test_every_precision_can_be_wished_for() -> None:
    assert set(PRECISIONS) == {wish.value for wish in Precision}


def test_handing_out_services_loads_no_numerics() -> None:
    code = (
        "import sys; from app.models import ModelRoom; from app.settings import Settings\n"
        "room = ModelRoom(); room.services(Settings()); room.free(); print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "False"


def test_nodes_load_models_in_the_settings_precision_and_the_rooms_care(tmp_path: Path) -> None:
    room, folders = ModelRoom(), Folders.under(tmp_path)
    folders.models["checkpoints"][0].mkdir(parents=True)
    write_tiny_checkpoint(folders.models["checkpoints"][0] / "x.safetensors")
    services = room.services(Settings(precision="bf16", vae_precision="fp16"))

    model, _, vae = load_checkpoint(NodeContext("1", folders, services=services), "x.safetensors")

    assert model.dtype == torch.bfloat16
    assert vae is not None
    assert vae.dtype == torch.float16
    assert isinstance(room.residency, Residency)
    assert room.residency.taken(CPU) > 5_000_000
    room.free()
    assert room.residency.taken(CPU) == 0

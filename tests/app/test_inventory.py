"""Node packs and models that lie about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.inventory import find_models, find_packs
from graph.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path


def test_packs_are_folders_and_single_files(tmp_path: Path) -> None:
    for name in ("a-pack", "off.disabled", "__pycache__", ".git"):
        (tmp_path / name).mkdir()
    for name in ("one.py", "README.md", "notes.txt"):
        (tmp_path / name).touch()
    assert find_packs(tmp_path) == (tmp_path / "a-pack", tmp_path / "one.py")
    assert find_packs(tmp_path / "nowhere") == ()


def test_a_diffusers_folder_is_one_model_with_all_its_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "checkpoints" / "sd" / "unet"
    folder.mkdir(parents=True)
    (folder / "weights.safetensors").write_bytes(bytes(70))
    (folder.parent / "model_index.json").write_bytes(bytes(30))
    (found,) = find_models(Folders.under(tmp_path), "checkpoints")
    assert (found.name, found.bytes) == ("sd", 100)

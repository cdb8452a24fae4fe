"""Where a run's folders are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.errors import InputError
from app.folders import make_folders, require_writable
from app.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_folders_lie_under_the_base_unless_they_are_named(tmp_path: Path) -> None:
    folders = make_folders(Settings(base=tmp_path, output=tmp_path / "elsewhere"))
    assert folders.input == tmp_path / "input"
    assert folders.output == tmp_path / "elsewhere"
    assert folders.models["vae"] == (tmp_path / "models" / "vae",)
    assert list(tmp_path.iterdir()) == []


def test_model_folders_are_searched_in_the_order_given(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    folders = make_folders(Settings(base=tmp_path, models=(tmp_path / "b", tmp_path / "a")))
    assert folders.models["vae"] == (tmp_path / "b" / "vae", tmp_path / "a" / "vae")


def test_extra_folders_come_last_unless_they_are_the_default(tmp_path: Path) -> None:
    config = tmp_path / "extra.yaml"
    config.write_text(
        "one:\n  is_default: true\n  vae: first\n  custom_nodes: packs\n"
        "two:\n  vae: last\n  new_kind: n\n",
        encoding="utf-8",
    )
    folders = make_folders(Settings(base=tmp_path, extra_model_paths=(config,)))
    assert folders.models["vae"] == (
        tmp_path / "first",
        tmp_path / "models" / "vae",
        tmp_path / "last",
    )
    assert folders.models["new_kind"] == (tmp_path / "n",)
    assert "custom_nodes" not in folders.models


@pytest.mark.parametrize("name", ["base", "models"])
def test_a_folder_that_is_named_must_be_there(name: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    settings = Settings(base=nowhere) if name == "base" else Settings(models=(nowhere,))
    with pytest.raises(InputError, match=rf"--{name}-directory .*nowhere: there is no such folder"):
        make_folders(settings)


def test_a_writable_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    require_writable(folder, "--output-directory")
    assert folder.is_dir()
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said_with_the_option(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written to \(.*--output-directory"):
        require_writable(tmp_path / "file" / "b", "--output-directory")

"""ComfyUI's `extra_model_paths.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.errors import InputError
from app.extra_paths import ExtraFolder, read_extra_folders

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> Path:
    file = folder / "extra.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_section_is_relative_to_its_base_path_and_the_base_path_to_the_file(
    tmp_path: Path,
) -> None:
    file = write(
        tmp_path,
        "a111:\n  base_path: ../webui/\n  checkpoints: models/SD\n"
        "  loras: |\n    models/Lora\n    models/LyCORIS\n",
    )
    base = tmp_path / "../webui"
    assert read_extra_folders(file) == (
        ExtraFolder("checkpoints", base / "models/SD", first=False),
        ExtraFolder("loras", base / "models/Lora", first=False),
        ExtraFolder("loras", base / "models/LyCORIS", first=False),
    )


def test_without_a_base_path_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "mine:\n  vae: v\n")
    assert read_extra_folders(file) == (ExtraFolder("vae", tmp_path / "v", first=False),)


def test_a_default_section_comes_first(tmp_path: Path) -> None:
    file = write(tmp_path, "mine:\n  is_default: true\n  vae: v\nyours:\n  vae: w\n")
    assert [folder.first for folder in read_extra_folders(file)] == [True, False]


def test_home_and_environment_variables_are_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIGHTS", str(tmp_path / "w"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    file = write(tmp_path, "mine:\n  vae: $WEIGHTS/v\n  loras: ~/l\n")
    paths = [folder.path for folder in read_extra_folders(file)]
    assert paths == [tmp_path / "w/v", tmp_path / "l"]


def test_names_of_other_versions_lead_to_the_same_folders(tmp_path: Path) -> None:
    file = write(tmp_path, "mine:\n  unet: u\n  text_encoders: t\n")
    kinds = [folder.kind for folder in read_extra_folders(file)]
    assert kinds == ["diffusion_models", "clip"]


def test_an_empty_file_and_empty_sections_name_no_folders(tmp_path: Path) -> None:
    assert read_extra_folders(write(tmp_path, "# nothing\n")) == ()
    assert read_extra_folders(write(tmp_path, "mine:\n  vae:\nyours:\n")) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1", "no valid YAML"),
        ("- a\n", "must hold named sections.*a list"),
        ("mine: 3\n", "'mine'.*holds a int"),
        ("!!python/object/apply:os.system ['true']", "no valid YAML"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_a_sentence(
    text: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=sentence):
        read_extra_folders(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml cannot be read: No such file"):
        read_extra_folders(tmp_path / "nowhere.yaml")

"""Folders: what is found in them, and names that must not lead anywhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.errors import MissingFileError, UnsafePathError
from graph.folders import Folders, contained, split_annotation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """An installation with some files, beside a secret that is none of its business."""
    found = Folders.under(tmp_path / "base")
    for name in (
        "input/cat.png",
        "input/trips/sea.png",
        "input/start.latent",
        "output/made.png",
        "temp/seen.png",
        "models/checkpoints/sd.safetensors",
        "models/checkpoints/old/sd.ckpt",
        "models/checkpoints/README.md",
        "models/checkpoints/flat/model_index.json",
        "models/checkpoints/flat/unet/weights.safetensors",
    ):
        _touch(found.base / name)
    _touch(tmp_path / "secret.png")
    _touch(tmp_path / "secret.safetensors")
    return found


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


ESCAPES = [
    "../secret.png",
    "trips/../../../secret.png",
    "/etc/passwd",
    "..",
    "C:/secret.png",
    "C:secret.png",
    r"C:\secret.png",
    r"..\secret.png",
    r"trips\..\..\secret.png",
    r"\\server\share\secret.png",
    "cat.png\0",
    "cat\ud800.png",
    "//etc/passwd",
]


@pytest.mark.parametrize("name", ESCAPES)
def test_a_name_that_leads_out_is_refused(folders: Folders, name: str) -> None:
    with pytest.raises(UnsafePathError, match="leads out of the input folder"):
        folders.input_path(name)
    with pytest.raises(UnsafePathError, match="leads out of the models/checkpoints folder"):
        folders.model_path("checkpoints", name)
    with pytest.raises(UnsafePathError, match="leads out of the output folder"):
        contained(folders.output, name, "output")


@pytest.mark.parametrize("name", ["../secret.png [output]", "/etc/passwd [temp]"])
def test_an_annotation_opens_no_other_way_out(folders: Folders, name: str) -> None:
    with pytest.raises(UnsafePathError):
        folders.input_path(name)


@pytest.mark.parametrize("target", ["secret.png", "."])
def test_a_link_out_of_the_input_folder_is_refused(
    folders: Folders, tmp_path: Path, target: str
) -> None:
    (folders.input / "link").symlink_to(tmp_path / target)
    name = "link" if target == "secret.png" else "link/secret.png"
    with pytest.raises(UnsafePathError, match=f"'{name}' leads out of the input folder"):
        folders.input_path(name)


def test_a_link_within_the_input_folder_is_followed(folders: Folders) -> None:
    (folders.input / "link.png").symlink_to(folders.input / "cat.png")
    assert folders.input_path("link.png") == folders.input / "cat.png"


def test_a_name_that_is_contained_need_not_exist_yet(folders: Folders) -> None:
    assert contained(folders.output, "new/picture.png", "output") == (
        folders.output / "new/picture.png"
    )


def test_an_output_folder_that_is_itself_a_link_contains_its_files(
    folders: Folders, tmp_path: Path
) -> None:
    (tmp_path / "linked").symlink_to(folders.output)
    assert contained(tmp_path / "linked", "a.png", "output") == folders.output / "a.png"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("cat.png", "input/cat.png"),
        ("trips/sea.png", "input/trips/sea.png"),
        (r"trips\sea.png", "input/trips/sea.png"),
        ("./trips/./sea.png", "input/trips/sea.png"),
        ("cat.png [input]", "input/cat.png"),
        ("made.png [output]", "output/made.png"),
        ("seen.png [temp]", "temp/seen.png"),
    ],
)
def test_an_input_is_found_by_its_name(folders: Folders, name: str, place: str) -> None:
    assert folders.input_path(name) == folders.base / place


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.png", ("a.png", "input")),
        ("a.png [temp]", ("a.png", "temp")),
        ("a [output].png", ("a [output].png", "input")),
        ("a.png[output]", ("a.png[output]", "input")),
        ("a.png [Output]", ("a.png [Output]", "input")),
    ],
)
def test_an_annotation_is_only_that_at_the_end(name: str, parts: tuple[str, str]) -> None:
    assert split_annotation(name) == parts


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cap.png", r"no file 'cap\.png' in the input folder; did you mean 'cat\.png'\?"),
        ("mode.png [output]", r"no file 'mode\.png' in the output folder; did you mean 'made"),
        ("zzz", "no file 'zzz' in the input folder$"),
        ("trips", "no file 'trips' in the input folder"),
        ("", "no file '' in the input folder"),
        ("x" * 5000, "there is no file 'xxx"),
    ],
)
def test_an_input_that_is_missing_is_told_with_the_closest_name(
    folders: Folders, name: str, sentence: str
) -> None:
    with pytest.raises(MissingFileError, match=sentence) as info:
        folders.input_path(name)
    assert info.value.name == name


def test_a_path_to_anywhere_is_taken_only_where_that_is_allowed(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.png"
    monkeypatch.chdir(tmp_path)
    for name in (str(secret), "secret.png", "./base/../secret.png"):
        assert folders.input_path(name, outside=True) == secret
    with pytest.raises(MissingFileError):
        folders.input_path("secret.png")


def test_the_input_folder_comes_before_the_working_directory(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _touch(tmp_path / "cat.png")
    monkeypatch.chdir(tmp_path)
    assert folders.input_path("cat.png", outside=True) == folders.input / "cat.png"


@pytest.mark.parametrize("name", ["car.png", "~nobody-of-this-name/cat.png", "x" * 5000])
def test_what_is_nowhere_is_missing_even_where_all_is_allowed(folders: Folders, name: str) -> None:
    with pytest.raises(MissingFileError, match="there is no file"):
        folders.input_path(name, outside=True)


def test_the_home_folder_has_a_short_name(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert folders.input_path("~/secret.png", outside=True) == tmp_path / "secret.png"


def test_models_are_listed_with_the_folders_they_are_in(folders: Folders) -> None:
    names = ("flat", "old/sd.ckpt", "sd.safetensors")
    assert folders.model_names("checkpoints") == names
    assert folders.model_names("loras") == ()
    assert folders.model_names("no such kind") == ()


@pytest.mark.parametrize("name", ["sd.safetensors", "old/sd.ckpt", r"old\sd.ckpt", "flat"])
def test_a_model_is_found_by_its_name(folders: Folders, name: str) -> None:
    path = folders.model_path("checkpoints", name)
    assert path == folders.models["checkpoints"][0] / name.replace("\\", "/")


@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        ("checkpoints", "sd.safetensor", r"'sd\.safetensor' in models/checkpoints; did you mean"),
        ("checkpoints", "old", "there is no 'old' in models/checkpoints"),
        ("checkpoints", "x" * 5000, "there is no 'xxx"),
        ("loras", "x", "there is no 'x' in models/loras; the folder has none yet"),
    ],
)
def test_a_model_that_is_missing_is_told_with_the_closest_name(
    folders: Folders, kind: str, name: str, sentence: str
) -> None:
    with pytest.raises(MissingFileError, match=sentence):
        folders.model_path(kind, name)


def test_models_may_be_in_several_places_and_the_first_one_wins(
    folders: Folders, tmp_path: Path
) -> None:
    more = tmp_path / "more"
    _touch(more / "extra.safetensors")
    _touch(more / "sd.safetensors")
    first = folders.models["checkpoints"][0]
    several = replace(folders, models={"checkpoints": (first, more, tmp_path / "missing")})
    names = ("extra.safetensors", "flat", "old/sd.ckpt", "sd.safetensors")
    assert several.model_names("checkpoints") == names
    assert several.model_path("checkpoints", "extra.safetensors") == more / "extra.safetensors"
    assert several.model_path("checkpoints", "sd.safetensors") == first / "sd.safetensors"


def test_model_folders_may_hold_links_to_other_disks(folders: Folders, tmp_path: Path) -> None:
    _touch(tmp_path / "disk/big.safetensors")
    root = folders.models["checkpoints"][0]
    (root / "linked.safetensors").symlink_to(tmp_path / "secret.safetensors")
    (root / "disk").symlink_to(tmp_path / "disk")
    for name in ("linked.safetensors", "disk/big.safetensors"):
        assert name in folders.model_names("checkpoints")
        assert folders.model_path("checkpoints", name).is_file()


def test_links_in_a_circle_are_listed_to_an_end(folders: Folders) -> None:
    root = folders.models["checkpoints"][0]
    (root / "old/circle").symlink_to(root)
    (root / "new").symlink_to(root / "flat/unet")
    (root / "flat/unet/circle").symlink_to(root / "old")
    names = ("flat", "new/circle/sd.ckpt", "new/weights.safetensors", "old/sd.ckpt")
    assert folders.model_names("checkpoints") == (*names, "sd.safetensors")


def test_inputs_are_listed_by_suffix_whatever_its_case(folders: Folders) -> None:
    _touch(folders.input / "DOG.PNG")
    assert folders.input_names(frozenset({".png"})) == ("cat.png", "DOG.PNG", "trips/sea.png")
    assert folders.input_names(frozenset({".latent"})) == ("start.latent",)


def test_folders_that_do_not_exist_yet_hold_nothing(tmp_path: Path) -> None:
    folders = Folders.under(tmp_path / "nowhere")
    assert folders.input_names(frozenset({".png"})) == ()
    assert folders.model_names("checkpoints") == ()
    assert not any(tmp_path.iterdir())

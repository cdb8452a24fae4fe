"""Where packs find files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from compat import folder_paths
from graph.errors import UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from graph.folders import Folders

    Node: TypeAlias = Callable[..., AbstractContextManager[list[object]]]


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_folders_are_where_the_application_says_and_are_there(folders: Folders) -> None:
    assert folder_paths.get_input_directory() == str(folders.input)
    assert folder_paths.get_output_directory() == str(folders.output)
    assert folder_paths.get_temp_directory() == str(folders.temp)
    assert folder_paths.get_user_directory() == str(folders.user)
    assert folders.input.is_dir()
    assert folder_paths.output_directory == str(folders.output)
    assert folder_paths.base_path == str(folders.base)
    assert folder_paths.models_dir == str(folders.base / "models")
    assert folder_paths.get_directory_by_type("temp") == str(folders.temp)
    assert folder_paths.get_directory_by_type("moon") is None
    with pytest.raises(AttributeError, match="has no attribute 'moon'"):
        _ = folder_paths.moon


def test_the_module_seems_to_be_in_the_base_folder(folders: Folders) -> None:
    assert Path(folder_paths.__file__).parent == folders.base


def test_files_of_a_kind_are_listed_by_name(folders: Folders) -> None:
    root = folders.models["loras"][0]
    assert folder_paths.get_filename_list("loras") == []
    for name in ("b.safetensors", "sub/a.PT", "notes.txt", ".git/x.pt"):
        _touch(root / name)
    assert folder_paths.get_filename_list("loras") == ["b.safetensors", "sub/a.PT"]
    assert folder_paths.get_folder_paths("loras") == [str(root)]
    with pytest.raises(KeyError):
        folder_paths.get_filename_list("moons")


def test_a_link_that_leads_back_is_followed_once(folders: Folders) -> None:
    root = folders.models["loras"][0]
    _touch(root / "a.pt")
    (root / "again").symlink_to(root, target_is_directory=True)
    assert folder_paths.get_filename_list("loras") == ["a.pt"]


def test_files_of_a_kind_are_found(folders: Folders) -> None:
    path = _touch(folders.models["vae"][0] / "sub" / "a.pt")
    assert folder_paths.get_full_path("vae", "sub/a.pt") == str(path)
    assert folder_paths.get_full_path_or_raise("vae", "sub/a.pt") == str(path)
    assert folder_paths.get_full_path("vae", "b.pt") is None
    with pytest.raises(FileNotFoundError, match=r"no 'sub/b.pt' among .* did you mean"):
        folder_paths.get_full_path_or_raise("vae", "sub/b.pt")


@pytest.mark.parametrize("name", ["../a.pt", "/etc/passwd", "sub/../../a.pt"])
def test_names_do_not_lead_out_of_a_kinds_folders(folders: Folders, name: str) -> None:
    _touch(folders.models["vae"][0].parent / "a.pt")
    folders.models["vae"][0].mkdir()
    assert folder_paths.get_full_path("vae", name) is None


def test_kinds_have_their_older_names_too(folders: Folders) -> None:
    assert folder_paths.get_folder_paths("unet") == folder_paths.get_folder_paths(
        "diffusion_models"
    )
    assert folder_paths.get_folder_paths("text_encoders") == [*map(str, folders.models["clip"])]
    assert folder_paths.map_legacy("unet") == "diffusion_models"


def test_packs_add_kinds_and_folders(folders: Folders, tmp_path: Path) -> None:
    _touch(tmp_path / "one" / "x.bin")
    _touch(tmp_path / "two" / "y.strange")
    folder_paths.add_model_folder_path("moons", str(tmp_path / "one"))
    folder_paths.add_model_folder_path("moons", str(tmp_path / "two"), is_default=True)
    folder_paths.add_model_folder_path("moons", str(tmp_path / "two"))
    assert folder_paths.get_folder_paths("moons") == [
        str(tmp_path / "two"),
        str(tmp_path / "one"),
    ]
    assert folder_paths.get_filename_list("moons") == ["x.bin", "y.strange"]
    folder_paths.folder_names_and_paths["suns"] = ([str(tmp_path / "one")], {".bin"})
    assert folder_paths.get_filename_list("suns") == ["x.bin"]


def test_a_folder_can_become_the_first_one(folders: Folders, tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder_paths.add_model_folder_path("moons", name)
    folder_paths.add_model_folder_path("moons", "two", is_default=True)
    assert folder_paths.get_folder_paths("moons") == ["two", "one"]


def test_a_name_may_say_its_folder(folders: Folders) -> None:
    path = _touch(folders.output / "cat.png")
    assert folder_paths.annotated_filepath("cat.png [output]") == ("cat.png", str(folders.output))
    assert folder_paths.annotated_filepath("cat.png") == ("cat.png", None)
    assert folder_paths.get_annotated_filepath("cat.png [output]") == str(path)
    assert folder_paths.get_annotated_filepath("cat.png") == str(folders.input / "cat.png")
    assert folder_paths.get_annotated_filepath("cat.png", str(folders.output)) == str(path)
    assert folder_paths.exists_annotated_filepath("cat.png [output]")
    assert not folder_paths.exists_annotated_filepath("cat.png")


def test_a_name_does_not_lead_out_of_its_folder(folders: Folders) -> None:
    _touch(folders.base / "secret")
    assert not folder_paths.exists_annotated_filepath("../secret")
    with pytest.raises(UnsafePathError):
        folder_paths.get_annotated_filepath("../secret")


def test_a_name_may_lead_anywhere_where_that_is_allowed(folders: Folders, node: Node) -> None:
    path = _touch(folders.base / "beside.png")
    with node(allow_outside_inputs=True):
        assert folder_paths.get_annotated_filepath(str(path)) == str(path)


def test_the_next_file_of_a_prefix_is_numbered(folders: Folders) -> None:
    out = folder_paths.get_output_directory()
    place = (out, "cat", 1, "", "cat")
    assert folder_paths.get_save_image_path("cat", out) == place
    for name in ("cat_00001_.png", "CAT_00012_.png", "cats_00099_.png", "cat_x.png"):
        _touch(Path(out) / name)
    assert folder_paths.get_save_image_path("cat", out)[2] == 13


def test_a_prefix_may_name_folders_and_sizes(folders: Folders) -> None:
    out = folder_paths.get_output_directory()
    folder, stem, number, below, prefix = folder_paths.get_save_image_path(
        "sub/%width%x%height%_%moon%", out, 64, 32
    )
    assert (folder, stem, number, below) == (str(folders.output / "sub"), "64x32_%moon%", 1, "sub")
    assert prefix == "sub/64x32_%moon%"
    assert Path(folder).is_dir()
    _, stem, *_ = folder_paths.get_save_image_path("%year%-%month%", out)
    assert len(stem) == 7


def test_a_prefix_does_not_lead_out_of_the_folder(folders: Folders) -> None:
    with pytest.raises(UnsafePathError):
        folder_paths.get_save_image_path("../../x", folder_paths.get_output_directory())


def test_files_can_be_chosen_by_what_they_are() -> None:
    files = ["a.png", "b.mp4", "c.wav", "d.safetensors", "e.txt", "f.glb"]
    assert folder_paths.filter_files_content_types(files, ["image", "video"]) == ["a.png", "b.mp4"]
    assert folder_paths.filter_files_content_types(files, ["model"]) == ["d.safetensors", "f.glb"]
    assert folder_paths.filter_files_extensions(["b.PNG", "a.png", "c.x"], [".png"]) == [
        "a.png",
        "b.PNG",
    ]


def test_a_folder_can_be_searched(tmp_path: Path) -> None:
    for name in ("a", "sub/b", "not/c"):
        _touch(tmp_path / name)
    names, times = folder_paths.recursive_search(str(tmp_path), ["not"])
    assert names == ["a", "sub/b"]
    assert [*times] == [str(tmp_path)]
    assert folder_paths.recursive_search(str(tmp_path / "gone")) == ([], {})

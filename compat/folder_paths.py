"""`folder_paths`: where files are, for node packs.

`folder_names_and_paths` is a dictionary that packs change: `{KIND: ([folder, …], {suffix, …})}`,
an empty set meaning any file.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat import surroundings
from compat.file_names import files_below, save_path
from graph.errors import GraphError, MissingFileError, UnsafePathError
from graph.folders import MODEL_SUFFIXES, contained, split_annotation
from graph.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

supported_pt_extensions: set[str] = {*MODEL_SUFFIXES, ".pt2", ".pkl"}
folder_names_and_paths: dict[str, tuple[list[str], set[str]]] = {}
filename_list_cache: dict[str, Any] = {}

_LEGACY = {"unet": "diffusion_models", "text_encoders": "clip"}
# Kinds that ComfyUI has and that we have no folder of our own for.
_MORE = (
    *("configs", "diffusers", "gligen", "hypernetworks", "photomaker", "vae_approx"),
    *("classifiers", "model_patches", "audio_encoders", "latent_upscale_models"),
)


def fill(of: surroundings.Surroundings) -> None:
    """Put in the folders of an application; kinds that packs have added stay.

    Packs take the folder that this file is in for ComfyUI's, so it says that it is in the base.
    """
    globals()["__file__"] = str(of.folders.base / "folder_paths.py")
    found = {kind: [*map(str, paths)] for kind, paths in of.folders.models.items()}
    for kind in _MORE:
        found.setdefault(kind, [str(of.models / kind)])
    for kind, paths in found.items():
        folder_names_and_paths[kind] = (paths, set(supported_pt_extensions))
    for legacy, kind in _LEGACY.items():
        folder_names_and_paths[legacy] = folder_names_and_paths[kind]
    folder_names_and_paths["custom_nodes"] = ([str(of.folders.custom_nodes)], set())


def __getattr__(name: str) -> str:
    places = {
        "base_path": lambda: str(surroundings.folders().base),
        "models_dir": lambda: str(surroundings.surroundings().models),
        "input_directory": get_input_directory,
        "output_directory": get_output_directory,
        "temp_directory": get_temp_directory,
        "user_directory": get_user_directory,
    }
    if name not in places:
        raise AttributeError(f"module 'folder_paths' has no attribute {name!r}")
    return places[name]()


def get_input_directory() -> str:
    """Return the input folder, which is there."""
    return _made(surroundings.folders().input)


def get_output_directory() -> str:
    """Return the output folder, which is there."""
    return _made(surroundings.folders().output)


def get_temp_directory() -> str:
    """Return the folder of previews, which is there."""
    return _made(surroundings.folders().temp)


def get_user_directory() -> str:
    """Return the folder of settings, which is there."""
    return _made(surroundings.folders().user)


def get_directory_by_type(type_name: str) -> str | None:
    """Return the folder that `input`, `output` or `temp` means, or None."""
    by_name = {
        "input": get_input_directory,
        "output": get_output_directory,
        "temp": get_temp_directory,
    }
    return by_name[type_name]() if type_name in by_name else None


def map_legacy(folder_name: str) -> str:
    """Return the name that a kind of models goes by here."""
    return _LEGACY.get(folder_name, folder_name)


def get_folder_paths(folder_name: str) -> list[str]:
    """Return the folders of a kind.

    Raises:
        KeyError: There is no such kind.
    """
    return list(folder_names_and_paths[folder_name][0])


def add_model_folder_path(
    folder_name: str,
    full_folder_path: str,
    is_default: bool = False,
) -> None:
    """Add a folder to a kind, which may be a new one; before the others where it is the default."""
    paths, _ = folder_names_and_paths.setdefault(folder_name, ([], set()))
    if full_folder_path in paths:
        if not is_default:
            return
        paths.remove(full_folder_path)
    paths.insert(0 if is_default else len(paths), full_folder_path)


def get_filename_list(folder_name: str) -> list[str]:
    """Return the names of the files of a kind, sorted.

    Raises:
        KeyError: There is no such kind.
    """
    paths, suffixes = folder_names_and_paths[folder_name]
    return sorted({name for path in paths for name in files_below(Path(path), suffixes)})


def get_full_path(folder_name: str, filename: str) -> str | None:
    """Return where a file of a kind is, or None; what a node makes counts while it is the same.

    Raises:
        KeyError: There is no such kind.
    """
    for root in folder_names_and_paths[folder_name][0]:
        path = Path(root) / filename
        if ".." in Path(filename).parts or not path.is_relative_to(root):
            return None
        if path.is_file():
            surroundings.note_read(str(path))
            return str(path)
    return None


def get_full_path_or_raise(folder_name: str, filename: str) -> str:
    """Return where a file of a kind is.

    Raises:
        KeyError: There is no such kind.
        FileNotFoundError: There is no such file.
    """
    path = get_full_path(folder_name, filename)
    if path is None:
        hint = did_you_mean(filename, get_filename_list(folder_name))
        raise FileNotFoundError(f"there is no '{filename}' among the files of {folder_name}{hint}")
    return path


def annotated_filepath(name: str) -> tuple[str, str | None]:
    """Split `cat.png [output]` into the name and the folder; None where none is said."""
    plain, kind = split_annotation(name)
    return plain, get_directory_by_type(kind) if plain != name else None


def get_annotated_filepath(name: str, default_dir: str | None = None) -> str:
    """Return the path of a file whose name may say its folder.

    What a node makes counts while the file is the same.

    Raises:
        UnsafePathError: The name leads out of the folder.
    """
    path = _annotated(name, default_dir)
    surroundings.note_read(path)
    return path


def _annotated(name: str, default_dir: str | None) -> str:
    plain, root = annotated_filepath(name)
    folder = root or default_dir or get_input_directory()
    context = surroundings.running()
    if root is None and default_dir is None and context and context.allow_outside_inputs:
        try:
            return str(context.folders.input_path(name, outside=True))
        except (MissingFileError, UnsafePathError):
            pass
    return str(contained(Path(folder), plain, Path(folder).name))


def exists_annotated_filepath(name: str) -> bool:
    """Whether there is a file whose name may say its folder."""
    try:
        return os.path.exists(get_annotated_filepath(name))  # noqa: PTH110 - False for odd names
    except GraphError:
        return False


def get_save_image_path(
    filename_prefix: str, output_dir: str, image_width: int = 0, image_height: int = 0
) -> tuple[str, str, int, str, str]:
    """Return where the next file of a prefix goes.

    Args:
        filename_prefix: May name folders, and `%width%`, `%height%`, `%year%`, … in it are filled.
        output_dir: What the prefix is relative to.
        image_width: In pixels.
        image_height: In pixels.

    Returns:
        The folder, which is there; the file's stem; the first free number; the folder relative to
        `output_dir`; and the prefix, filled in.

    Raises:
        UnsafePathError: The prefix leads out of the folder.
    """
    return save_path(filename_prefix, Path(output_dir), image_width, image_height)


def filter_files_extensions(files: Iterable[str], extensions: Iterable[str]) -> list[str]:
    """Return those files that have one of some suffixes, sorted; all if there are none."""
    wanted = {suffix.lower() for suffix in extensions}
    return sorted(file for file in files if not wanted or Path(file).suffix.lower() in wanted)


def filter_files_content_types(files: Iterable[str], content_types: Iterable[str]) -> list[str]:
    """Return those files whose suffix says `image`, `video`, `audio` or `model`."""
    import mimetypes

    wanted = tuple(content_types)
    kept = []
    for file in files:
        kind = (mimetypes.guess_type(file, strict=False)[0] or "").split("/")[0]
        is_model = Path(file).suffix.lower() in supported_pt_extensions | {".glb", ".obj", ".fbx"}
        if kind in wanted or (is_model and "model" in wanted):
            kept.append(file)
    return kept


def recursive_search(
    directory: str, excluded_dir_names: Iterable[str] | None = None
) -> tuple[list[str], dict[str, float]]:
    """Return the files below a folder, and when it was changed."""
    root = Path(directory)
    if not root.is_dir():
        return [], {}
    excluded = frozenset(excluded_dir_names or ())
    return sorted(files_below(root, frozenset(), excluded)), {directory: root.stat().st_mtime}


def _made(folder: Path) -> str:
    """Make a folder that packs expect to be there; one that cannot be made is their problem."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return str(folder)

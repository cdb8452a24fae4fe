"""Where a user's files are, and names for them that cannot lead anywhere else.

A name is relative to its folder, with `/` between parts on every system. Model folders may hold
links to other disks, made by their owner; elsewhere a link that leads outside is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from graph.errors import MissingFileError, UnsafePathError
from graph.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MODEL_FOLDERS = (
    "checkpoints",
    "loras",
    "vae",
    "controlnet",
    "embeddings",
    "upscale_models",
    "clip",
    "clip_vision",
    "diffusion_models",
    "diffusers",
    "style_models",
    "vae_approx",
)
_OTHER_NAMES = {"clip": ("text_encoders",), "diffusion_models": ("unet",)}
"""What ComfyUI's versions call some of these folders, too."""

MODEL_SUFFIXES = frozenset({".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin"})
_ANNOTATIONS = {" [input]": "input", " [output]": "output", " [temp]": "temp"}
_DIFFUSERS_FOLDER = "model_index.json"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one installation.

    Attributes:
        base: What the others are in unless moved.
        input: What nodes read: pictures, latents.
        output: What nodes write.
        temp: Previews; emptied at start-up.
        user: Settings and saved workflows.
        cache: Results kept between runs.
        custom_nodes: Node packs.
        models: Places of each kind of weights, the first one searched first.
    """

    base: Path
    input: Path
    output: Path
    temp: Path
    user: Path
    cache: Path
    custom_nodes: Path
    models: Mapping[str, tuple[Path, ...]]

    @property
    def wildcards(self) -> Path:
        """Lines that prompts choose from, `NAME.txt`."""
        return self.user / "wildcards"

    @classmethod
    def under(cls, base: Path) -> Folders:
        """Return the usual folders under a base folder."""
        named = {
            name: base / name
            for name in ("input", "output", "temp", "user", "cache", "custom_nodes")
        }
        models = {name: model_places(base / "models", name) for name in MODEL_FOLDERS}
        return cls(base=base, models=models, **named)

    def model_names(self, kind: str) -> tuple[str, ...]:
        """Return the names of all models of a kind, sorted; none for a kind that is not known."""
        names = {name for root in self.models.get(kind, ()) for name in _models_in(root)}
        return tuple(sorted(names, key=str.casefold))

    def model_path(self, kind: str, name: str) -> Path:
        """Return where a model is.

        Raises:
            UnsafePathError: The name leads out of the folder.
            MissingFileError: There is no such model; the sentence names the closest one.
        """
        relative = _relative(name, f"models/{kind}")
        for root in self.models.get(kind, ()):
            path = root / relative
            if _is_file(path) or _is_file(path / _DIFFUSERS_FOLDER):
                return path
        known = self.model_names(kind)
        hint = did_you_mean(name, known) or ("" if known else "; the folder has none yet")
        raise MissingFileError(f"there is no '{name}' in models/{kind}{hint}", name)

    def input_names(
        self, suffixes: frozenset[str], place: Literal["input", "output"] = "input"
    ) -> tuple[str, ...]:
        """Return the names of the files of some types in the input or output folder, sorted."""
        root = self.input if place == "input" else self.output
        return tuple(sorted(_files_in(root, suffixes), key=str.casefold))

    def input_path(self, name: str, *, outside: bool = False) -> Path:
        """Return where an input file is.

        Args:
            name: Relative to the input folder; may end in ` [output]` or ` [temp]`.
            outside: Whether a path to anywhere, from the working directory, is as good.

        Raises:
            UnsafePathError: The name leads out of the folder.
            MissingFileError: There is no such file; the sentence names the closest one.
        """
        plain, kind = split_annotation(name)
        if outside and kind == "input":
            path = Path(os.path.expanduser(plain))  # noqa: PTH111 - pathlib's raises for strangers
            leads_out = path.is_absolute() or ".." in path.parts
            if _is_file(path) and (leads_out or not _is_file(self.input / plain)):
                return path.resolve()
        root = {"input": self.input, "output": self.output, "temp": self.temp}[kind]
        path = contained(root, plain, kind)
        if not _is_file(path):
            known = _files_in(root, None)
            hint = did_you_mean(plain, known)
            raise MissingFileError(f"there is no file '{plain}' in the {kind} folder{hint}", name)
        return path


def model_places(root: Path, kind: str) -> tuple[Path, ...]:
    """Return where weights of a kind may be below a folder of models."""
    return root / kind, *(root / name for name in _OTHER_NAMES.get(kind, ()))


def split_annotation(name: str) -> tuple[str, str]:
    """Split `cat.png [output]` into the name and the folder that it names; `input` without one."""
    for ending, kind in _ANNOTATIONS.items():
        if name.endswith(ending):
            return name.removesuffix(ending), kind
    return name, "input"


def contained(root: Path, name: str, kind: str) -> Path:
    """Return the path of a name below a folder, links followed.

    Raises:
        UnsafePathError: The path would be outside.
    """
    path = Path(os.path.realpath(root / _relative(name, kind)))
    if not path.is_relative_to(os.path.realpath(root)):
        raise UnsafePathError(f"'{name}' leads out of the {kind} folder, which is not allowed")
    return path


def _relative(name: str, kind: str) -> PurePosixPath:
    relative = PurePosixPath(name.replace("\\", "/"))
    has_drive = len(name) > 1 and name[1] == ":"
    # Halves of characters, which JSON can carry, cannot be names of files either.
    odd = "\0" in name or any("\ud800" <= letter <= "\udfff" for letter in name)
    if relative.is_absolute() or has_drive or ".." in relative.parts or odd:
        raise UnsafePathError(f"'{name}' leads out of the {kind} folder, which is not allowed")
    return relative


def _models_in(root: Path) -> Iterator[str]:
    for folder, names, files in os.walk(root, followlinks=True):
        place = Path(folder)
        names[:] = sorted(name for name in names if not _leads_back(place / name))
        if _DIFFUSERS_FOLDER in files and place != root:
            names.clear()
            yield place.relative_to(root).as_posix()
            continue
        for file in files:
            if Path(file).suffix.lower() in MODEL_SUFFIXES:
                yield (place / file).relative_to(root).as_posix()


def _leads_back(place: Path) -> bool:
    """Whether a folder is a link to one that it is in, so that walking it would never end."""
    if not place.is_symlink():
        return False
    target = os.path.realpath(place)
    return any(os.path.realpath(above) == target for above in place.parents)


def _is_file(path: Path) -> bool:
    """Whether there is a file; none has a name that the system cannot even look up."""
    try:
        return path.is_file()
    except OSError:
        return False


def _files_in(root: Path, suffixes: frozenset[str] | None) -> Iterator[str]:
    for folder, _, files in os.walk(root):
        for file in files:
            if suffixes is None or Path(file).suffix.lower() in suffixes:
                yield (Path(folder) / file).relative_to(root).as_posix()

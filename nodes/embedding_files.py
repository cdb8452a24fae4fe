"""The files below `models/embeddings`, as prompts name them: `embedding:NAME`, no suffix needed."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from graph.context import current
from graph.folders import Folders

if TYPE_CHECKING:
    from diffusion.embeddings import Embeddings

FOLDER = "embeddings"
# In this order: of files that differ in nothing else, the one that is safest to share.
_SUFFIXES = ("", ".safetensors", ".pt", ".bin")
_NAMED = re.compile(r"(?=embedding:(\S+))")
# What may follow a name: a comma, a weight, the signs of alternatives.
_ENDS = re.compile(r"[,:|(){}\[\]]")


def embeddings_in(folders: Folders) -> "Embeddings":
    """What prompts may name. Whichever node runs is told what is missing.

    Args:
        folders: Where the user's files are.
    """
    from diffusion.embeddings import Embeddings

    return Embeddings(
        locate=lambda name: find_embedding(folders, name),
        names=lambda: embedding_names(folders),
        warn=_warn,
    )


def embedding_names(folders: Folders) -> tuple[str, ...]:
    """The names of all embeddings without their suffix, as prompts use them."""
    names = (PurePosixPath(name).with_suffix("").as_posix() for name in _files(folders))
    return tuple(dict.fromkeys(names))


def find_embedding(folders: Folders, name: str) -> Path | None:
    """Where an embedding is; None if there is none of that name.

    Args:
        folders: Where the user's files are.
        name: With or without its suffix.
    """
    return next(iter(_found(folders, [name]).values()), None)


def embeddings_named(folders: Folders, text: str | None) -> Mapping[str, Path]:
    """The files of the embeddings that a prompt names, by what messages call them.

    Args:
        folders: Where the user's files are.
        text: The prompt; None while it is not known, when it could name any.
    """
    if text is None:
        places = folders.models.get(FOLDER, ())
        return {f"below {place}": place for place in places if place.is_dir()}
    candidates = _candidates(text)
    return _found(folders, candidates) if candidates else {}


def _found(folders: Folders, names: Iterable[str]) -> dict[str, Path]:
    """The files of those names that are embeddings, by their own names."""
    known = set(_files(folders))
    found: dict[str, Path] = {}
    for name in names:
        spelled = (name.replace("\\", "/") + suffix for suffix in _SUFFIXES)
        first = next((file for file in spelled if file in known), None)
        if first is not None:
            found[first] = folders.model_path(FOLDER, first)
    return found


def _files(folders: Folders) -> tuple[str, ...]:
    return folders.model_names(FOLDER)


def _candidates(text: str) -> list[str]:
    """All names that a prompt could mean, however it is written; too many do no harm."""
    plain = text.replace("\\(", "(").replace("\\)", ")")
    candidates = []
    for rest in _NAMED.findall(plain):
        ends = (match.start() for match in _ENDS.finditer(rest))
        candidates += [rest, *(rest[:end] for end in ends)]
    return list(dict.fromkeys(candidates))


def _warn(text: str) -> None:
    context = current.get()
    if context is not None:
        context.warn(text)

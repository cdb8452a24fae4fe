"""The folders whose files clients may name: input, output and temp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from graph.folders import split_annotation
from web.errors import WebError, bad_request, forbidden, not_found
from web.paths import PathRefusedError, Place, check_name, split_path
from web.services import SERVICES

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from aiohttp import web

Type: TypeAlias = Literal["input", "output", "temp"]


def place_of(request: web.Request, kind: Type) -> Place:
    """Return one of the three folders."""
    return Place(getattr(request.app[SERVICES].folders, kind))


def names_of(filename: str, subfolder: str) -> tuple[str, ...]:
    """Return the checked names that a file name and its folder are made of.

    Raises:
        WebError: 403 for a folder that leads out, 400 for what is no name.
    """
    try:
        folders = split_path(subfolder)
    except PathRefusedError as error:
        raise (forbidden if error.escapes else bad_request)(str(error), type_="bad_path") from error
    try:
        return (*folders, check_name(filename))
    except PathRefusedError as error:
        raise bad_request(str(error), type_="bad_path") from error


def find(place: Place, names: tuple[str, ...]) -> Path:
    """Return where names lead.

    Raises:
        WebError: Out of the folder.
    """
    try:
        return place.path(*names)
    except PathRefusedError as error:
        raise (forbidden if error.escapes else bad_request)(str(error), type_="bad_path") from error


def open_named(request: web.Request, filename: str, subfolder: str, kind: Type) -> BinaryIO:
    """Open a file as a client names it; `name [output]` says itself where it is.

    Raises:
        WebError: There is none, or the name is none.
    """
    plain, named = split_annotation(filename)
    if plain != filename:
        kind = "output" if named == "output" else "temp" if named == "temp" else "input"
    place = place_of(request, kind)
    return open_found(place, find(place, names_of(plain, subfolder)), plain)


def open_found(place: Place, path: Path, name: str) -> BinaryIO:
    """Open what was found.

    Raises:
        WebError: It is not there.
    """
    try:
        return place.open(path)
    except OSError as error:
        raise missing(name) from error


def missing(name: str) -> WebError:
    """Return what those are told who ask for a file that is not there."""
    return not_found(f"there is no file {name[:200]!r} here", "file_not_found")

"""Wildcard files: `user/wildcards/**/*.txt`, one alternative a line."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from diffusion.errors import DiffusionError
from diffusion.prompting.template import Option, named_wildcards, read_option
from graph.errors import GraphError, NodeInputError
from graph.folders import Folders, contained
from graph.suggest import did_you_mean

_SUFFIX = ".txt"


def wildcards_named(folders: Folders, text: str | None) -> Mapping[str, Path]:
    """The wildcard files that a prompt may read, and those that these may, by their names.

    Files that cannot be read are left out; the node says what is wrong with them.

    Args:
        folders: Where the user's files are.
        text: The prompt; None while it is not known, when it could read any.
    """
    root = folders.wildcards
    if text is None:
        return {f"below {root}": root} if root.is_dir() else {}
    files = WildcardFiles(folders)
    found: dict[str, Path] = {}
    texts = [text]
    while texts:
        for name in named_wildcards(texts.pop()):
            for file in set(files.matching(name)) - set(found):
                with suppress(GraphError):
                    texts.append(files.text(file))
                    found[file] = files.path(file)
    return found


class WildcardFiles:
    """The wildcards of one installation, read when they are asked for.

    Args:
        folders: Where the user's files are.
    """

    def __init__(self, folders: Folders) -> None:
        self._root = folders.wildcards
        self._read: dict[str, tuple[Option, ...]] = {}

    def names(self) -> list[str]:
        """The names of all of them, `folder/name`, sorted."""
        found = (path for path in self._root.rglob(f"*{_SUFFIX}") if path.is_file())
        places = (path.relative_to(self._root).as_posix() for path in found)
        return sorted(place.removesuffix(_SUFFIX) for place in places)

    def options(self, name: str) -> tuple[Option, ...]:
        """The lines of a wildcard.

        Args:
            name: Its path in the folder, without `.txt`; `*` stands for any letters but `/`, `**`
                for any.

        Raises:
            NodeInputError: There is no such wildcard, or none of them has a line.
        """
        if name not in self._read:
            files = self.matching(name)
            if not files:
                raise NodeInputError(self._none_like(name))
            lines = [option for file in files for option in self._lines(file)]
            if not lines:
                raise NodeInputError(
                    f"the wildcard __{name}__ has no lines: write some into {self._root}"
                )
            self._read[name] = tuple(lines)
        return self._read[name]

    def matching(self, name: str) -> list[str]:
        """The names of the files that a name means, in order."""
        if "*" not in name:
            return [one for one in self.names() if one == name]
        parts = re.split(r"(\*\*|\*)", name)
        rest = {"**": ".*", "*": "[^/]*"}
        pattern = "".join(rest.get(part, re.escape(part)) for part in parts)
        return [one for one in self.names() if re.fullmatch(pattern, one)]

    def path(self, name: str) -> Path:
        """Where a file is.

        Raises:
            UnsafePathError: It is a link that leads out of the folder.
        """
        return contained(self._root, name + _SUFFIX, "wildcards")

    def text(self, name: str) -> str:
        """What a file says.

        Raises:
            NodeInputError: It is no text.
        """
        path = self.path(name)
        try:
            return path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise NodeInputError(
                f"the wildcard file {path} cannot be read as UTF-8 text: {error}"
            ) from error

    def _lines(self, name: str) -> Iterator[Option]:
        for line in map(str.strip, self.text(name).splitlines()):
            if line and not line.startswith("#"):
                try:
                    yield read_option(line)
                except DiffusionError as error:
                    path = self.path(name)
                    raise NodeInputError(f"the wildcard file {path}: {error}") from error

    def _none_like(self, name: str) -> str:
        known = self.names()
        hint = did_you_mean(name, known) or ("" if known else "; the folder has none yet")
        return f"there is no wildcard file '{name}{_SUFFIX}' in {self._root}{hint}"

"""Wildcard files: `user/wildcards/**/*.txt`, one alternative a line."""

import re

from diffusion.errors import DiffusionError
from diffusion.prompting.template import Option, read_option
from graph.errors import NodeInputError
from graph.folders import Folders, contained
from graph.suggest import did_you_mean

_SUFFIX = ".txt"


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
            files = self._matching(name)
            lines = [option for file in files for option in self._lines(file)]
            if not lines:
                raise NodeInputError(
                    f"the wildcard __{name}__ has no lines: write some into {self._root}"
                )
            self._read[name] = tuple(lines)
        return self._read[name]

    def _matching(self, name: str) -> list[str]:
        known = self.names()
        if "*" in name:
            parts = re.split(r"(\*\*|\*)", name)
            rest = {"**": ".*", "*": "[^/]*"}
            pattern = "".join(rest.get(part, re.escape(part)) for part in parts)
            matching = [one for one in known if re.fullmatch(pattern, one)]
        else:
            matching = [one for one in known if one == name]
        if not matching:
            hint = did_you_mean(name, known) or ("" if known else "; the folder has none yet")
            raise NodeInputError(
                f"there is no wildcard file '{name}{_SUFFIX}' in {self._root}{hint}"
            )
        return matching

    def _lines(self, name: str) -> list[Option]:
        path = contained(self._root, name + _SUFFIX, "wildcards")
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise NodeInputError(
                f"the wildcard file {path} cannot be read as UTF-8 text: {error}"
            ) from error
        lines = (line.strip() for line in text.splitlines())
        try:
            return [read_option(line) for line in lines if line and not line.startswith("#")]
        except DiffusionError as error:
            raise NodeInputError(f"the wildcard file {path}: {error}") from error

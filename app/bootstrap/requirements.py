"""What the project needs, read from `pyproject.toml`, and what of it the running Python lacks.

Nothing is imported to find out: distributions are looked up by their metadata, which takes
milliseconds where importing torch takes seconds.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bootstrap.errors import BootstrapError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:>=\s*(?P<minimum>[\d.]+))?$")
_RELEASE = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Requirement:
    """A distribution and the lowest release that will do, `()` when any will."""

    name: str
    minimum: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Requirement:
        """Read `name` or `name>=1.2`, the only two forms that this project uses.

        Raises:
            BootstrapError: The text has another form.
        """
        match = _REQUIREMENT.match(text.strip())
        if match is None:
            raise BootstrapError(
                f"pyproject.toml asks for {text!r}; only 'name' and 'name>=1.2' are understood here"
            )
        return cls(match["name"], release(match["minimum"] or ""))

    def is_met(self) -> bool:
        """Whether the running Python has this distribution, and a release that is new enough."""
        try:
            installed = importlib.metadata.version(self.name)
        except importlib.metadata.PackageNotFoundError:
            return False
        return release(installed) >= self.minimum


def release(version: str) -> tuple[int, ...]:
    """Return the numbers that a version begins with: `2.13.0+cpu` gives `(2, 13, 0)`."""
    match = _RELEASE.match(version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def read(root: Path, extras: Sequence[str] = ()) -> tuple[Requirement, ...]:
    """Read the requirements of the project in `root`, those of `extras` included."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = list(project["dependencies"])
    for extra in extras:
        texts += project["optional-dependencies"][extra]
    return tuple(Requirement.parse(text) for text in texts)


def missing(requirements: Iterable[Requirement]) -> Iterator[Requirement]:
    """Yield what the running Python lacks, one by one, so that the first can end the search."""
    return (requirement for requirement in requirements if not requirement.is_met())


def pinned(root: Path, name: str) -> str:
    """Return the version that `constraints.txt` pins `name` to.

    Raises:
        BootstrapError: There is no such pin.
    """
    text = (root / "constraints.txt").read_text(encoding="utf-8")
    match = re.search(rf"^{re.escape(name)}==(\S+)", text, re.MULTILINE | re.IGNORECASE)
    if match is None:
        raise BootstrapError(f"constraints.txt does not pin {name}; it was expected to")
    return match[1]


def fingerprint(root: Path, extras: Sequence[str] = ()) -> str:
    """Return a digest that changes when an installed environment no longer fits the project."""
    wanted = sorted(f"{item.name}>={item.minimum}" for item in read(root, extras))
    pins = (root / "constraints.txt").read_text(encoding="utf-8")
    return hashlib.sha256("\n".join([*wanted, pins]).encode()).hexdigest()

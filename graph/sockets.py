"""What a node's input or output is: a socket for links, or a field with a range.

These stand in signatures, as in `Annotated[int, Int(1, 100)]`. Every kind has a `type`, the
string that ComfyUI's files and servers use. `*` fits everything; `INT,FLOAT` fits either.
`Foreign` is what classes of ComfyUI's kind declare, and follows its rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from graph.folders import split_annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from graph.folders import Folders

    Options: TypeAlias = "Sequence[str] | Callable[[Folders], Sequence[str]]"
    # Which files a value names beside those that every value of its kind names, by what messages
    # call them; asked with None where the value comes by a link and is not known yet.
    Reads: TypeAlias = Callable[[Folders, str | None], Mapping[str, Path]]

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
_INPUT_SUFFIXES = {"image": PICTURE_SUFFIXES, "latent": frozenset({".latent"})}


@dataclass(frozen=True, slots=True)
class Socket:
    """Takes or gives a link and has no field.

    Attributes:
        type: `MODEL`, `IMAGE`, …; `*` for anything.
    """

    type: str


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number from `min` to `max`.

    Attributes:
        step: By which the editor's arrows change it.
        control_after_generate: Whether the editor offers to change it after each run.
        display: How the editor shows it, if not as a number: `color` for 0xRRGGBB.
    """

    type: ClassVar[str] = "INT"
    min: int = 0
    max: int = 2**64 - 1
    step: int | None = None
    control_after_generate: bool = False
    display: Literal["color"] | None = None


@dataclass(frozen=True, slots=True)
class Float:
    """A number from `min` to `max`.

    Attributes:
        step: By which the editor's arrows change it.
        round: To which the editor rounds it.
    """

    type: ClassVar[str] = "FLOAT"
    min: float = 0.0
    max: float = 1.0
    step: float | None = None
    round: float | None = None


@dataclass(frozen=True, slots=True)
class String:
    """Text.

    Attributes:
        multiline: Whether the editor shows a box rather than a line.
        dynamic_prompts: Whether `{a|b}` in it is resolved by the editor.
        reads: Which files it names, whose content counts in the node's key.
    """

    type: ClassVar[str] = "STRING"
    multiline: bool = False
    dynamic_prompts: bool = False
    reads: Reads | None = None


@dataclass(frozen=True, slots=True)
class Boolean:
    """A switch."""

    type: ClassVar[str] = "BOOLEAN"


@dataclass(frozen=True, slots=True)
class Combo:
    """One of several options, which may depend on what is in the folders."""

    type: ClassVar[str] = "COMBO"
    choices: Options

    def options(self, folders: Folders) -> tuple[str, ...]:
        """Return what can be chosen now."""
        return tuple(self.choices(folders) if callable(self.choices) else self.choices)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file below `models/FOLDER`, whose content counts in the node's key.

    Attributes:
        folder: The kind of model.
        more: Names that stand for files elsewhere.
        reads: Which files are read with it, whose content counts, too.
    """

    type: ClassVar[str] = "COMBO"
    folder: str
    more: Callable[[Folders], Mapping[str, Path]] | None = None
    reads: Reads | None = None

    def options(self, folders: Folders) -> tuple[str, ...]:
        """Return what can be chosen now."""
        return (*folders.model_names(self.folder), *(self.more(folders) if self.more else ()))

    def path(self, folders: Folders, name: str) -> Path:
        """Return where a file is.

        Raises:
            UnsafePathError: The name leads out of the folder.
            MissingFileError: There is no such file.
        """
        elsewhere = self.more(folders) if self.more else {}
        return elsewhere[name] if name in elsewhere else folders.model_path(self.folder, name)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file below the input folder, whose content counts in the node's key.

    Attributes:
        kind: `image` or `latent`.
        upload: Whether the editor offers to upload one.
        place: The folder that is listed and that a name without annotation means.
    """

    type: ClassVar[str] = "COMBO"
    kind: str = "image"
    upload: bool = True
    place: Literal["input", "output"] = "input"

    def options(self, folders: Folders) -> tuple[str, ...]:
        """Return what can be chosen now."""
        names = folders.input_names(_INPUT_SUFFIXES[self.kind], self.place)
        return tuple(self.annotated(name) for name in names)

    def annotated(self, name: str) -> str:
        """Return a name as `Folders.input_path` wants it: with its folder, if not the input's."""
        plain, _ = split_annotation(name)
        return f"{name} [{self.place}]" if self.place != "input" and plain == name else name


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a class in ComfyUI's convention declares. Its values are taken as ComfyUI takes them.

    Attributes:
        type: `INT`, `IMAGE`, …; may be of a class of its own that compares as it likes.
        min: The smallest number, if there is one.
        max: The largest number, if there is one.
        choices: The options; None where anything goes.
        several: Whether a value is a list of options.
    """

    type: str
    min: float | None = None
    max: float | None = None
    choices: tuple[object, ...] | None = None
    several: bool = False

    @property
    def name(self) -> str:
        """The type as plain text."""
        return str.__str__(self.type)


class Trait(Enum):
    """What else there is to say of a parameter or result, beside its kind in `Annotated`."""

    LAZY = "lazy"  # evaluated only when the node's `ask` names it
    RAW_LINK = "rawLink"  # the link itself, `[id, slot]`
    FORCE_INPUT = "forceInput"  # shown as a socket
    LIST = "list"  # a result that is a list of items
    ADVANCED = "advanced"  # shown by editors only when asked for
    OPTIONAL = "optional"  # need not be given, though it has a default


class Hidden(Enum):
    """What the engine fills in itself; nobody links or types it."""

    PROMPT = "PROMPT"
    EXTRA_PNGINFO = "EXTRA_PNGINFO"
    UNIQUE_ID = "UNIQUE_ID"
    DYNPROMPT = "DYNPROMPT"


Field: TypeAlias = Int | Float | String | Boolean | Combo | ModelFile | InputFile
Kind: TypeAlias = Socket | Field | Foreign
KINDS = (Socket, Int, Float, String, Boolean, Combo, ModelFile, InputFile, Foreign)
FILES = (ModelFile, InputFile)


def fits(given: str, wanted: str) -> bool:
    """Whether an output of one type may feed an input of another.

    Types are compared as comma-joined sets, of which one in common is enough. A type may be of a
    class of its own; such classes say in `!=` that they fit, so `!=` is what is asked.
    """
    if given == wanted or "*" in (given, wanted) or not given != wanted:  # noqa: SIM202 - see above
        return True
    if "," not in given and "," not in wanted:
        return False
    return not _split(given).isdisjoint(_split(wanted))


def _split(joined: str) -> set[str]:
    return {part.strip() for part in joined.split(",")}

r"""File names from a prefix that a person typed, with `%tokens%` in it.

`fill_in` puts values for tokens; `split` makes a folder and a file name of the result, which are
valid on Linux, macOS and Windows alike. Both `/` and `\` separate folders, wherever the workflow
came from.

| token | becomes |
|---|---|
| `%date:yyyy-MM-dd hh-mm-ss%` | the date, as `d dd M MM yy yyyy h hh m mm s ss` say (hours to 24) |
| `%year% %month% %day% %hour% %minute% %second%` | parts of the date |
| `%width% %height%` | the picture's size in pixels |
| `%batch_num%` | the picture's place in its batch, from 0; left in by `fill_in` |
| `%Node.widget%` | an input's value; the node by name, title, class or id |
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

BATCH_NUMBER = "%batch_num%"

_TOKEN = re.compile(
    r"%(?:date:(?P<date>[^%]+)|(?P<word>year|month|day|hour|minute|second|width|height)"
    r"|(?P<node>[^%/\\]+)\.(?P<widget>[^%./\\]+))%"
)
_DATE_PART = re.compile(r"yyyy|yy|MM|M|dd|d|hh|h|mm|m|ss|s")
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_SEPARATORS = re.compile(r"[/\\]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)

# File systems allow 255 bytes; a counter, a suffix and a temporary name must fit as well.
_LONGEST_PART = 200


@dataclass(frozen=True)
class Facts:
    """What tokens can ask for.

    Attributes:
        now: The time of the run, local.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
        widget: The value of an input by node and input name, None where there is none.
    """

    now: datetime
    width: int
    height: int
    widget: Callable[[str, str], str | None]


def fill_in(prefix: str, facts: Facts) -> tuple[str, tuple[str, ...]]:
    """Replace tokens by what they stand for.

    A widget's value never makes a folder; a date format may.

    Args:
        prefix: What the person typed.
        facts: What the tokens can ask for.

    Returns:
        The prefix without tokens, and those that nothing was found for and that stay in it.
    """
    unknown: list[str] = []

    def replacement(match: re.Match[str]) -> str:
        if match["date"]:
            return format_date(match["date"], facts.now)
        if match["word"]:
            return _word(match["word"], facts)
        value = facts.widget(match["node"], match["widget"])
        if value is None:
            unknown.append(match[0])
            return match[0]
        return _SEPARATORS.sub("_", value)

    return _TOKEN.sub(replacement, prefix), tuple(unknown)


def format_date(pattern: str, when: datetime) -> str:
    """Write a date as `d dd M MM yy yyyy h hh m mm s ss` in a pattern say; hours count to 24."""
    parts = {
        "yyyy": f"{when.year:04}",
        "yy": f"{when.year % 100:02}",
        **_plain_and_padded("M", when.month),
        **_plain_and_padded("d", when.day),
        **_plain_and_padded("h", when.hour),
        **_plain_and_padded("m", when.minute),
        **_plain_and_padded("s", when.second),
    }
    return _DATE_PART.sub(lambda match: parts[match[0]], pattern)


def split(name: str) -> tuple[tuple[str, ...], str]:
    """Make folders and a file's stem of a filled-in prefix.

    Characters that some system forbids become `_`, as do names that Windows keeps for devices;
    parts too long for a file system are cut. `..` stays in: whoever resolves the path must refuse
    what leaves the folder.

    Returns:
        The folders, outermost first, and the stem, which may be empty.
    """
    *folders, stem = _SEPARATORS.split(name)
    kept = (_folder(part) for part in folders if part not in ("", "."))
    return tuple(kept), _shortened(_spelled(stem))


def _folder(part: str) -> str:
    """A folder's name; Windows drops dots and blanks at its end, so they must not be there."""
    if part == "..":
        return part
    spelled = _shortened(_spelled(part)).strip(" ")
    return re.sub(r"[. ]+$", lambda ending: "_" * len(ending[0]), spelled) or "_"


def _spelled(part: str) -> str:
    spelled = _FORBIDDEN.sub("_", part)
    return f"_{spelled}" if _RESERVED.match(spelled) else spelled


def _shortened(part: str) -> str:
    """Cut to what a file system takes, never in the middle of a character."""
    raw = part.encode("utf-8", "surrogatepass")
    return raw[:_LONGEST_PART].decode("utf-8", "ignore")


def _word(word: str, facts: Facts) -> str:
    if word in ("width", "height"):
        return str(facts.width if word == "width" else facts.height)
    if word == "year":
        return str(facts.now.year)
    return f"{getattr(facts.now, word):02}"


def _plain_and_padded(letter: str, number: int) -> dict[str, str]:
    return {letter: str(number), letter * 2: f"{number:02}"}

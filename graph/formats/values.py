"""JSON text to values, and values to values of our own: what every format reader starts with.

Whatever is read here is copied, so that a workflow never shares a list with the document it came
from, and bounded in depth, so that no reader after this one needs to fear recursion.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from graph.errors import FormatError

if TYPE_CHECKING:
    from graph.workflow import Json

MAX_DEPTH = 100


def parse_json(text: str | bytes, source: str) -> Json:
    """Parse JSON text in UTF-8, with or without a byte order mark.

    Args:
        text: The text, or its bytes.
        source: What the text is called in errors, for instance `"cat.json"`.

    Raises:
        FormatError: The text is not JSON.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return copy_json(json.loads(text), source)
    except UnicodeDecodeError as error:
        message = f"{source} is not text in UTF-8: byte {error.start} cannot be decoded"
        raise FormatError(message) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FormatError(f"{source} is not valid JSON: {error.msg} at {where}") from error
    except ValueError as error:  # a number of thousands of digits
        raise FormatError(f"{source} is not valid JSON: {error}") from error
    except RecursionError as error:
        raise FormatError(too_deep(source)) from error


def too_deep(where: str) -> str:
    """Say that a value has lists in lists beyond all reason."""
    return f"{where} is nested more than {MAX_DEPTH} levels deep, which no workflow is"


def copy_json(value: object, where: str, depth: int = 0) -> Json:
    """Return a deep copy of a JSON value.

    Raises:
        FormatError: The value holds something that JSON does not know, or nests too deep.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if depth >= MAX_DEPTH:
        raise FormatError(too_deep(where))
    if isinstance(value, list | tuple):
        return [copy_json(item, where, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(key): copy_json(item, where, depth + 1) for key, item in value.items()}
    raise FormatError(f"{where} holds {describe(value)}, which JSON does not know")


def describe(value: object) -> str:
    """Name a value in a sentence: its kind, and the value itself where it is short."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "a boolean", int: "a number"}
    if value is None:
        return "null"
    kind = kinds.get(type(value)) or ("a number" if isinstance(value, float) else "")
    if not kind:
        return f"a Python {type(value).__name__}"
    if isinstance(value, dict | list):
        return kind
    shown = json.dumps(value, ensure_ascii=False)
    return f"{kind} ({shown if len(shown) <= 40 else shown[:37] + '…'})"

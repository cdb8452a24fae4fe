"""Read what a function of a ComfyUI class gave back.

A tuple of outputs; `{"ui": …, "result": tuple}`; `{"result": tuple, "expand": nodes}`; a blocker
in place of all outputs; nothing, where there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graph.errors import DefinitionError
from graph.result import Blocked, Expansion, NodeOutput

if TYPE_CHECKING:
    from pathlib import Path

    from graph.folders import Folders

_KEYS = ("ui", "result", "expand")


def read_returned(
    result: object, name: str, count: int, folders: Folders
) -> NodeOutput | Expansion:
    """Read a result.

    Args:
        result: What the function gave back.
        name: What the class is called.
        count: How many outputs it declares; more are dropped, and anything where there are none.
        folders: Where files that it tells of may be.

    Raises:
        DefinitionError: It is none of these.
    """
    if not isinstance(result, dict):
        return NodeOutput(_values(result, name, count))
    if not any(key in result for key in _KEYS):
        if not count:
            return NodeOutput()
        raise DefinitionError(
            f"the node gave back a dictionary without 'result', 'ui' or 'expand'; {_REMEDY}"
        )
    ui = _ui(result.get("ui"))
    expansion = result.get("expand")
    if "result" in result or expansion is not None:
        values = _values(result.get("result"), name, count)
    else:
        values = (Blocked(f"{name} gave back nothing for its outputs"),) * count
    if expansion is not None:
        if not isinstance(expansion, Mapping):
            raise DefinitionError(
                f"'expand' must be a graph, a dictionary of nodes, and is a "
                f"{type(expansion).__name__}; {_REMEDY}"
            )
        return Expansion(expansion, values, ui)
    return NodeOutput(values, ui, tuple(_files(ui, folders)))


_REMEDY = "its code needs mending"


def _values(result: object, name: str, count: int) -> tuple[object, ...]:
    if not count:
        return ()
    if isinstance(result, Blocked):
        return (result,) * count
    if result is None:
        raise DefinitionError(
            f"{name} gave back nothing where its class declares {count} outputs; {_REMEDY}"
        )
    if isinstance(result, tuple | list):
        return tuple(result)[:count]
    if count == 1:
        return (result,)
    raise DefinitionError(
        f"{name} gave back a {type(result).__name__} where a tuple of {count} outputs is expected; "
        f"{_REMEDY}"
    )


def _ui(told: object) -> Mapping[str, object] | None:
    as_dict = getattr(told, "as_dict", None)
    if callable(as_dict):
        told = as_dict()
    return told if isinstance(told, Mapping) else None


def _files(ui: Mapping[str, object] | None, folders: Folders) -> Iterator[Path]:
    """The files that a node tells clients of, which it has written then."""
    places = {"output": folders.output, "temp": folders.temp}
    for told in (ui or {}).values():
        for item in told if isinstance(told, list | tuple) else ():
            if not isinstance(item, Mapping):
                continue
            root = places.get(str(item.get("type")))
            filename, subfolder = item.get("filename"), item.get("subfolder", "")
            if root is None or not isinstance(filename, str) or not isinstance(subfolder, str):
                continue
            path = root / subfolder / filename
            if path.is_file():
                yield path

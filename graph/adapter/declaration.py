"""Read `INPUT_TYPES`: `{"required": {NAME: (TYPE or [options], {…})}, "optional", "hidden"}`.

The dictionaries are whatever a pack made of them: some say that they contain any name there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.adapter.plain import as_json, options_of
from graph.definition import MISSING, InputSpec
from graph.errors import DefinitionError
from graph.sockets import Foreign, Hidden

if TYPE_CHECKING:
    from graph.workflow import Json

_SECTIONS = ("required", "optional")
_NOBODYS_NAME = "no input is called this"
_HIDDEN = {kind.value: kind for kind in Hidden}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a class says of its inputs.

    Attributes:
        inputs: Required ones first.
        hidden: What the engine fills in.
        unfilled: Hidden inputs of a kind that the engine does not know.
        described: The whole as JSON, for editors.
        open_sections: Those dictionaries that contain any name.
    """

    inputs: tuple[InputSpec, ...]
    hidden: Mapping[str, Hidden]
    unfilled: tuple[str, ...]
    described: Mapping[str, Json]
    open_sections: tuple[Mapping[str, Any], ...]

    def undeclared(self, name: str) -> InputSpec | None:
        """Return what an input is that a dictionary contains without listing it."""
        if name in self.unfilled:
            return InputSpec(name, Foreign("*"), required=False)
        for section in self.open_sections:
            try:
                return _spec(name, section[name], required=False)
            except Exception:  # noqa: BLE001 - the border to a pack's code; a name is enough
                return InputSpec(name, Foreign("*"), required=False)
        return None


def read_declaration(declared: object) -> Declaration:
    """Read what `INPUT_TYPES` gave back.

    Raises:
        DefinitionError: It is no dictionary of dictionaries.
    """
    if not isinstance(declared, Mapping):
        raise DefinitionError(
            f"INPUT_TYPES must give back a dictionary, and gave back a {type(declared).__name__}"
        )
    sections = {str(key): _section(str(key), found) for key, found in declared.items()}
    inputs = {
        name: _spec(name, entry, required=key == "required")
        for key in reversed(_SECTIONS)
        for name, entry in sections.get(key, {}).items()
    }
    filled, unfilled = {}, []
    for name, entry in sections.get("hidden", {}).items():
        kind = _HIDDEN.get(_type_of(entry))
        if kind is None:
            unfilled.append(name)
        else:
            filled[name] = kind
    return Declaration(
        inputs=tuple(sorted(inputs.values(), key=lambda spec: not spec.required)),
        hidden=filled,
        unfilled=tuple(unfilled),
        described={
            key: {name: _described(entry) for name, entry in section.items()}
            for key, section in sections.items()
        },
        open_sections=tuple(
            sections[key] for key in _SECTIONS if key in sections and _is_open(sections[key])
        ),
    )


def _section(name: str, found: object) -> Mapping[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise DefinitionError(
            f"'{name}' in INPUT_TYPES must be a dictionary, and is a {type(found).__name__}"
        )
    return found


def _is_open(section: Mapping[str, Any]) -> bool:
    try:
        return _NOBODYS_NAME in section
    except Exception:  # noqa: BLE001 - the border to a pack's code
        return False


def _spec(name: str, entry: object, *, required: bool) -> InputSpec:
    kind, options = _parts(entry)
    choices = options_of(kind)
    if choices is None and "options" in options:
        choices = options_of(options["options"])
    tooltip = options.get("tooltip")
    return InputSpec(
        name,
        Foreign(
            _type_of(entry) if choices is None or isinstance(kind, str) else "COMBO",
            min=_number(options.get("min")),
            max=_number(options.get("max")),
            choices=choices,
            several=bool(options.get("multiselect") or options.get("multi_select")),
        ),
        required=required,
        default=options.get("default", MISSING),
        tooltip=tooltip if isinstance(tooltip, str) else "",
        lazy=bool(options.get("lazy")),
        raw_link=bool(options.get("rawLink")),
        force_input=bool(options.get("forceInput")),
    )


def _parts(entry: object) -> tuple[object, Mapping[str, Any]]:
    """The type and the options of an entry."""
    if not isinstance(entry, tuple | list):
        return entry, {}
    if not entry:
        return "*", {}
    options = entry[1] if len(entry) > 1 else None
    return entry[0], options if isinstance(options, Mapping) else {}


def _type_of(entry: object) -> str:
    kind = _parts(entry)[0]
    return kind if isinstance(kind, str) else "*"


def _described(entry: object) -> Json:
    """An entry as editors are sent it."""
    if not isinstance(entry, tuple | list):
        return as_json(entry)
    choices = options_of(entry[0]) if entry else None
    if choices is None:
        return [as_json(part) for part in entry]
    return [as_json(choices), *(as_json(part) for part in entry[1:])]


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None

"""Turn a typed function into a node.

    @node("LatentFlip", category="latent")
    def latent_flip(samples: Latent, axis: Annotated[str, Combo(("x", "y"))]) -> Latent: …

Parameters are inputs in their order; a first parameter of type `NodeContext` is the context. A
default of None makes an input optional; any other default is what the editor fills in. A `Trait`
beside the kind says that an input is lazy, or optional all the same, or an output a list. `**more`
of some kind takes any number of inputs of that kind. The first paragraph of the docstring is the
description and its `Args:` are the tooltips. The function stays as it is; its signature is read
when the definition is first asked for.
"""

from __future__ import annotations

import inspect
import re
import types
from functools import cache, partial
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from graph.context import NodeContext
from graph.definition import MISSING, InputSpec, Lane, NodeDefinition, OutputSpec
from graph.errors import DefinitionError
from graph.sockets import KINDS, Hidden, Kind, Trait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graph.definition import NodeFunction, OwnCheck

_Function = TypeVar("_Function", bound="NodeFunction")
_OPTIONS = "__safelight_node__"
_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def node(
    name: str,
    *,
    category: str,
    display_name: str = "",
    aliases: tuple[str, ...] = (),
    output_names: tuple[str, ...] = (),
    output_node: bool = False,
    lane: Lane = Lane.CPU,
    version: str = "1",
    pure: bool = True,
    takes_lists: bool = False,
    ask: NodeFunction | None = None,
    fingerprint: NodeFunction | None = None,
    own_check: OwnCheck | None = None,
    deprecated: bool = False,
    experimental: bool = False,
    thrifty: bool = False,
) -> Callable[[_Function], _Function]:
    """Mark a function as a node.

    The arguments are those of `NodeDefinition`; `output_names` says what the outputs are called
    where that is not their type.
    """
    options = {
        "name": name,
        "category": category,
        "display_name": display_name or name,
        "aliases": aliases,
        "output_node": output_node,
        "lane": lane,
        "version": version,
        "pure": pure,
        "takes_lists": takes_lists,
        "ask": ask,
        "fingerprint": fingerprint,
        "own_check": own_check,
        "deprecated": deprecated,
        "experimental": experimental,
        "thrifty": thrifty,
    }

    def mark(function: _Function) -> _Function:
        setattr(function, _OPTIONS, (options, output_names))
        return function

    return mark


def is_node(thing: object) -> bool:
    """Whether a value is a function that was marked as a node."""
    return inspect.isfunction(thing) and hasattr(thing, _OPTIONS)


@cache
def definition_of(function: NodeFunction) -> NodeDefinition:
    """Read the definition of a decorated function.

    Raises:
        DefinitionError: It is not decorated, or its signature cannot be understood.
    """
    if not hasattr(function, _OPTIONS):
        raise DefinitionError(f"{function!r} is no node: it lacks the @node decorator")
    options, output_names = getattr(function, _OPTIONS)
    try:
        hints = get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise DefinitionError(f"the types of {options['name']} cannot be read: {error}") from error
    parameters = list(inspect.signature(function).parameters.values())
    needs_context = bool(parameters) and hints.get(parameters[0].name) is NodeContext
    description, tooltips = _documentation(function)
    inputs, hidden, undeclared = [], {}, None
    for parameter in parameters[needs_context:]:
        hint = hints.get(parameter.name)
        kind = _kind(hint)
        if parameter.kind is inspect.Parameter.VAR_KEYWORD and isinstance(kind, KINDS):
            undeclared = partial(_more, kind=kind, traits=_traits(hint))
        elif parameter.kind not in _BY_NAME:
            raise DefinitionError(
                f"the parameter '{parameter}' of {options['name']} cannot be given by name"
            )
        elif isinstance(kind, Hidden):
            hidden[parameter.name] = kind
        elif kind is None:
            raise DefinitionError(
                f"the parameter '{parameter.name}' of {options['name']} says no socket or field"
            )
        else:
            tooltip = tooltips.get(parameter.name, "")
            inputs.append(_input(parameter, kind, tooltip, _traits(hint)))
    return NodeDefinition(
        function=function,
        inputs=tuple(inputs),
        outputs=tuple(_outputs(hints.get("return"), output_names, options["name"])),
        hidden=hidden,
        undeclared=undeclared,
        description=description,
        needs_context=needs_context,
        source=function.__module__,
        **options,
    )


def _input(
    parameter: inspect.Parameter, kind: Kind, tooltip: str, traits: frozenset[Trait]
) -> InputSpec:
    default = parameter.default
    is_absent = default is inspect.Parameter.empty
    return InputSpec(
        parameter.name,
        kind,
        required=(is_absent or default is not None) and Trait.OPTIONAL not in traits,
        default=MISSING if is_absent else default,
        tooltip=tooltip,
        **_as_arguments(traits),
    )


def _more(name: str, kind: Kind, traits: frozenset[Trait]) -> InputSpec:
    """An input that `**more` takes."""
    return InputSpec(name, kind, required=False, default=None, **_as_arguments(traits))


def _as_arguments(traits: frozenset[Trait]) -> dict[str, Any]:
    return {
        "lazy": Trait.LAZY in traits,
        "raw_link": Trait.RAW_LINK in traits,
        "force_input": Trait.FORCE_INPUT in traits,
        "advanced": Trait.ADVANCED in traits,
    }


def _traits(hint: Any) -> frozenset[Trait]:  # noqa: ANN401 - a type, whatever its form
    """What a type says beside its kind."""
    if get_origin(hint) in (Union, types.UnionType):
        return frozenset().union(*map(_traits, get_args(hint)))
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return frozenset(extra for extra in extras if isinstance(extra, Trait))


def _kind(hint: Any) -> Kind | Hidden | None:  # noqa: ANN401 - a type, whatever its form
    """The socket or field that a type says, also in `… | None`."""
    if get_origin(hint) is Annotated:
        for extra in get_args(hint)[1:]:
            if isinstance(extra, (*KINDS, Hidden)):
                return extra
        return _kind(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return next((kind for part in get_args(hint) if (kind := _kind(part))), None)
    return None


def _outputs(hint: Any, names: Sequence[str], node_name: str) -> Iterator[OutputSpec]:  # noqa: ANN401
    parts = get_args(hint) if get_origin(hint) is tuple else (hint,)
    kinds = [_kind(part) for part in parts]
    found = [kind.type for kind in kinds if isinstance(kind, KINDS)]
    if found and len(found) != len(parts):
        raise DefinitionError(f"an output of {node_name} says no socket")
    if names and len(names) != len(found):
        raise DefinitionError(f"{node_name} names {len(names)} outputs and has {len(found)}")
    for index, type_ in enumerate(found):
        is_list = Trait.LIST in _traits(parts[index])
        yield OutputSpec(names[index] if names else type_, type_, is_list)


def _documentation(function: NodeFunction) -> tuple[str, dict[str, str]]:
    """The first paragraph of a docstring, and what it says of each argument."""
    text = inspect.getdoc(function) or ""
    first, _, rest = text.partition("\n\n")
    section = re.search(r"^Args:\n((?:[ ]+.*\n?|\n)+)", rest, re.MULTILINE)
    found: dict[str, str] = {}
    if section:
        block = inspect.cleandoc("\n" + section[1])
        for entry in re.finditer(r"^(\w+): (.*(?:\n[ ]+.*)*)", block, re.MULTILINE):
            found[entry[1]] = " ".join(entry[2].split())
    return " ".join(first.split()), found

"""Turn a class in ComfyUI's convention into a definition.

    class Blend:
        RETURN_TYPES, FUNCTION, CATEGORY = ("IMAGE",), "blend", "image"

        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"a": ("IMAGE",), "amount": ("FLOAT", {"min": 0, "max": 1})}}

        def blend(self, a, amount):
            return (a * amount,)

What such a class can be, ComfyUI's behaviour says: see `graph.adapter.declaration` for its inputs,
`returned` for what it gives back, `questions` for what it is asked besides.
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.adapter.calm import calm, run_calmly
from graph.adapter.declaration import Declaration, read_declaration
from graph.adapter.instances import Instances
from graph.adapter.plain import as_json, options_of
from graph.adapter.questions import fingerprint_of, needs_of, own_check_of
from graph.adapter.returned import read_returned
from graph.adapter.sources import version_of
from graph.definition import InputSpec, Lane, NodeDefinition, OutputSpec
from graph.dynamic_prompt import as_dynamic_prompt
from graph.errors import DefinitionError
from graph.running import running
from graph.sockets import Foreign, Hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from graph.context import NodeContext
    from graph.result import Expansion, NodeOutput

    Undeclared: TypeAlias = Callable[[str], InputSpec | None]

_OWN_ID = "id of the node, for its key only"


def adapt(
    cls: type, name: str, *, display_name: str = "", source: str = "", package: str = ""
) -> NodeDefinition:
    """Return the definition of a class.

    Args:
        cls: A class in ComfyUI's convention.
        name: What workflows call it.
        display_name: What the editor calls it.
        source: The module that clients are told.
        package: The module of the pack that brings it; the code of all of it counts.

    Raises:
        DefinitionError: It is none.
    """
    return _NodeClass(cls, name, display_name, source, package).definition()


class _NodeClass:
    """A class, its instances, and what does not change about it."""

    def __init__(self, cls: type, name: str, display_name: str, source: str, package: str) -> None:
        if not isinstance(cls, type):
            raise DefinitionError(f"a class is expected, and {name} is a {type(cls).__name__}")
        input_types = getattr(cls, "INPUT_TYPES", None)
        if not callable(input_types):
            raise DefinitionError("the class has no INPUT_TYPES")
        function = getattr(cls, "FUNCTION", None)
        if not isinstance(function, str) or not callable(getattr(cls, function, None)):
            raise DefinitionError(f"its FUNCTION, {function!r}, names no method of the class")
        self._class = cls
        self._name = name
        self._display_name = display_name
        self._source = source
        self._package = package
        self._method: str = function
        self._input_types = input_types
        self._instances = Instances(cls)
        self._needs = needs_of(cls, self._instances)
        # Hidden inputs that nobody fills in and that the function insists on.
        self._blank: dict[str, None] = {}
        self._names: tuple[str, ...] = ()
        self._last: NodeDefinition | None = None

    def definition(self) -> NodeDefinition:
        """Read the class.

        Raises:
            DefinitionError: It says something that cannot be understood, or fails to say it.
        """
        declaration = self._declaration()
        self._blank = {
            parameter.name: None
            for parameter in self._parameters
            if parameter.name in declaration.unfilled and parameter.default is parameter.empty
        }
        self._names = tuple(spec.name for spec in declaration.inputs)
        self._last = replace(
            self._fixed,
            inputs=tuple(map(self._with_spared, declaration.inputs)),
            hidden=self._hidden(declaration),
            declared=declaration.described,
            ask=self._ask if any(spec.lazy for spec in declaration.inputs) else None,
            undeclared=self._undeclared(declaration),
        )
        return self._last

    def current(self) -> NodeDefinition:
        """Read the class again; where that fails, it is what it was."""
        try:
            return self.definition()
        except DefinitionError:
            return self._last or self._fixed

    @cached_property
    def _fixed(self) -> NodeDefinition:
        cls = self._class
        is_async = inspect.iscoroutinefunction(getattr(cls, self._method))
        takes_lists = bool(getattr(cls, "INPUT_IS_LIST", False))
        return NodeDefinition(
            name=self._name,
            function=self._run_async if is_async else self._run,
            outputs=_outputs(cls),
            display_name=self._display_name or self._name,
            category=_text(cls, "CATEGORY", "sd"),
            description=_text(cls, "DESCRIPTION", ""),
            output_node=bool(getattr(cls, "OUTPUT_NODE", False)),
            needs_context=True,
            lane=Lane.ACCELERATOR,
            version=version_of(cls, self._package),
            source=self._source,
            takes_lists=takes_lists,
            fingerprint=fingerprint_of(cls, takes_lists=takes_lists),
            own_check=own_check_of(cls, takes_lists=takes_lists),
            deprecated=bool(getattr(cls, "DEPRECATED", False)),
            experimental=bool(getattr(cls, "EXPERIMENTAL", False)),
            refresh=self.current,
        )

    def _declaration(self) -> Declaration:
        try:
            declared = self._input_types()
        except Exception as error:
            raise DefinitionError(
                f"its INPUT_TYPES failed: {type(error).__name__}: {error}"
            ) from error
        return read_declaration(declared)

    def _hidden(self, declaration: Declaration) -> Mapping[str, Hidden]:
        if getattr(self._class, "NOT_IDEMPOTENT", False):
            return {**declaration.hidden, _OWN_ID: Hidden.UNIQUE_ID}
        return declaration.hidden

    def _undeclared(self, declaration: Declaration) -> Undeclared | None:
        if not self._takes_any:
            is_closed = not (declaration.open_sections or declaration.unfilled)
            return None if is_closed else declaration.undeclared
        return lambda name: declaration.undeclared(name) or _link_only(name)

    def _with_spared(self, spec: InputSpec) -> InputSpec:
        """An input, marked if the function does without it."""
        for parameter in self._parameters:
            if parameter.name == spec.name:
                spared = parameter.default is not parameter.empty
                return replace(spec, spared=True) if spared else spec
        return replace(spec, spared=True) if self._takes_any else spec

    @cached_property
    def _takes_any(self) -> bool:
        """Whether the function has `**kwargs`."""
        return any(
            parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in self._parameters
        )

    @cached_property
    def _parameters(self) -> tuple[inspect.Parameter, ...]:
        try:
            signature = inspect.signature(getattr(self._class, self._method))
        except (TypeError, ValueError):  # written in C, or a callable that hides what it takes
            return ()
        return tuple(signature.parameters.values())

    def _run(self, context: NodeContext, /, **inputs: object) -> NodeOutput | Expansion:
        with running(context), calm(context)():
            return self._read(self._call(context, inputs), context)

    async def _run_async(self, context: NodeContext, /, **inputs: object) -> NodeOutput | Expansion:
        with running(context):
            result = await run_calmly(self._call(context, inputs), calm(context))
            return self._read(result, context)

    def _call(self, context: NodeContext, inputs: dict[str, object]) -> Any:  # noqa: ANN401 - what a pack gives back
        inputs.pop(_OWN_ID, None)
        for name, kind in (self._last or self._fixed).hidden.items():
            if kind is Hidden.DYNPROMPT and name in inputs:
                inputs[name] = as_dynamic_prompt(inputs[name])
        method = getattr(self._instances.of(context.node_id), self._method)
        return method(**self._in_order({**self._blank, **inputs}))

    def _ask(self, context: NodeContext, /, **inputs: object) -> object:
        return self._needs(context, **self._in_order(inputs))

    def _in_order(self, inputs: dict[str, object]) -> dict[str, object]:
        """Inputs as the class declares them, then others: some functions go through `**kwargs`."""
        return {name: inputs[name] for name in self._names if name in inputs} | inputs

    def _read(self, result: object, context: NodeContext) -> NodeOutput | Expansion:
        return read_returned(result, self._name, len(self._fixed.outputs), context.folders)


def _link_only(name: str) -> InputSpec:
    return InputSpec(name, Foreign("*"), required=False, link_only=True)


def _outputs(cls: type) -> tuple[OutputSpec, ...]:
    kinds = _sequence(getattr(cls, "RETURN_TYPES", ()))
    names = _sequence(getattr(cls, "RETURN_NAMES", None) or ())
    lists = _sequence(getattr(cls, "OUTPUT_IS_LIST", None) or ())
    tooltips = _sequence(getattr(cls, "OUTPUT_TOOLTIPS", None) or ())
    outputs = []
    for index, kind in enumerate(kinds):
        choices = options_of(kind)
        type_ = kind if isinstance(kind, str) else "*" if choices is None else "COMBO"
        outputs.append(
            OutputSpec(
                str(names[index]) if index < len(names) else str.__str__(type_),
                type_,
                is_list=index < len(lists) and bool(lists[index]),
                tooltip=str(tooltips[index] or "") if index < len(tooltips) else "",
                choices=None if choices is None else tuple(map(as_json, choices)),
            )
        )
    return tuple(outputs)


def _sequence(value: object) -> tuple[Any, ...]:
    """A tuple, also where a comma is missing: `("IMAGE")` is meant as `("IMAGE",)`."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list | tuple) else ()


def _text(cls: type, name: str, default: str) -> str:
    value = getattr(cls, name, default)
    return value if isinstance(value, str) else default

"""The node decorator: what signatures and docstrings become, and what is refused."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Optional

import pytest

from graph.context import NodeContext
from graph.decorator import definition_of, node
from graph.definition import MISSING, InputSpec, Lane, OutputSpec
from graph.errors import DefinitionError
from graph.result import NodeOutput
from graph.sockets import (
    Boolean,
    Combo,
    Float,
    Hidden,
    InputFile,
    Int,
    ModelFile,
    Socket,
    String,
    Trait,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Image = Annotated[object, Socket("IMAGE")]
Mask = Annotated[object, Socket("MASK")]
Prompt = Annotated[Mapping[str, object] | None, Hidden.PROMPT]


@node(
    "Everything",
    category="test/all",
    display_name="Everything there is",
    aliases=("All",),
    output_names=("picture", "where"),
    output_node=True,
    lane=Lane.ACCELERATOR,
    version="7",
    pure=False,
)
def everything(
    ctx: NodeContext,
    image: Image,
    count: Annotated[int, Int(1, 9, step=2)],
    share: Annotated[float, Float(0.0, 2.0)] = 0.5,
    *,
    text: Annotated[str, String(multiline=True)] = "",
    on: Annotated[bool, Boolean()] = False,
    way: Annotated[str, Combo(("a", "b"))] = "b",
    model: Annotated[str, ModelFile("vae")],
    picture: Annotated[str, InputFile("image")],
    mask: Mask | None = None,
    limit: Optional[Annotated[int, Int()]] = None,  # noqa: UP045 - the older way must work too
    anything: Annotated[object, Socket("*")] = None,
    prompt: Prompt = None,
    me: Annotated[str, Hidden.UNIQUE_ID] = "",
) -> tuple[Image, Mask]:
    """Take one of
    each.

    Not part of the description.

    Args:
        ctx: What the engine offers.
        image: The picture
            to look at.
        count: How many: 1, 3, 5.

        share: After an empty line.

    Returns:
        nothing: That is an argument.
    """
    return image, mask


def test_parameters_become_inputs_in_their_order() -> None:
    inputs = definition_of(everything).inputs
    assert inputs == (
        InputSpec("image", Socket("IMAGE"), tooltip="The picture to look at."),
        InputSpec("count", Int(1, 9, step=2), tooltip="How many: 1, 3, 5."),
        InputSpec("share", Float(0.0, 2.0), default=0.5, tooltip="After an empty line."),
        InputSpec("text", String(multiline=True), default=""),
        InputSpec("on", Boolean(), default=False),
        InputSpec("way", Combo(("a", "b")), default="b"),
        InputSpec("model", ModelFile("vae")),
        InputSpec("picture", InputFile("image")),
        InputSpec("mask", Socket("MASK"), required=False, default=None),
        InputSpec("limit", Int(), required=False, default=None),
        InputSpec("anything", Socket("*"), required=False, default=None),
    )
    assert inputs[0].default is MISSING


def test_hidden_parameters_are_no_inputs() -> None:
    assert definition_of(everything).hidden == {"prompt": Hidden.PROMPT, "me": Hidden.UNIQUE_ID}


def test_outputs_have_types_and_names() -> None:
    outputs = (OutputSpec("picture", "IMAGE"), OutputSpec("where", "MASK"))
    assert definition_of(everything).outputs == outputs


def test_the_rest_of_a_definition_is_what_the_decorator_was_told() -> None:
    definition = definition_of(everything)
    assert definition.needs_context
    assert definition.description == "Take one of each."
    assert (definition.name, definition.display_name) == ("Everything", "Everything there is")
    assert (definition.category, definition.aliases) == ("test/all", ("All",))
    assert (definition.lane, definition.version) == (Lane.ACCELERATOR, "7")
    assert (definition.output_node, definition.pure) == (True, False)
    assert definition.source == __name__
    assert definition.input("count") is definition.inputs[1]
    assert definition.input("prompt") is None


def test_a_decorated_function_stays_what_it_was() -> None:
    @node("Twice", category="test")
    def twice(number: Annotated[int, Int()]) -> Annotated[int, Socket("INT")]:
        return 2 * number

    # Without a word of it, a node keeps no accelerator busy.
    assert definition_of(twice).lane is Lane.CPU
    assert twice(4) == 8
    definition = definition_of(twice)
    assert definition.function is twice
    assert definition_of(twice) is definition
    assert (definition.display_name, definition.description) == ("Twice", "")
    assert not definition.needs_context


@pytest.mark.parametrize(
    ("hint", "types"),
    [
        (Image, ["IMAGE"]),
        (tuple[Image, Mask, Image], ["IMAGE", "MASK", "IMAGE"]),
        (Annotated[int, Int()], ["INT"]),
        (None, []),
        (NodeOutput, []),
    ],
)
def test_return_types_say_the_outputs(hint: object, types: list[str]) -> None:
    def function() -> None: ...

    function.__annotations__["return"] = hint
    definition = definition_of(node("Some", category="test")(function))
    assert definition.outputs == tuple(OutputSpec(name, name) for name in types)


def test_a_signature_is_read_when_it_is_asked_for() -> None:
    @node("Later", category="test")
    def later(number: "Annotated[int, Size]") -> None: ...  # noqa: F821

    with pytest.raises(DefinitionError, match=r"the types of Later cannot be read: .*'Size'"):
        definition_of(later)


def _bare_parameter() -> "Callable[..., object]":
    @node("Bare", category="test")
    def bare(number: int) -> None: ...

    return bare


def _half_an_output() -> "Callable[..., object]":
    @node("Half", category="test")
    def half() -> tuple[Image, int]:
        return object(), 1

    return half


def _too_many_names() -> "Callable[..., object]":
    @node("Names", category="test", output_names=("one", "two"))
    def names() -> Image:
        return object()

    return names


def _any_number() -> "Callable[..., object]":
    @node("Any", category="test")
    def several(*numbers: Annotated[int, Int()]) -> None: ...

    return several


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_bare_parameter, "the parameter 'number' of Bare says no socket or field"),
        (_half_an_output, "an output of Half says no socket"),
        (_too_many_names, "Names names 2 outputs and has 1"),
        (_any_number, r"the parameter '\*numbers.*' of Any cannot be given by name"),
        (lambda: print, "is no node: it lacks the @node decorator"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(
    make: "Callable[[], Callable[..., object]]", sentence: str
) -> None:
    with pytest.raises(DefinitionError, match=sentence):
        definition_of(make())


def _needs(lazy: object) -> list[str]:
    return ["lazy"] if lazy is None else []


@node("Traits", category="test", takes_lists=True, ask=_needs, deprecated=True, experimental=True)
def traits(
    lazy: Annotated[object, Socket("*"), Trait.LAZY],
    link: Annotated[object, Socket("*"), Trait.RAW_LINK] | None = None,
    number: Annotated[int, Int(), Trait.FORCE_INPUT] = 3,
    **more: Annotated[int, Int(0, 9)],
) -> tuple[Annotated[list[object], Socket("IMAGE"), Trait.LIST], Mask]:
    """Do nothing with them."""
    raise NotImplementedError


def test_traits_stand_beside_the_kind() -> None:
    definition = definition_of(traits)
    lazy, link, number = definition.inputs
    assert (lazy.lazy, lazy.raw_link, lazy.force_input, lazy.required) == (True, False, False, True)
    assert (link.lazy, link.raw_link, link.force_input, link.required) == (
        *(False, True, False, False),
    )
    assert (number.force_input, number.default) == (True, 3)
    assert [output.is_list for output in definition.outputs] == [True, False]


def test_a_parameter_for_all_others_takes_any_number_of_inputs() -> None:
    definition = definition_of(traits)
    assert definition.input("x") == InputSpec("x", Int(0, 9), required=False, default=None)
    assert definition_of(everything).input("x") is None


def test_what_the_decorator_says_of_the_node_is_in_its_definition() -> None:
    definition = definition_of(traits)
    assert (definition.takes_lists, definition.deprecated, definition.experimental) == (
        *(True, True, True),
    )
    assert definition.ask is _needs


def test_an_input_with_a_default_can_be_optional_all_the_same() -> None:
    @node("Half", category="test")
    def half(share: Annotated[float, Float(), Trait.OPTIONAL] = 0.5) -> None:
        """Take a share."""

    (spec,) = definition_of(half).inputs
    assert not spec.required
    assert spec.default == 0.5

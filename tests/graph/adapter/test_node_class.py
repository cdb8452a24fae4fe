"""Classes in ComfyUI's convention as definitions."""

from __future__ import annotations

from typing import Any

import pytest

from graph.adapter.node_class import adapt
from graph.definition import Lane, OutputSpec
from graph.dynamic_prompt import DynamicPrompt
from graph.errors import DefinitionError
from graph.result import Blocked, Expansion, NodeOutput
from graph.sockets import Foreign, Hidden
from tests.graph.adapter.classes import ANY, call, define, make


def test_a_class_without_much_is_a_node() -> None:
    definition = define()
    assert (definition.name, definition.display_name, definition.source) == (
        *("Made", "Made", "custom_nodes.made"),
    )
    assert (definition.lane, definition.pure) == (Lane.ACCELERATOR, True)
    assert (definition.inputs, definition.hidden, definition.description) == ((), {}, "")
    assert (definition.deprecated, definition.experimental, definition.output_node) == (
        *(False, False, False),
    )
    assert (definition.ask, definition.fingerprint, definition.own_check) == (None, None, None)


def test_a_class_says_what_it_is() -> None:
    definition = define(
        RETURN_TYPES=("IMAGE", ANY, ["a", "b"]),
        RETURN_NAMES=("picture", "thing"),
        OUTPUT_IS_LIST=(True,),
        OUTPUT_TOOLTIPS=("A picture.",),
        CATEGORY="a/b",
        DESCRIPTION="Makes things.",
        OUTPUT_NODE=True,
        DEPRECATED=True,
        EXPERIMENTAL=True,
        INPUT_IS_LIST=True,
    )
    assert definition.outputs == (
        OutputSpec("picture", "IMAGE", is_list=True, tooltip="A picture."),
        OutputSpec("thing", "*"),
        OutputSpec("COMBO", "COMBO", choices=("a", "b")),
    )
    assert definition.outputs[1].type is ANY
    assert (definition.category, definition.description) == ("a/b", "Makes things.")
    assert (definition.output_node, definition.deprecated, definition.experimental) == (
        *(True, True, True),
    )
    assert definition.takes_lists


@pytest.mark.parametrize("types", ["IMAGE", ["IMAGE"]])
def test_a_forgotten_comma_is_forgiven(types: object) -> None:
    assert define(RETURN_TYPES=types).outputs == (OutputSpec("IMAGE", "IMAGE"),)


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"INPUT_TYPES": None}, "the class has no INPUT_TYPES"),
        ({"FUNCTION": None}, "its FUNCTION, None, names no method of the class"),
        ({"FUNCTION": "gone"}, "its FUNCTION, 'gone', names no method of the class"),
        (
            {"inputs": []},
            "INPUT_TYPES must give back a dictionary, and gave back a list",
        ),
        (
            {"inputs": {"required": ["a"]}},
            "'required' in INPUT_TYPES must be a dictionary, and is a list",
        ),
    ],
)
def test_a_class_that_is_none_is_refused(attributes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        define(**attributes)
    assert str(caught.value) == sentence


def test_a_class_whose_input_types_fail_is_refused() -> None:
    def fail() -> object:
        raise KeyError("gone")

    with pytest.raises(DefinitionError, match="its INPUT_TYPES failed: KeyError: 'gone'"):
        define(fail)
    with pytest.raises(DefinitionError, match="a class is expected, and X is a int"):
        adapt(5, "X")  # type: ignore[arg-type]


def test_options_are_those_of_now() -> None:
    files = ["a"]
    definition = define(lambda: {"required": {"file": (files,)}})
    files.append("b")
    assert definition.refresh is not None
    kinds = [found.inputs[0].kind for found in (definition, definition.refresh())]
    assert [kind.choices for kind in kinds if isinstance(kind, Foreign)] == [("a",), ("a", "b")]


def test_a_class_that_can_no_longer_say_its_inputs_keeps_them() -> None:
    answers = iter([{"required": {"a": ("INT",)}}])
    definition = define(lambda: next(answers))
    assert definition.refresh is not None
    assert definition.refresh().inputs == definition.inputs != ()


def test_each_node_has_an_instance_that_stays() -> None:
    def count(self: object) -> tuple[int]:
        counted: list[None] = vars(self).setdefault("counted", [])
        counted.append(None)
        return (len(counted),)

    definition = define(function=count)
    assert [call(definition, node).values for node in ("1", "1", "2", "1")] == [
        *((1,), (2,), (1,), (3,)),
    ]


def test_a_function_may_be_a_coroutine() -> None:
    async def run(_self: object, a: int) -> tuple[int]:
        return (a + 1,)

    assert call(define(function=run), a=1) == NodeOutput((2,))


def test_a_function_may_be_static() -> None:
    assert call(define(function=staticmethod(lambda a: (a,))), a=1) == NodeOutput((1,))


def test_live_values_pass_untouched() -> None:
    live = object()
    result = call(define(), a=live)
    assert result.values[0]["a"] is live


def test_links_that_are_not_declared_reach_a_function_that_takes_any() -> None:
    spec = define({"required": {"a": ("INT",)}}).input("b")
    assert spec is not None
    assert (spec.kind, spec.required, spec.link_only) == (Foreign("*"), False, True)


def test_a_function_that_takes_none_is_given_none() -> None:
    assert define(function=lambda _self, a: (a,)).input("b") is None


def test_what_the_engine_fills_in_has_a_name_of_the_classes_choice() -> None:
    definition = define(
        {
            "hidden": {
                "who": "UNIQUE_ID",
                "all": "PROMPT",
                "png": "EXTRA_PNGINFO",
                "dyn": "DYNPROMPT",
            }
        }
    )
    assert definition.hidden == {
        "who": Hidden.UNIQUE_ID,
        "all": Hidden.PROMPT,
        "png": Hidden.EXTRA_PNGINFO,
        "dyn": Hidden.DYNPROMPT,
    }
    (given,) = call(definition, who="1", dyn={"1": {"class_type": "Made"}}).values
    assert isinstance(given["dyn"], DynamicPrompt)
    assert given["dyn"].get_node("1") == {"class_type": "Made"}


def test_a_dynamic_prompt_stays_the_one_it_is() -> None:
    prompt = DynamicPrompt({})
    (given,) = call(define({"hidden": {"dyn": "DYNPROMPT"}}), dyn=prompt).values
    assert given["dyn"] is prompt


def test_hidden_inputs_of_a_kind_that_nobody_knows_are_none_where_they_must_be_something() -> None:
    def run(_self: object, a: object, b: object = 7) -> tuple[object, ...]:
        return (a, b)

    definition = define({"hidden": {"a": "MOON", "b": "SUN"}}, run, RETURN_TYPES=("*", "*"))
    assert call(definition).values == (None, 7)
    assert definition.hidden == {}
    spec = definition.input("a")
    assert spec is not None
    assert not spec.link_only  # so that a program can give it
    assert call(definition, a=1).values == (1, 7)


def test_a_class_that_must_run_for_each_node_is_known_by_the_node() -> None:
    definition = define(NOT_IDEMPOTENT=True)
    (name,) = definition.hidden
    assert definition.hidden[name] is Hidden.UNIQUE_ID
    given: dict[str, Any] = {name: "1", "a": 2}
    assert call(definition, "1", **given).values == ({"a": 2},)


def test_a_function_may_give_back_a_graph_and_blockers() -> None:
    graph = {"x": {"class_type": "Y", "inputs": {}}}
    expanded = call(define(function=lambda _self: {"result": (["x", 0],), "expand": graph}))
    assert expanded == Expansion(graph, (["x", 0],))
    blocked = call(define(function=lambda _self: Blocked("no"), RETURN_TYPES=("A", "B")))
    assert blocked.values == (Blocked("no"), Blocked("no"))


def test_the_version_is_that_of_the_code() -> None:
    assert define().version == define().version
    assert len(define().version) == 32
    assert adapt(make(), "X").version != adapt(type("Other", (make(),), {}), "X").version

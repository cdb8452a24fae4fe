"""Calling a node: what it is given, what it may give back, and how its errors are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.calls import call, merge, prepare, read, sentence
from graph.checked import CheckedNode
from graph.context import NodeContext
from graph.definition import NodeDefinition, OutputSpec
from graph.errors import DefinitionError, NodeInputError
from graph.folders import Folders
from graph.result import NodeOutput
from graph.sockets import Hidden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.definition import NodeFunction


def _call(
    node: CheckedNode,
    context: NodeContext,
    linked: Mapping[str, object],
    hidden: Mapping[Hidden, object],
) -> NodeOutput:
    """Run a node as the engine does."""
    calls = prepare(node, linked, hidden)
    results = read(call(node.definition.function, node, context, calls), node.definition)
    plain = [result for result in results if isinstance(result, NodeOutput)]
    return merge(plain, node.definition, mapped=calls.mapped)


@pytest.fixture
def context(tmp_path: Path) -> NodeContext:
    return NodeContext("7", Folders.under(tmp_path))


def _node(
    function: NodeFunction,
    *,
    outputs: int = 1,
    constants: Mapping[str, object] | None = None,
    hidden: Mapping[str, Hidden] | None = None,
    needs_context: bool = False,
) -> CheckedNode:
    definition = NodeDefinition(
        "Stub",
        function,
        outputs=tuple(OutputSpec(f"out{slot}", "*") for slot in range(outputs)),
        hidden=hidden or {},
        needs_context=needs_context,
    )
    return CheckedNode("7", "", definition, constants or {}, {}, {})


def test_constants_links_hidden_inputs_and_the_context_reach_the_function(
    context: NodeContext,
) -> None:
    def function(ctx: NodeContext, a: int, b: int, *, me: str, prompt: object = None) -> object:
        return ctx, a, b, me, prompt

    node = _node(
        function,
        constants={"a": 1},
        hidden={"me": Hidden.UNIQUE_ID, "prompt": Hidden.PROMPT},
        needs_context=True,
    )
    output = _call(node, context, {"b": 2}, {Hidden.UNIQUE_ID: "7", Hidden.EXTRA_PNGINFO: {}})
    assert output.values == ((context, 1, 2, "7", None),)


@pytest.mark.parametrize(
    ("outputs", "returned", "values"),
    [
        (0, None, ()),
        (0, (), ()),
        (1, None, (None,)),
        (1, 5, (5,)),
        (1, (5,), ((5,),)),
        (1, (1, 2), ((1, 2),)),
        (2, (1, 2), (1, 2)),
        (2, ([1], None), ([1], None)),
        (1, NodeOutput((5,)), (5,)),
        (0, NodeOutput(), ()),
    ],
)
def test_a_node_may_give_back_a_value_a_tuple_or_an_output(
    context: NodeContext, outputs: int, returned: object, values: tuple[object, ...]
) -> None:
    output = _call(_node(lambda: returned, outputs=outputs), context, {}, {})
    assert output.values == values


@pytest.mark.parametrize(
    ("outputs", "returned", "count"),
    [
        (0, 5, 1),
        (2, None, 0),
        (2, 5, 1),
        (2, [1, 2], 1),
        (2, (1, 2, 3), 3),
        (1, NodeOutput(), 0),
        (0, NodeOutput((1,)), 1),
    ],
)
def test_another_number_of_outputs_is_the_nodes_fault(
    context: NodeContext, outputs: int, returned: object, count: int
) -> None:
    sentence = f"the node gave back {count} outputs where its class declares {outputs}; "
    with pytest.raises(DefinitionError, match=sentence):
        _call(_node(lambda: returned, outputs=outputs), context, {}, {})


def test_what_a_node_did_besides_comes_along(context: NodeContext, tmp_path: Path) -> None:
    given = NodeOutput(ui={"images": []}, files=(tmp_path / "a.png",))
    assert _call(_node(lambda: given, outputs=0), context, {}, {}) == given


def test_of_what_items_tell_lists_are_joined_and_of_all_else_the_last_counts() -> None:
    told = ({"a": [1], "b": 1}, None, {"a": (2,), "b": 2, "c": [3]}, {"c": 4}, {"c": [5]})
    definition = _node(lambda: None, outputs=0).definition
    joined = merge([NodeOutput(ui=ui) for ui in told], definition, mapped=True)
    assert joined.ui == {"a": [1, 2], "b": 2, "c": [5]}


class ForeignError(RuntimeError):
    """An error that a library defines."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NodeInputError("the picture is too large"), "the picture is too large"),
        (ForeignError("no such\n   tensor"), "no such tensor"),
        (ForeignError(), "ForeignError"),
        (KeyError("samples"), "KeyError: 'samples'"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (MemoryError(), "MemoryError"),
        (ValueError(" "), "ValueError"),
    ],
)
def test_an_exception_is_said_in_one_line(error: Exception, said: str) -> None:
    assert sentence(error) == said

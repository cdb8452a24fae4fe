"""Inputs that ComfyUI's classes may have: raw links, lazy ones, undeclared ones, odd types."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from graph.decorator import definition_of
from graph.definition import InputSpec, NodeDefinition, OutputSpec
from graph.folders import Folders
from graph.sockets import Foreign, Hidden, Socket
from graph.validate import validate
from graph.workflow import Link, Workflow, WorkflowNode
from tests.graph.stubs import make, registry

if TYPE_CHECKING:
    from graph.checked import Checked
    from graph.workflow import Value

FOLDERS = Folders.under(Path("/nowhere"))


def _node(*inputs: InputSpec, link_only: bool | None = None) -> NodeDefinition:
    """A node `X` with such inputs; others are taken where `link_only` is given."""
    return NodeDefinition(
        "X",
        lambda **_: None,
        inputs=inputs,
        outputs=(OutputSpec("x", "NUMBER"),),
        hidden={"me": Hidden.UNIQUE_ID},
        output_node=True,
        undeclared=None
        if link_only is None
        else lambda name: InputSpec(name, Foreign("*"), required=False, link_only=link_only),
    )


def _check(definition: NodeDefinition, **inputs: Value) -> Checked:
    """Check a workflow in which a node 1 gives a number, 0 gives a wrong one, and 2 is such."""
    known = registry()
    known.add(definition)
    nodes = (
        WorkflowNode("0", "Make", {"number": -1}),
        WorkflowNode("1", "Make", {"number": 1}),
        WorkflowNode("2", "X", inputs),
    )
    return validate(Workflow({node.id: node for node in nodes}), known, FOLDERS, targets=["2"])


RAW = InputSpec("a", Socket("NUMBER"), raw_link=True)


def test_a_raw_link_is_checked_and_kept_apart() -> None:
    checked = _check(_node(RAW), a=Link("1", 0))
    assert (checked.problems, [*checked.nodes]) == ((), ["1", "2"])
    assert (checked.nodes["2"].raw, checked.nodes["2"].links) == ({"a": Link("1", 0)}, {})
    (problem,) = _check(_node(replace(RAW, kind=Socket("IMAGE"))), a=Link("1", 0)).problems
    assert problem.type == "return_type_mismatch"


def test_a_raw_link_to_a_broken_node_breaks_its_reader() -> None:
    checked = _check(_node(RAW), a=Link("0", 0))
    assert (checked.outputs, checked.broken) == ((), ("2",))


def test_raw_links_may_not_make_a_circle() -> None:
    (problem,) = _check(_node(RAW), a=Link("2", 0)).problems
    assert problem.type == "dependency_cycle"


def test_a_lazy_input_is_checked_like_others() -> None:
    lazy = InputSpec("a", Socket("NUMBER"), lazy=True)
    assert _check(_node(lazy), a=Link("0", 0)).broken == ("2",)
    (problem,) = _check(_node(lazy)).problems
    assert problem.type == "required_input_missing"


def test_undeclared_links_are_followed_and_literals_dropped_with_a_warning() -> None:
    checked = _check(_node(link_only=True), a=Link("1", 0), b=3)
    assert checked.nodes["2"].links == {"a": Link("1", 0)}
    assert checked.nodes["2"].constants == {}
    assert checked.warnings == ("X (node 2) has no input 'b'; it is ignored",)
    assert _check(_node(link_only=True), a=Link("0", 0)).broken == ("2",)


def test_an_open_class_takes_links_and_literals() -> None:
    checked = _check(_node(link_only=False), a=Link("1", 0), b=[1, {"c": None}])
    assert checked.nodes["2"].links == {"a": Link("1", 0)}
    assert checked.nodes["2"].constants == {"b": [1, {"c": None}]}
    assert checked.warnings == ()


def test_hidden_inputs_are_nobodys_to_give() -> None:
    checked = _check(_node(link_only=False), me="somebody")
    assert (checked.nodes["2"].constants, checked.warnings) == ({}, ())


def test_types_in_one_string_are_alternatives() -> None:
    wanted = InputSpec("a", Foreign("TEXT,NUMBER"))
    assert not _check(_node(wanted), a=Link("1", 0)).problems


def test_a_foreign_socket_takes_what_a_field_of_the_editors_gives() -> None:
    checked = _check(_node(InputSpec("a", Foreign("COLOUR"))), a={"r": 1})
    assert checked.nodes["2"].constants == {"a": {"r": 1}}


def test_what_is_missing_is_said_by_what_it_is() -> None:
    fields = (InputSpec("a", Foreign("INT"), default=3), InputSpec("b", Foreign("MODEL")))
    first, second = _check(_node(*fields)).problems
    assert first.expected == "a value or link of type INT, 3 for instance"
    assert second.expected == "a link of type MODEL"


def test_options_are_those_of_the_moment() -> None:
    choices = iter((("a",), ("b",)))

    def refresh() -> NodeDefinition:
        return _node(InputSpec("a", Foreign("COMBO", choices=next(choices))))

    definition = replace(_node(), refresh=refresh)
    assert not _check(definition, a="a").problems
    assert [problem.type for problem in _check(definition, a="a").problems] == ["value_not_in_list"]


def test_a_class_is_asked_once_however_many_nodes_are_of_it() -> None:
    asked: list[None] = []

    def refresh() -> NodeDefinition:
        asked.append(None)
        return definition_of(make)

    known = registry()
    known.add(replace(definition_of(make), name="Y", aliases=(), refresh=refresh))
    nodes = {str(key): WorkflowNode(str(key), "Y", {"number": 1}) for key in range(10)}
    validate(Workflow(nodes), known, FOLDERS, targets=[*nodes])
    assert len(asked) == 1

"""What a node can be, through functions with our decorator and through ComfyUI's classes alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.errors import NodeFailed
from graph.events import NodeCached, NodeWarning
from graph.object_info import describe
from graph.problems import InvalidWorkflowError
from graph.result import Items
from graph.workflow import WorkflowNode
from tests.graph.alike.notes import ASKED, WORLD
from tests.graph.stub_engine import wire

if TYPE_CHECKING:
    from tests.graph.stub_engine import Stubs


def _ran(stubs: Stubs) -> list[str]:
    """The ids of the nodes that ran, sorted."""
    return sorted(stubs.reasons)


# Inputs and outputs


def test_the_engine_fills_in_what_is_hidden(alike: Stubs) -> None:
    found = alike.run(wire(h="Hidden"), "h", extra_pnginfo={"workflow": {}}).values["h"]
    assert found == (["h", "Hidden", {"workflow": {}}, True],)


def test_an_input_may_take_one_of_several_types(alike: Stubs) -> None:
    workflow = wire(
        n=("Give", {"value": 1}),
        t=("Say", {"text": "x"}),
        a=("Describe", {"what": "@n"}),
        b=("Describe", {"what": "@t"}),
    )
    assert alike.run(workflow, "a", "b").values == {"a": ("int",), "b": ("str",)}
    with pytest.raises(InvalidWorkflowError, match="NUMBER,TEXT"):
        alike.run(wire(x=("Box", {"number": 1}), d=("Describe", {"what": "@x"})), "d")


def test_a_node_may_take_any_number_of_links(alike: Stubs) -> None:
    workflow = wire(
        n=("Give", {"value": 1}),
        t=("Say", {"text": "x"}),
        a=("AnyNumber", {"one": "@n", "other": "@t"}),
    )
    assert alike.run(workflow, "a").values["a"] == ([("one", 1), ("other", "x")],)


def test_a_node_may_check_its_inputs_itself(alike: Stubs) -> None:
    assert alike.run(wire(c=("Checked", {"number": 50, "kind": "z"})), "c").values["c"] == (50,)
    with pytest.raises(InvalidWorkflowError, match="it says: 100 is too much for a"):
        alike.run(wire(c=("Checked", {"number": 100, "kind": "a"})), "c")
    with pytest.raises(InvalidWorkflowError, match="many"):
        alike.run(wire(c=("Checked", {"number": "many", "kind": "a"})), "c")


def test_editors_are_told_what_is_old_and_what_may_change(alike: Stubs) -> None:
    definition = alike.engine.registry.get("Old")
    assert definition is not None
    described = describe(definition, alike.engine.folders)
    assert (described["deprecated"], described["experimental"]) == (True, True)
    with pytest.raises(InvalidWorkflowError, match="'c'"):
        alike.run(wire(o=("Old", {"kind": "c"})), "o")


def test_too_few_outputs_fail_the_node(alike: Stubs) -> None:
    with pytest.raises(NodeFailed, match=r"^Few \(node f\): the node gave back 1 outputs where"):
        alike.run(wire(f="Few"), "f")


def test_a_changed_input_is_told_of_when_debugging_and_nobody_else_gets_it(alike: Stubs) -> None:
    alike.engine.hasher = lambda value: repr(value).encode().ljust(32)[:32]
    workflow = wire(b=("Box", {"number": 1}), s=("Spoil", {"box": "@b"}))
    alike.run(workflow, "s", debug=True)
    (warning,) = alike.told(NodeWarning)
    assert isinstance(warning, NodeWarning)
    assert warning.text.startswith("its code changed the value of its input 'box'")
    assert alike.run(workflow, "b").values["b"] == ([1],)


# Output nodes, and parts of a workflow


def test_a_second_run_executes_nothing_and_tells_the_outputs_again(alike: Stubs) -> None:
    workflow = wire(
        n=("Give", {"value": 1}), t=("TellAndPass", {"number": "@n"}), u=("Tell", {"value": "@t"})
    )
    first = alike.run(workflow)
    assert first.outputs == {"t": {"told": [1]}, "u": {"told": [1]}}
    second = alike.run(workflow)
    assert (_ran(alike), second.outputs) == ([], first.outputs)
    told = {event.node_id: event.ui for event in alike.events if isinstance(event, NodeCached)}
    assert told == {"n": None, **first.outputs}


PARTS = wire(
    n=("Give", {"value": 1}),
    t=("TellAndPass", {"number": "@n"}),
    p=("Plus", {"a": "@t", "more": 1}),
    u=("Tell", {"value": "@p"}),
    other=("Tell", {"value": "@n"}),
)


def test_any_node_may_be_the_target_and_outputs_that_it_needs_run(alike: Stubs) -> None:
    found = alike.run(PARTS, "p")
    assert (found.values, found.outputs) == ({"p": (2,)}, {"t": {"told": [1]}})
    assert _ran(alike) == ["n", "p", "t"]
    assert alike.run(PARTS, "u").outputs == {"t": {"told": [1]}, "u": {"told": [2]}}
    assert _ran(alike) == ["u"]


def test_an_empty_list_of_targets_is_an_error(alike: Stubs) -> None:
    with pytest.raises(InvalidWorkflowError, match="expected at least one target"):
        alike.run(PARTS, targets=())
    assert alike.events == []


def test_a_sound_output_runs_beside_a_broken_one(alike: Stubs) -> None:
    workflow = wire(
        good=("Give", {"value": 1}),
        bad=("Give", {"value": 10**9}),
        sound=("Tell", {"value": "@good"}),
        broken=("Tell", {"value": "@bad"}),
    )
    found = alike.run(workflow, allow_broken=True)
    assert found.outputs == {"sound": {"told": [1]}}
    assert [problem.node_id for problem in found.problems] == ["bad"]


# Lazy inputs


@pytest.mark.parametrize("name", ["Pick", "PickLater"])
def test_what_is_not_asked_for_neither_runs_nor_counts(alike: Stubs, name: str) -> None:
    workflow = wire(
        a=("Give", {"value": 1}), b="Break", p=(name, {"on": True, "a": "@a", "b": "@b"})
    )
    assert alike.run(workflow, "p").values["p"] == (1,)
    assert _ran(alike) == ["a", "p"]
    assert ASKED == [(True, None, None), (True, 1, None)]
    alike.run(workflow, "p")
    alike.run(workflow.with_node(WorkflowNode("b", "Give", {"value": 5})), "p")
    assert (_ran(alike), len(ASKED)) == ([], 2)
    with pytest.raises(NodeFailed, match=r"\(node b\)"):
        alike.run(workflow.with_input("p", "on", False), "p")
    assert _ran(alike) == ["b"]


def test_a_node_is_asked_for_each_item(alike: Stubs) -> None:
    workflow = wire(
        ons="Flags",
        a=("Give", {"value": 10}),
        b=("Give", {"value": 20}),
        p=("Pick", {"on": "@ons", "a": "@a", "b": "@b"}),
    )
    found = alike.run(workflow, "p")
    assert found.values["p"] == (Items((20, 10)),)
    assert ASKED[:2] == [(False, None, None), (True, None, None)]


def test_a_node_that_takes_lists_is_asked_with_lists(alike: Stubs) -> None:
    workflow = wire(
        a=("Many", {"count": 4}), b="Break", p=("PickLists", {"on": True, "a": "@a", "b": "@b"})
    )
    assert alike.run(workflow, "p").values["p"] == (6,)
    assert _ran(alike) == ["a", "p"]


# What a node says of the world


def test_a_node_that_says_that_it_changed_runs_again(alike: Stubs) -> None:
    workflow = wire(n=("Many", {"count": 3}), x=("Look", {"number": "@n"}))
    for value, ran in ((1, ["n", "x"]), (1, []), (2, ["x"]), (float("nan"), ["x"])):
        WORLD["value"] = value
        ASKED.clear()
        alike.run(workflow, "x")
        assert _ran(alike) == ran
        # Once a run, however many items there are, and without what is linked.
        assert ASKED == [(None, "x")]
    alike.run(workflow, "x")
    assert _ran(alike) == ["x"]


def test_a_node_is_asked_once_whether_it_changed_however_often_it_is_looked_up(
    alike: Stubs,
) -> None:
    workflow = wire(
        a=("Give", {"value": 1}), b="Break", p=("LookAndPick", {"on": True, "a": "@a", "b": "@b"})
    )
    alike.run(workflow, "p")
    assert ASKED.count("changed") == 1

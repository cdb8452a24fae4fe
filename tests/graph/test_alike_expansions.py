"""Nodes that stand for others, through functions with our decorator and ComfyUI's classes alike."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from graph.cancel import CancelToken
from graph.errors import Cancelled, NodeFailed
from graph.events import (
    JobCancelled,
    NodeBlocked,
    NodeCached,
    NodeErred,
    NodeProgress,
    NodeStarted,
)
from graph.executor import Options
from graph.result import Blocked, Items
from tests.graph.alike.notes import WORLD
from tests.graph.stub_engine import wire

if TYPE_CHECKING:
    from graph.events import Event
    from tests.graph.stub_engine import Stubs


def _ran(stubs: Stubs) -> list[str]:
    """The classes that ran, in order."""
    return [event.class_type for event in stubs.events if isinstance(event, NodeStarted)]


def _wrapped(what: str, value: int = 1, deep: int = 0, **more: object) -> dict[str, object]:
    return {"what": what, "number": "@n", "deep": deep, **more}


N = ("Give", {"value": 4})
CIRCLE = "the nodes that stand for it wait for it, in a circle"


@pytest.mark.parametrize("deep", [0, 1, 1000])
def test_nodes_may_stand_for_nodes_that_stand_for_others(alike: Stubs, deep: int) -> None:
    workflow = wire(n=N, w=("Wrap", _wrapped("PlusOne", deep=deep)), t=("Tell", {"value": "@w"}))
    assert alike.run(workflow).outputs == {"t": {"told": [5]}}
    shown = {event.display_node for event in alike.events if isinstance(event, NodeStarted)}
    assert shown == {"n", "w", "t"}
    assert _ran(alike).count("Wrap") == deep + 1
    alike.run(workflow)
    assert _ran(alike) == []
    # The outermost one is new, and the next one to which the number is typed in, not linked.
    alike.run(workflow.with_input("w", "deep", deep + 1))
    assert _ran(alike) == ["Wrap", "Wrap"]


@pytest.mark.parametrize("name", ["Steps", "StepsLater"])
def test_how_far_an_inner_node_is_shows_on_the_outer_one(alike: Stubs, name: str) -> None:
    alike.run(wire(n=N, w=("Wrap", _wrapped(name, deep=2))), "w")
    told = [event for event in alike.events if isinstance(event, NodeProgress)]
    assert [(event.display_node, event.value, event.total) for event in told] == [
        ("w", 1, 2),
        ("w", 2, 2),
    ]
    assert {event.class_type for event in told} == {name}
    assert "w" not in {event.node_id for event in told}


@pytest.mark.parametrize("name", ["Break", "BreakLater"])
def test_an_error_of_an_inner_node_is_told_of_it_and_shown_on_the_outer_one(
    alike: Stubs, name: str
) -> None:
    workflow = wire(n=N, w=("Wrap", _wrapped(name, deep=2)), t=("Tell", {"value": "@w"}))
    with pytest.raises(NodeFailed, match="the moon is full") as caught:
        alike.run(workflow)
    (erred,) = [event for event in alike.events if isinstance(event, NodeErred)]
    assert (erred.display_node, erred.class_type) == ("w", name)
    assert erred.node_id == caught.value.node_id
    assert erred.node_id not in workflow.nodes


def test_an_inner_node_may_be_shown_as_any_other(alike: Stubs) -> None:
    inputs = {"what": "Steps", "number": "@n", "shown": "t"}
    alike.run(wire(n=N, w=("WrapAs", inputs), t=("Tell", {"value": "@w"})))
    shown = {
        (event.class_type, event.display_node)
        for event in alike.events
        if isinstance(event, NodeStarted | NodeProgress)
    }
    assert shown == {("Give", "n"), ("WrapAs", "w"), ("Steps", "t"), ("Tell", "t")}


def test_a_coroutine_may_stand_for_others(alike: Stubs) -> None:
    workflow = wire(n=("Many", {"count": 3}), w=("WrapLater", {"what": "PlusOne", "number": "@n"}))
    assert alike.run(workflow, "w").values["w"] == (Items((1, 2, 3)),)


def test_coroutines_that_stand_for_others_run_at_the_same_time(alike: Stubs) -> None:
    workflow = wire(
        n=N,
        m=("Give", {"value": 5}),
        a=("Wrap", _wrapped("Pair", deep=1)),
        b=("Wrap", {"what": "Pair", "number": "@m", "deep": 1}),
    )
    assert alike.run(workflow, "a", "b").values == {"a": (4,), "b": (5,)}


def test_inner_outputs_are_told_and_told_again_when_nothing_runs(alike: Stubs) -> None:
    workflow = wire(n=N, w=("Wrap", _wrapped("TellAndPass", deep=1)), t=("Tell", {"value": "@w"}))
    first = alike.run(workflow).outputs
    assert [told for key, told in first.items() if key != "t"] == [{"told": [4]}]
    assert alike.run(workflow).outputs == first
    assert _ran(alike) == []
    (told,) = [e for e in alike.events if isinstance(e, NodeCached) and e.node_id not in "nwt"]
    assert (told.display_node, told.ui) == ("w", {"told": [4]})


# Lists and blockers


def test_nodes_stand_for_the_items_of_a_list_one_by_one(alike: Stubs) -> None:
    workflow = wire(
        n=("Many", {"count": 3}),
        w=("Wrap", _wrapped("PlusOne", deep=1)),
        s=("Sum", {"numbers": "@w"}),
    )
    found = alike.run(workflow, "w", "s").values
    assert found == {"w": (Items((1, 2, 3)),), "s": (6,)}


def test_items_may_be_given_told_and_stood_for_by_turns(alike: Stubs) -> None:
    workflow = wire(n=("Many", {"count": 6}), v=("Various", {"number": "@n"}))
    for _ in range(2):
        found = alike.run(workflow, "v")
        assert found.values["v"] == (Items((0, 10, 201, 3, 40, 501)),)
        assert found.outputs == {"v": {"told": [1, 2, 4, 5]}}
    assert _ran(alike) == []


def test_what_inner_nodes_block_is_blocked_behind_the_outer_one(alike: Stubs) -> None:
    workflow = wire(
        n=("Many", {"count": 3}),
        w=("Wrap", _wrapped("Guard")),
        p=("Plus", {"a": "@w"}),
        t=("Tell", {"value": "@p"}),
    )
    found = alike.run(workflow, "p", "t")
    assert found.values["p"] == (Items((0, Blocked(), 2)),)
    assert found.outputs == {"t": {"told": [0, 2]}}
    assert alike.told(NodeBlocked) == []


def test_a_list_made_of_what_an_inner_node_gave_as_one_is_told_from_it(alike: Stubs) -> None:
    alike.engine.hasher = lambda value: repr(value).encode().ljust(32)[:32]
    workflow = wire(
        one=("Box", {"number": 1}),
        each=("Unpack", {"number": 1}),
        t=("Tell", {"value": "@one"}),
        u=("Tell", {"value": "@each"}),
    )
    assert alike.run(workflow).outputs == {"t": {"told": [[1]]}, "u": {"told": [1]}}


# Lazy inputs


def test_a_lazy_input_that_others_stand_for_is_evaluated_only_when_asked_for(alike: Stubs) -> None:
    workflow = wire(
        n=N,
        a=("Wrap", _wrapped("PlusOne", deep=1)),
        b=("Wrap", _wrapped("Break", deep=1)),
        inner=("Pick", {"on": True, "a": "@a", "b": "@b"}),
        outer=("PickLater", {"on": False, "a": "@b", "b": "@again"}),
        again=("Wrap", {"what": "PlusOne", "number": "@inner", "deep": 0}),
    )
    assert alike.run(workflow, "outer").values["outer"] == (6,)
    assert "Break" not in _ran(alike)
    with pytest.raises(NodeFailed, match="the moon is full"):
        alike.run(workflow.with_input("inner", "on", False), "outer")


@pytest.mark.parametrize("on", [True, False])
def test_nodes_with_lazy_inputs_may_stand_for_others(alike: Stubs, on: bool) -> None:
    workflow = wire(n=N, x=("Branch", {"on": on, "number": "@n"}), y=("Plus", {"a": "@x"}))
    if on:
        assert alike.run(workflow, "y").values["y"] == (5,)
        assert "Break" not in _ran(alike)
        return
    with pytest.raises(NodeFailed, match="the moon is full"):
        alike.run(workflow, "y")
    assert "PlusOne" not in _ran(alike)


def test_a_link_that_is_handed_on_lazily_runs_only_if_it_is(alike: Stubs) -> None:
    workflow = wire(n=N, bad="Break", x=("Route", {"on": True, "a": "@n", "b": "@bad"}))
    assert alike.run(workflow, "x").values["x"] == (4,)
    assert _ran(alike) == ["Route", "Give"]
    with pytest.raises(NodeFailed, match=r"\(node bad\)"):
        alike.run(workflow.with_input("x", "on", False), "x")


def test_what_a_lazy_link_leads_to_counts_though_nobody_waited_for_it(alike: Stubs) -> None:
    workflow = wire(
        n=N,
        look=("Look", {"number": "@n"}),
        bad="Break",
        r=("Route", {"on": True, "a": "@look", "b": "@bad"}),
        x=("Tell", {"value": "@r"}),
    )
    for value, ran in ((1, ["Route", "Give", "Look", "Tell"]), (1, ["Route"]), (2, None)):
        WORLD["value"] = value
        assert alike.run(workflow).outputs == {"x": {"told": [4]}}
        assert _ran(alike) == (ran or ["Route", "Look"])


def test_an_inner_node_that_says_that_it_changed_runs_again(alike: Stubs) -> None:
    workflow = wire(n=N, w=("Wrap", _wrapped("Look", deep=1)), t=("Tell", {"value": "@w"}))
    for value, ran in ((1, 1), (1, 0), (2, 1), (float("nan"), 1), (float("nan"), 1)):
        WORLD["value"] = value
        assert alike.run(workflow).outputs == {"t": {"told": [4]}}
        assert _ran(alike).count("Look") == ran
    # It made the same thing as before.
    assert "Tell" not in _ran(alike)


# What cannot be


def test_a_result_that_leads_nowhere_is_an_error(alike: Stubs) -> None:
    sentence = "linked to node gone, which is neither in the expansion nor in the workflow"
    with pytest.raises(NodeFailed, match=sentence):
        alike.run(wire(x=("StandFor", {"other": "gone"})), "x")


def test_a_node_that_stands_for_itself_is_an_error(alike: Stubs) -> None:
    with pytest.raises(NodeFailed, match=CIRCLE) as caught:
        alike.run(wire(i="Itself", t=("Tell", {"value": "@i"})))
    assert str(caught.value).startswith("Itself (node i): ")


def test_nodes_that_stand_for_each_other_are_an_error(alike: Stubs) -> None:
    workflow = wire(
        a=("StandFor", {"other": "b"}), b=("StandFor", {"other": "a"}), t=("Tell", {"value": "@a"})
    )
    with pytest.raises(NodeFailed, match=CIRCLE) as caught:
        alike.run(workflow)
    assert str(caught.value).startswith("StandFor (node a): ")


def test_nodes_that_feed_each_other_cannot_stand_for_one(alike: Stubs) -> None:
    with pytest.raises(NodeFailed, match=CIRCLE) as caught:
        alike.run(wire(r="Round", t=("Tell", {"value": "@r"})))
    assert str(caught.value).startswith("Round (node r): ")


def test_what_an_inner_node_lacks_is_what_its_code_says_or_an_error_that_names_it(
    alike: Stubs,
) -> None:
    workflow = wire(x=("Lacking", {"what": "Defaulted"}))
    assert alike.run(workflow, "x").values["x"] == (7,)
    with pytest.raises(NodeFailed, match=r"\(PlusOne\) lacks the input 'number'"):
        alike.run(workflow.with_input("x", "what", "PlusOne"), "x")


def test_a_coroutine_ends_where_it_waits_when_the_job_is_cancelled(alike: Stubs) -> None:
    cancel = CancelToken()

    def listen(event: Event) -> None:
        alike.events.append(event)
        if isinstance(event, NodeStarted) and event.class_type == "Later":
            threading.Timer(0.05, cancel.cancel).start()

    workflow = wire(
        n=N, x=("Later", {"number": "@n", "seconds": 60.0}), t=("Tell", {"value": "@x"})
    )
    with pytest.raises(Cancelled):
        alike.engine.run(workflow, on_event=listen, options=Options(cancel=cancel))
    last = alike.events[-1]
    assert isinstance(last, JobCancelled)
    assert last.node_id == "x"
    assert alike.run(workflow.with_input("x", "seconds", 0.0)).outputs == {"t": {"told": [4]}}

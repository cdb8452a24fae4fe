"""What ComfyUI's packs rely on, run with the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from graph.errors import NodeFailed
from graph.events import (
    NodeBlocked,
    NodeCached,
    NodeErred,
    NodeProgress,
    NodeStarted,
    NodeWarning,
)
from tests.app.packs import PackSession, base_with, forgetting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.app.packs import Nodes


@pytest.fixture
def packs(tmp_path: Path) -> Iterator[PackSession]:
    """A session over packs that do what ComfyUI's executor can."""
    with forgetting():
        found = PackSession(base_with(tmp_path, "semantics"))
        assert [pack.complaints() for pack in found.session.packs] == [()] * 7
        yield found
        found.session.close()


def _shown(value: str = "@x", **inputs: object) -> tuple[str, dict[str, object]]:
    return "PackShow", {"value": value, **inputs}


# Values


def test_a_workflow_of_packs_runs(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 2}),
        "x": ("PackAdd", {"a": "@a", "b": 3}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [5]


def test_a_second_run_executes_nothing_and_still_tells(packs: PackSession) -> None:
    nodes: Nodes = {"x": ("PackValue", {"value": 2}), "show": _shown()}
    packs.run(nodes)
    packs.module("basics").RAN.clear()
    again = packs.run(nodes)
    assert (again.executed, again.outputs) == ([], {"show": {"shown": [2]}})
    assert packs.module("basics").RAN == []


def test_a_node_keeps_its_instance_between_runs(packs: PackSession) -> None:
    def times(value: int) -> list[Any]:
        return packs.shown({"x": ("PackCount", {"value": value}), "show": _shown()})

    assert [times(1), times(2), times(3)] == [[1], [2], [3]]


def test_each_node_has_an_instance_of_its_own(packs: PackSession) -> None:
    nodes: Nodes = {
        "x": ("PackCount", {"value": 1}),
        "y": ("PackCount", {"value": 2}),
        "show": _shown("@x"),
        "other": _shown("@y"),
    }
    assert (packs.shown(nodes), packs.shown(nodes, "other")) == ([1], [1])


def test_links_that_are_not_declared_reach_the_function_and_literals_do_not(
    packs: PackSession,
) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 2}),
        "x": ("PackNamed", {"declared": 1, "linked": "@a", "typed": 3}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [[("declared", 1), ("linked", 2)]]
    assert packs.check(nodes).warnings == (
        "PackNamed (node x) has no input 'typed'; it is ignored",
    )


def test_a_dictionary_that_contains_any_name_takes_links_and_literals(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 2}),
        "x": ("PackOpen", {"linked": "@a", "typed": 3}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [[("linked", 2), ("typed", 3)]]


def test_hidden_inputs_are_filled_in(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 2}),
        "x": ("PackHidden", {"anything": "@a"}),
        "show": _shown(),
    }
    (me, name, png, same, moon), *_ = packs.shown(nodes)
    assert (me, name, same, moon) == ("x", "PackHidden", True, None)
    assert isinstance(png, dict)


def test_a_node_may_give_nothing_for_a_picture(packs: PackSession) -> None:
    assert packs.shown({"x": ("PackNothing", {}), "show": _shown("@x:1")}) == [None]


# Lists


def test_a_node_runs_once_for_each_item_and_the_shorter_list_repeats_its_last(
    packs: PackSession,
) -> None:
    nodes: Nodes = {
        "a": ("ListMake", {"first": 1, "count": 3}),
        "b": ("ListMake", {"first": 10, "count": 2}),
        "x": ("PackAdd", {"a": "@a", "b": "@b"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [11, 13, 14]


def test_a_node_that_takes_lists_gets_them_whole(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("ListMake", {"first": 1, "count": 3}),
        "x": ("ListJoin", {"items": "@a", "between": "+"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == ["1+2+3"]


def test_items_may_give_back_different_things(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("ListMake", {"first": 0, "count": 6}),
        "x": ("ListVarious", {"number": "@a"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [0, 100, 2000, 30, 400, 5000]


# Lazy inputs


def test_what_is_not_asked_for_does_not_run(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 1}),
        "b": ("PackValue", {"value": 2}),
        "x": ("LazySwitch", {"first": False, "a": "@a", "b": "@b"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [2]
    assert packs.module("basics").RAN == ["Value 2", "Show"]
    assert packs.module("lazy").ASKED[0] == (False, None, None)


def test_a_coroutine_may_say_what_is_needed(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 1}),
        "b": ("PackValue", {"value": 2}),
        "x": ("LazySwitchLater", {"first": True, "a": "@a", "b": "@b"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [1]
    assert "Value 2" not in packs.module("basics").RAN


def test_a_node_may_ask_again_and_again(packs: PackSession) -> None:
    nodes: Nodes = {
        **{key: ("PackValue", {"value": value}) for key, value in (("a", 0), ("b", 7), ("c", 8))},
        "x": ("LazyFirstWins", {"a": "@a", "b": "@b", "c": "@c"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [7]
    assert packs.module("basics").RAN == ["Value 0", "Value 7", "Show"]


def test_each_item_of_a_list_is_asked_for(packs: PackSession) -> None:
    nodes: Nodes = {
        "choices": ("ListMake", {"first": 0, "count": 2}),
        "a": ("PackValue", {"value": 1}),
        "b": ("PackValue", {"value": 2}),
        "x": ("LazySwitch", {"first": "@choices", "a": "@a", "b": "@b"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [2, 1]
    assert packs.module("lazy").ASKED[:2] == [(0, None, None), (1, None, None)]


def test_lazy_inputs_and_expansions_mix(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("ExpandTimes", {"number": 3, "times": 2}),
        "b": ("ExpandFail", {"deep": 2}),
        "inner": ("LazySwitchAndExpand", {"first": True, "a": "@a", "b": "@b"}),
        "x": ("LazySwitch", {"first": True, "a": "@inner", "b": "@b"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [7]


# Expansions


def test_a_graph_stands_for_a_node(packs: PackSession) -> None:
    nodes: Nodes = {"x": ("ExpandTimes", {"number": 7, "times": 3}), "show": _shown()}
    assert packs.shown(nodes) == [21]
    assert packs.module("basics").RAN == ["Add 0 7", "Add 7 7", "Add 14 7", "Show"]


def test_graphs_may_stand_for_nodes_of_graphs(packs: PackSession) -> None:
    nodes: Nodes = {"x": ("ExpandPower", {"number": 3, "exponent": 4}), "show": _shown()}
    assert packs.shown(nodes) == [81]
    started = [event for event in packs.events if isinstance(event, NodeStarted)]
    assert {event.display_node for event in started} == {"x", "show"}


def test_what_stood_for_a_node_is_found_again(packs: PackSession) -> None:
    def run(exponent: int) -> None:
        packs.module("basics").RAN.clear()
        nodes: Nodes = {"x": ("ExpandPower", {"number": 3, "exponent": exponent}), "show": _shown()}
        packs.run(nodes)

    run(3)
    assert len(packs.module("basics").RAN) == 7
    run(4)
    assert packs.module("basics").RAN == ["Add 0 27", "Add 27 27", "Add 54 27", "Show"]
    run(4)
    assert packs.module("basics").RAN == []


def test_a_node_may_stand_for_itself_a_thousand_times(packs: PackSession) -> None:
    nodes: Nodes = {"x": ("ExpandSumTo", {"number": 1000}), "show": _shown()}
    with pytest.raises(Exception, match="total"):
        packs.run(nodes)
    nodes = {"x": ("ExpandSumTo", {"number": 1000, "total": 0}), "show": _shown()}
    assert packs.shown(nodes) == [500500]


def test_a_result_may_be_a_link_out_of_the_graph(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 5}),
        "x": ("ExpandPass", {"value": "@a"}),
        "show": _shown("@x:0"),
        "other": _shown("@x:1"),
    }
    assert packs.shown(nodes) == [5]
    assert packs.shown(nodes, "other") == [6]


def test_a_graph_may_hold_live_values(packs: PackSession) -> None:
    assert packs.shown({"x": ("ExpandLive", {}), "show": _shown()}) == ["set object"]


def test_a_while_loop_is_unrolled(packs: PackSession) -> None:
    nodes: Nodes = {
        "step": ("PackValue", {"value": 3}),
        "open": ("ExpandLoopOpen", {"value": "@start"}),
        "start": ("PackValue", {"value": 1}),
        "body": ("PackAdd", {"a": "@open:1", "b": "@step"}),
        "x": ("ExpandLoopClose", {"loop": "@open", "value": "@body", "limit": 20}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [22]
    ran = packs.module("basics").RAN
    assert ran.count("Value 3") == 1
    assert [text for text in ran if text.startswith("Add")] == [
        f"Add {value} 3" for value in range(1, 20, 3)
    ]
    started = [event for event in packs.events if isinstance(event, NodeStarted)]
    adds = {event.display_node for event in started if event.class_type == "PackAdd"}
    assert adds == {"body"}


def test_a_while_loop_of_a_thousand_rounds_runs_and_is_found_again(packs: PackSession) -> None:
    nodes: Nodes = {
        "start": ("PackValue", {"value": 0}),
        "open": ("ExpandLoopOpen", {"value": "@start"}),
        "body": ("PackAdd", {"a": "@open:1", "b": 1}),
        "x": ("ExpandLoopClose", {"loop": "@open", "value": "@body", "limit": 1000}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [1000]
    started = [event for event in packs.events if isinstance(event, NodeStarted)]
    assert {event.display_node for event in started} == nodes.keys()
    # The nodes of a round are named after those of the round before, and yet names stay short.
    assert max(len(event.node_id) for event in started) < 150
    assert packs.run(nodes).executed == []


def test_an_error_in_a_graph_is_reported_with_the_node_that_the_user_sees(
    packs: PackSession,
) -> None:
    with pytest.raises(NodeFailed, match="the moon is full"):
        packs.run({"x": ("ExpandFail", {"deep": 3}), "show": _shown()})
    (erred,) = [event for event in packs.events if isinstance(event, NodeErred)]
    assert (erred.display_node, erred.exception_type) == ("x", "ValueError")


def test_a_graph_that_cannot_run_is_told_in_a_sentence(packs: PackSession) -> None:
    with pytest.raises(NodeFailed, match=r"class 'PackAd', .* did you mean 'PackAdd'\?"):
        packs.run({"x": ("ExpandUnknown", {}), "show": _shown()})


# Blockers


def test_a_blocker_blocks_what_reads_it_and_nothing_else(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("ListBlockOdd", {"number": 1}),
        "b": ("PackAdd", {"a": "@a", "b": 1}),
        "blocked": _shown("@b"),
        "x": ("ListBlockOdd", {"number": 2}),
        "show": _shown(),
    }
    found = packs.run(nodes)
    assert found.outputs == {"show": {"shown": [2]}}
    assert not [event for event in packs.events if isinstance(event, NodeBlocked)]


def test_a_blocker_with_a_message_tells_it_and_stops_nothing(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("ListBlockOdd", {"number": 1, "message": "it is odd"}),
        "b": ("PackAdd", {"a": "@a", "b": 1}),
        "blocked": _shown("@b"),
        "x": ("PackValue", {"value": 2}),
        "show": _shown(),
    }
    assert packs.run(nodes).outputs == {"show": {"shown": [2]}}
    (told,) = [event for event in packs.events if isinstance(event, NodeBlocked)]
    assert (told.message, told.node_id) == ("it is odd", "b")


def test_a_blocked_item_blocks_only_itself(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("ListMake", {"first": 0, "count": 4}),
        "b": ("ListBlockOdd", {"number": "@a"}),
        "save": ("PackSave", {"text": "@text"}),
        "text": ("CheckChecked", {"number": "@b", "word": "one"}),
    }
    assert len(packs.run(nodes).files) == 2


# Coroutines


def test_coroutines_run_at_the_same_time(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("LaterMeet", {"number": 1}),
        "b": ("LaterMeet", {"number": 2}),
        "x": ("PackAdd", {"a": "@a", "b": "@b"}),
        "show": _shown(),
    }
    assert packs.shown(nodes) == [3]


def test_an_error_of_a_coroutine_is_that_of_its_node(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("LaterFail", {"number": 7}),
        "b": ("PackAdd", {"a": "@a", "b": 1}),
        "show": _shown("@b"),
    }
    with pytest.raises(NodeFailed, match="7 is no good") as caught:
        packs.run(nodes)
    assert caught.value.node_id == "a"


@pytest.mark.parametrize("name", ["LaterProgress", "LaterProgressLater"])
def test_nodes_tell_how_far_they_are(packs: PackSession, name: str) -> None:
    packs.run({"x": (name, {"total": 3}), "show": _shown()})
    told = [event for event in packs.events if isinstance(event, NodeProgress)]
    assert [(event.node_id, event.value, event.total) for event in told] == [
        ("x", 1, 3),
        ("x", 2, 3),
        ("x", 3, 3),
    ]


# What changes, and what is checked


@pytest.mark.parametrize("name", ["ChangeChanges", "ChangeLater"])
def test_a_node_runs_again_when_it_says_that_it_changed(packs: PackSession, name: str) -> None:
    nodes: Nodes = {
        "a": ("PackValue", {"value": 5}),
        "x": (name, {"a": "@a", "b": 2}),
        "show": _shown(),
    }
    changes = packs.module("changes")
    assert packs.shown(nodes) == [1]
    assert packs.run(nodes).executed == []
    changes.STATE["value"] = 2
    again = packs.run(nodes)
    assert again.executed == ["x", "show"]
    assert again.outputs["show"]["shown"] == [2]
    if name == "ChangeChanges":
        assert changes.ASKED == [(None, 2, "x")] * 3


@pytest.mark.parametrize("name", ["ChangeAlways", "ChangeFails"])
def test_a_node_that_is_never_the_same_runs_each_time(packs: PackSession, name: str) -> None:
    nodes: Nodes = {"x": (name, {"a": 1, "b": 2}), "show": _shown()}
    for _ in range(2):
        assert "x" in packs.run(nodes).executed
    told = [event.text for event in packs.events if isinstance(event, NodeWarning)]
    assert len(told) == (name == "ChangeFails")


@pytest.mark.parametrize(
    ("name", "number", "word", "problem"),
    [
        ("CheckChecked", 9, "three", None),
        ("CheckChecked", 10, "three", ("value_bigger_than_max", "number")),
        ("CheckChecked", 9, "four", ("custom_validation_failed", "word")),
        ("CheckLater", 10, "four", None),
        ("CheckLater", 13, "one", ("custom_validation_failed", "")),
        ("CheckTypes", 10, "one", ("value_bigger_than_max", "number")),
        ("CheckTypes", 9, "four", ("value_not_in_list", "word")),
    ],
)
def test_a_class_checks_its_inputs(
    packs: PackSession, name: str, number: int, word: str, problem: tuple[str, str] | None
) -> None:
    nodes: Nodes = {
        "x": (name, {"number": number, "word": word}),
        "save": ("PackSave", {"text": "@x"}),
    }
    found = packs.check(nodes).problems[:1]
    assert [(one.type, one.input) for one in found] == ([problem] if problem else [])


def test_a_class_that_checks_types_takes_others(packs: PackSession) -> None:
    nodes: Nodes = {
        "a": ("CheckChecked", {"number": 1, "word": "one"}),
        "b": ("PackCount", {"value": 1}),
        "x": ("CheckTypes", {"number": "@a", "word": "two"}),
        "y": ("CheckTypes", {"number": "@b", "word": "two"}),
        "save": ("PackSave", {"text": "@x"}),
        "other": ("PackSave", {"text": "@y"}),
    }
    checked = packs.check(nodes)
    assert (checked.outputs, checked.broken) == (("save",), ("other",))
    assert [problem.type for problem in checked.problems] == ["custom_validation_failed"]


# Files


def test_a_pack_extends_and_calls_built_in_nodes(packs: PackSession) -> None:
    found = packs.run({"x": ("ExtendsPreview", {"size": 16})})
    (path,) = found.files
    assert path.parent == packs.session.folders.temp
    with Image.open(path) as picture:
        assert picture.size == (16, 16)
        assert "ExtendsPreview" in str(picture.info["prompt"])
    assert str(packs.session.folders.base) == packs.module("extends").ROOT


def test_a_saved_file_counts_as_long_as_it_is_there(packs: PackSession) -> None:
    nodes: Nodes = {"save": ("PackSave", {"text": "hello"})}
    (path,) = packs.run(nodes).files
    assert path.read_text("utf-8") == "hello"
    assert packs.run(nodes).executed == []
    assert [event.ui for event in packs.events if isinstance(event, NodeCached)] == [
        {"texts": [{"filename": path.name, "subfolder": "texts", "type": "output"}]}
    ]
    path.unlink()
    assert packs.run(nodes).executed == ["save"]
    assert path.is_file()

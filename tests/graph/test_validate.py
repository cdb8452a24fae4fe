"""Validation: everything that is wrong, at once, with what would be right."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from graph.definition import NodeDefinition
from graph.folders import Folders
from graph.validate import validate
from graph.workflow import Link, Workflow, WorkflowNode
from tests.graph.stubs import chain, flow, registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.checked import Checked
    from graph.problems import Problem
    from graph.workflow import Json, Value
    from tests.graph.stubs import Nodes


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """An installation with one model and one picture, and a picture beside it."""
    found = Folders.under(tmp_path / "base")
    for place in ("base/models/vae/fine.safetensors", "base/input/a.png", "beside.png"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    return found


def _check(workflow: Workflow, folders: Folders, targets: Sequence[str] | None = None) -> Checked:
    return validate(workflow, registry(), folders, targets=targets)


def _only(checked: Checked) -> Problem:
    (problem,) = checked.problems
    return problem


def _painting(**inputs: Json) -> Nodes:
    """A workflow of which the node 2 has the given inputs, besides those that it needs."""
    given: dict[str, Json] = {"text": "cat", "number": "1:0", **inputs}
    return {"1": ("Make", {}), "2": ("Paint", given), "3": ("Show", {"value": "2:0"})}


def test_a_sound_workflow_has_no_problems(folders: Folders) -> None:
    checked = _check(flow(_painting(size=1.5, style="ink")), folders)
    assert (checked.problems, checked.warnings) == ((), ())
    assert (checked.outputs, checked.broken) == (("3",), ())
    node = checked.nodes["2"]
    assert node.constants == {"text": "cat", "size": 1.5, "style": "ink", "signed": False}
    assert node.links == {"number": Link("1", 0)}
    assert (node.id, node.definition.name, node.title, node.paths) == ("2", "Paint", "", {})


@pytest.mark.parametrize(
    ("inputs", "type_", "sentence"),
    [
        (
            {"text": None},
            "invalid_input_type",
            "Paint (node 2), input 'text': expected text (STRING), got None",
        ),
        (
            {"text": ["a"]},
            "bad_linked_input",
            "Paint (node 2), input 'text': expected text (STRING), got ['a']",
        ),
        (
            {"size": "large"},
            "invalid_input_type",
            "Paint (node 2), input 'size': expected a number (FLOAT), got 'large'",
        ),
        (
            {"size": ["1"]},
            "bad_linked_input",
            "Paint (node 2), input 'size': expected a number (FLOAT), got ['1']",
        ),
        (
            {"size": 0.25},
            "value_smaller_than_min",
            "Paint (node 2), input 'size': expected a number from 0.5 to 2, got 0.25;"
            " the smallest is 0.5",
        ),
        (
            {"size": 2.5},
            "value_bigger_than_max",
            "Paint (node 2), input 'size': expected a number from 0.5 to 2, got 2.5;"
            " the largest is 2",
        ),
        (
            {"style": "pencli"},
            "value_not_in_list",
            "Paint (node 2), input 'style': expected one of oil, ink, pencil, got 'pencli';"
            " did you mean 'pencil'?",
        ),
        (
            {"style": 3},
            "value_not_in_list",
            "Paint (node 2), input 'style': expected one of oil, ink, pencil, got 3",
        ),
        (
            {"signed": "perhaps"},
            "invalid_input_type",
            "Paint (node 2), input 'signed': expected true or false (BOOLEAN), got 'perhaps'",
        ),
        (
            {"number": 7},
            "bad_linked_input",
            "Paint (node 2), input 'number': expected a link of type NUMBER, got 7",
        ),
        (
            {"number": "9:0"},
            "bad_linked_input",
            "Paint (node 2), input 'number': expected a link from an output of type NUMBER,"
            " got one from node 9, which does not exist",
        ),
        (
            {"number": "1:1"},
            "bad_linked_input",
            "Paint (node 2), input 'number': expected a link from an output of type NUMBER,"
            " got one from output 1 of Make (node 1), which has 1 outputs",
        ),
        (
            {"number": "1:-1"},
            "bad_linked_input",
            "Paint (node 2), input 'number': expected a link from an output of type NUMBER,"
            " got one from output -1 of Make (node 1), which has 1 outputs",
        ),
        (
            {"text": "1:0"},
            "return_type_mismatch",
            "Paint (node 2), input 'text': expected a link from an output of type STRING,"
            " got NUMBER from Make (node 1)",
        ),
    ],
)
def test_a_wrong_input_is_told_with_what_would_be_right(
    folders: Folders, inputs: dict[str, Json], type_: str, sentence: str
) -> None:
    checked = _check(flow(_painting(**inputs)), folders)
    problem = _only(checked)
    assert (problem.type, str(problem)) == (type_, sentence)
    assert (problem.node_id, problem.class_type) == ("2", "Paint")
    assert problem.input == next(iter(inputs))
    assert (checked.outputs, checked.broken) == ((), ("3",))


def test_a_missing_input_is_told_with_its_misspelling(folders: Folders) -> None:
    given: dict[str, Value] = {"txet": "cat", "number": Link("1", 0)}
    workflow = flow(_painting()).with_node(WorkflowNode("2", "Paint", given))
    missing = {problem.input: problem for problem in _check(workflow, folders).problems}
    assert list(missing) == ["text", "size", "style", "signed"]
    assert {problem.type for problem in missing.values()} == {"required_input_missing"}
    assert str(missing["text"]) == (
        "Paint (node 2), input 'text': expected a value or link of type STRING, got nothing;"
        " is 'txet' a misspelling of it?"
    )
    assert str(missing["size"]) == (
        "Paint (node 2), input 'size': expected a value or link of type FLOAT, 1.0 for instance,"
        " got nothing; connect or fill in the input"
    )
    assert "type NUMBER" not in str(missing)


def test_an_unknown_class_is_told_with_the_closest_one(folders: Folders) -> None:
    nodes = {"1": ("Mkae", {}), "2": ("Zebra", {}), "3": ("Mix", {"either": "1:0", "any_": "2:0"})}
    checked = _check(flow({**nodes, "4": ("Show", {"value": "3:0"})}), folders)
    assert [str(problem) for problem in checked.problems] == [
        "Mkae (node 1): expected a class of node that is installed, got 'Mkae';"
        " did you mean 'Make'?",
        "Zebra (node 2): expected a class of node that is installed, got 'Zebra';"
        " install the pack that has it",
    ]
    assert {problem.type for problem in checked.problems} == {"invalid_prompt"}
    assert (checked.outputs, checked.broken) == ((), ("4",))


def test_titles_are_told_beside_classes(folders: Folders) -> None:
    workflow = flow(_painting())
    workflow = workflow.with_node(WorkflowNode("2", "Paitn", {}, title="My picture"))
    assert str(_only(_check(workflow, folders))).startswith('Paitn "My picture" (node 2): expected')


def test_everything_that_is_wrong_is_told_at_once_and_in_the_files_order(folders: Folders) -> None:
    workflow = flow(
        {
            "9": ("Show", {"value": "8:5"}),
            "8": ("Paint", {"size": 9, "style": "oli", "number": "1:0"}),
            "1": ("Make", {"number": 101}),
            "5": ("Show", {"value": "4:0"}),
            "4": ("Unheard", {}),
            "3": ("Show", {}),
        }
    )
    checked = _check(workflow, folders)
    assert [(problem.node_id, problem.input) for problem in checked.problems] == [
        ("9", "value"),
        ("8", "text"),
        ("8", "size"),
        ("8", "style"),
        ("1", "number"),
        ("4", ""),
        ("3", "value"),
    ]
    assert checked.broken == ("9", "5", "3")


@pytest.mark.parametrize(
    ("name", "value", "held"),
    [
        ("size", 1, 1.0),
        ("size", "1.25", 1.25),
        ("size", True, 1.0),
        ("text", 12, "12"),
        ("text", True, "True"),
        ("text", "", ""),
        ("signed", "False", False),
        ("signed", "true", True),
        ("signed", 1, True),
        ("signed", 0.0, False),
    ],
)
def test_what_is_meant_is_taken(folders: Folders, name: str, value: Json, held: object) -> None:
    checked = _check(flow(_painting(**{name: value})), folders)
    constant = checked.nodes["2"].constants[name]
    assert (checked.problems, constant, type(constant)) == ((), held, type(held))


@pytest.mark.parametrize(
    ("value", "held"),
    [("8", 8), (8.0, 8), (8.9, 8), (True, 1), (100, 100), (0, 0), (" 7 ", 7), (-0.0, 0)],
)
def test_whole_numbers_are_taken_however_they_are_written(
    folders: Folders, value: Json, held: int
) -> None:
    workflow = flow({"1": ("Make", {"number": value}), "2": ("Show", {"value": "1:0"})})
    constant = _check(workflow, folders).nodes["1"].constants["number"]
    assert (constant, type(constant)) == (held, int)


NO_NUMBERS: list[tuple[Json, str]] = [
    ("", "invalid_input_type"),
    ("many", "invalid_input_type"),
    (None, "invalid_input_type"),
    ([1], "bad_linked_input"),
    ({"a": 1}, "invalid_input_type"),
    (float("nan"), "invalid_input_type"),
    (float("inf"), "invalid_input_type"),
    ("9" * 5000, "invalid_input_type"),
    (-1, "value_smaller_than_min"),
    (101, "value_bigger_than_max"),
]


@pytest.mark.parametrize(
    ("value", "type_"),
    [*NO_NUMBERS, ("8.5", "invalid_input_type"), (10**400, "value_bigger_than_max")],
)
def test_what_is_no_whole_number_in_range_is_refused(
    folders: Folders, value: Json, type_: str
) -> None:
    workflow = flow({"1": ("Make", {"number": value}), "2": ("Show", {"value": "1:0"})})
    assert _only(_check(workflow, folders)).type == type_


@pytest.mark.parametrize(("value", "type_"), [*NO_NUMBERS, (10**400, "invalid_input_type")])
def test_what_is_no_number_in_range_is_refused(folders: Folders, value: Json, type_: str) -> None:
    assert _only(_check(flow(_painting(size=value)), folders)).type == type_


def test_a_long_value_is_shown_in_part(folders: Folders) -> None:
    sentence = str(_only(_check(flow(_painting(style="x" * 100_000)), folders)))
    assert len(sentence) < 250


def test_fields_take_links_too(folders: Folders) -> None:
    workflow = flow(_painting()).with_input("2", "style", Link("1", 0))
    assert _only(_check(workflow, folders)).type == "return_type_mismatch"
    workflow = flow({"1": ("Make", {}), "2": ("Mix", {"either": "1:0"}), **_painting_after("2")})
    assert _check(workflow, folders).problems == ()


def _painting_after(source: str) -> Nodes:
    given: dict[str, Json] = {"text": f"{source}:0", "size": 1, "style": "oil", "signed": False}
    return {"7": ("Paint", {**given, "number": "1:0"}), "8": ("Show", {"value": "7:0"})}


def test_what_takes_anything_takes_typed_in_values_too(folders: Folders) -> None:
    workflow = flow({"1": ("Show", {"value": {"a": [1, None]}})})
    checked = _check(workflow, folders)
    assert (checked.problems, checked.outputs) == ((), ("1",))
    assert checked.nodes["1"].constants == {"value": {"a": [1, None]}}


def test_inputs_that_a_class_does_not_have_are_ignored_with_a_warning(folders: Folders) -> None:
    checked = _check(flow(_painting(sice=3)), folders)
    assert checked.problems == ()
    assert checked.warnings == ("Paint (node 2) has no input 'sice'; it is ignored",)
    assert "sice" not in checked.nodes["2"].constants


def test_files_are_found_and_their_places_noted(folders: Folders) -> None:
    workflow = flow(
        {
            "1": ("Load", {"model": "fine.safetensors", "image": "a.png"}),
            "2": ("Show", {"value": "1:0"}),
        }
    )
    checked = _check(workflow, folders)
    assert checked.problems == ()
    assert checked.nodes["1"].paths == {
        "model": folders.models["vae"][0] / "fine.safetensors",
        "image": folders.input / "a.png",
    }


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (
            {"model": "fine.safetensor"},
            "Load (node 1), input 'model': expected the name of a file in models/vae,"
            " got 'fine.safetensor'; did you mean 'fine.safetensors'?",
        ),
        (
            {"model": "zebra"},
            "Load (node 1), input 'model': expected the name of a file in models/vae,"
            " got 'zebra'; put the file into models/vae",
        ),
        (
            {"image": "b.png"},
            "Load (node 1), input 'image': expected the name of a file in the input folder,"
            " got 'b.png'; did you mean 'a.png'?",
        ),
        (
            {"image": "../../beside.png"},
            "Load (node 1), input 'image': expected the name of a file in the input folder,"
            " got '../../beside.png'; names may not lead out of the folder",
        ),
    ],
)
def test_a_file_that_is_not_there_is_told_with_the_closest_one(
    folders: Folders, inputs: dict[str, Json], sentence: str
) -> None:
    given = {"model": "fine.safetensors", "image": "a.png", **inputs}
    workflow = flow({"1": ("Load", given), "2": ("Show", {"value": "1:0"})})
    problem = _only(_check(workflow, folders))
    # As in ComfyUI, where nodes look for input files themselves.
    type_ = "value_not_in_list" if "model" in inputs else "custom_validation_failed"
    assert (problem.type, str(problem)) == (type_, sentence)


def test_files_may_be_anywhere_where_that_is_allowed(folders: Folders, tmp_path: Path) -> None:
    beside = tmp_path / "beside.png"
    given = {"model": "fine.safetensors", "image": str(beside)}
    workflow = flow({"1": ("Load", given), "2": ("Show", {"value": "1:0"})})
    allowed = validate(workflow, registry(), folders, outside=True)
    assert (allowed.problems, allowed.nodes["1"].paths["image"]) == ((), beside)
    assert _only(_check(workflow, folders)).input == "image"


def test_a_circle_is_told_with_its_path(folders: Folders) -> None:
    workflow = flow(
        {
            "0": ("Make", {}),
            "1": ("Add", {"one": "0:0", "two": "3:0"}),
            "2": ("Add", {"one": "1:0"}),
            "3": ("Add", {"one": "2:0"}),
            "4": ("Add", {"one": "3:0"}),
            "5": ("Show", {"value": "4:0"}),
        }
    )
    checked = _check(workflow, folders)
    problem = _only(checked)
    assert problem.type == "dependency_cycle"
    path = problem.got.removeprefix("a circle of nodes that feed each other: ").split(" → ")
    assert path in (["1", "2", "3", "1"], ["2", "3", "1", "2"], ["3", "1", "2", "3"])
    assert (checked.outputs, checked.broken) == ((), ("5",))


def test_a_node_that_feeds_itself_is_a_circle(folders: Folders) -> None:
    workflow = flow({"1": ("Add", {"one": "1:0"}), "2": ("Show", {"value": "1:0"})})
    problem = _only(_check(workflow, folders))
    assert str(problem) == (
        "Add (node 1): expected links without a circle,"
        " got a circle of nodes that feed each other: 1 → 1; cut one"
    )


def test_a_circle_that_no_output_needs_harms_nobody(folders: Folders) -> None:
    workflow = flow(
        {
            "1": ("Add", {"one": "2:0"}),
            "2": ("Add", {"one": "1:0"}),
            "3": ("Show", {"value": 1}),
        }
    )
    checked = _check(workflow, folders)
    assert (checked.problems, list(checked.nodes)) == ((), ["3"])


def test_a_sound_output_beside_a_broken_one_can_run(folders: Folders) -> None:
    workflow = flow(
        {
            "1": ("Make", {"number": 1}),
            "2": ("Make", {"number": 1000}),
            "3": ("Add", {"one": "1:0", "two": "2:0"}),
            "4": ("Show", {"value": "3:0"}),
            "5": ("Show", {"value": "1:0"}),
        }
    )
    checked = _check(workflow, folders)
    assert (checked.outputs, checked.broken) == (("5",), ("4",))
    assert len(checked.problems) == 1


def test_only_what_the_outputs_need_is_checked(folders: Folders) -> None:
    workflow = flow({"1": ("Show", {"value": 1}), "2": ("Unheard", {"one": "9:9"})})
    assert _check(workflow, folders).problems == ()


def test_targets_stand_in_for_the_outputs(folders: Folders) -> None:
    workflow = flow({**_painting(), "9": ("Show", {})})
    checked = _check(workflow, folders, targets=["2", "2", "1"])
    assert (checked.problems, checked.outputs) == ((), ("2", "1"))
    assert set(checked.nodes) == {"1", "2"}


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        (["7"], "the workflow: expected the id of a node, got '7'"),
        ([], "the workflow: expected at least one target, got none"),
    ],
)
def test_targets_must_be_nodes(folders: Folders, targets: list[str], sentence: str) -> None:
    checked = _check(flow(_painting()), folders, targets=targets)
    assert (str(_only(checked)), checked.outputs) == (sentence, ())


def test_a_workflow_without_outputs_is_refused(folders: Folders) -> None:
    checked = _check(flow({"1": ("Make", {})}), folders)
    problem = _only(checked)
    assert (problem.type, problem.node_id) == ("prompt_no_outputs", "")
    assert str(problem).startswith("the workflow: expected a node that saves or shows something")


def test_aliases_are_as_good_as_names(folders: Folders) -> None:
    workflow = flow({"1": ("OldMake", {"number": 1}), "2": ("Show", {"value": "1:0"})})
    assert _check(workflow, folders).nodes["1"].definition.name == "Make"


@pytest.mark.parametrize("circle", [False, True])
def test_ten_thousand_nodes_in_a_chain_are_checked_in_no_time(
    folders: Folders, circle: bool
) -> None:
    count = 10_000
    workflow = Workflow(dict(reversed([*chain(count).nodes.items()])))
    if circle:
        workflow = workflow.with_node(
            WorkflowNode("0", "Add", {"one": Link(str(count - 2), 0), "more": 0})
        )
    started = time.perf_counter()
    checked = _check(workflow, folders)
    assert time.perf_counter() - started < 5.0
    assert len(checked.nodes) == count
    assert [problem.type for problem in checked.problems] == ["dependency_cycle"] * circle


def test_what_is_linked_to_an_input_that_does_not_exist_is_not_needed(folders: Folders) -> None:
    workflow = flow({"1": ("Paint", {}), "2": ("Show", {"value": 1, "colour": "1:0"})})
    checked = _check(workflow, folders)
    assert (checked.problems, checked.outputs, set(checked.nodes)) == ((), ("2",), {"2"})


def test_a_class_that_is_not_known_is_told_of_even_where_nothing_needs_it(folders: Folders) -> None:
    workflow = flow({"1": ("Show", {"value": 1}), "2": ("Unheard", {}), "3": ("Make", {})})
    sentence = "Unheard (node 2) is left out: no such class of node is installed"
    assert _check(workflow, folders).warnings == (sentence,)
    assert _check(workflow, folders, targets=["1"]).warnings == ()


def _nested(depth: int) -> Json:
    value: Json = 0
    for _ in range(depth):
        value = [value]
    return value


def test_what_is_too_large_to_show_is_refused_all_the_same(folders: Folders) -> None:
    inputs: list[Nodes] = [
        {"1": ("Make", {"number": 10**5000}), "3": ("Show", {"value": "1:0"})},
        _painting(text=_nested(10_000)),
    ]
    for nodes in inputs:
        problem = _only(_check(flow(nodes), folders))
        assert problem.got.startswith("something too large to show")


def test_a_thousand_nodes_of_a_missing_class_are_told_of_in_no_time(folders: Folders) -> None:
    nodes: dict[str, tuple[str, dict[str, Json]]] = {
        f"m{index}": ("KSamplerAdvancedButMissing" * 5, {}) for index in range(1_000)
    }
    shows: dict[str, tuple[str, dict[str, Json]]] = {
        f"s{index}": ("Show", {"value": f"m{index}:0"}) for index in range(1_000)
    }
    many = registry()
    for index in range(500):
        many.add(NodeDefinition(f"KSampler{'Advanced' * 10}{index}", lambda: None))
    started = time.perf_counter()
    checked = validate(flow({**nodes, **shows}), many, folders)
    assert len(checked.problems) == 1_000
    assert time.perf_counter() - started < 5.0

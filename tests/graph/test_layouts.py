"""Workflows that come again: read, checked and laid out once, except for what may have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.adapter.node_class import adapt
from graph.errors import FormatError
from graph.folders import Folders
from graph.formats.api import to_api
from graph.layouts import Layout, Layouts
from graph.problems import InvalidWorkflowError
from graph.registry import Registry
from tests.graph.stub_engine import load, number, read, show, wire

if TYPE_CHECKING:
    from pathlib import Path

    from graph.workflow import Workflow

SHOWN = wire(a=("Number", {"value": 1}), b=("Show", {"value": "@a"}))
READ = wire(a=("Read", {"image": "a.png"}), b=("Show", {"value": "@a"}))


class Choice:
    """A class of ComfyUI's kind whose options change."""

    options = ("one", "two")
    RETURN_TYPES = ("STRING",)
    FUNCTION = "run"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """Answer what there is to choose."""
        return {"required": {"choice": (list(cls.options),)}}

    def run(self, choice: str) -> tuple[str]:
        """Give the choice."""
        return (choice,)


@pytest.fixture
def layouts(tmp_path: Path) -> Layouts:
    registry = Registry()
    for function in (number, read, load, show):
        registry.add(function)
    registry.add(adapt(Choice, "Choice"))
    folders = Folders.under(tmp_path)
    folders.input.mkdir()
    (folders.input / "a.png").write_text("a")
    return Layouts(registry, folders, outside=False)


def laid_out(layouts: Layouts, workflow: Workflow, targets: list[str] | None = None) -> Layout:
    return layouts.lay_out(workflow, targets, broken=False, keep=True)


def test_a_prompt_that_comes_again_is_the_same_workflow(layouts: Layouts) -> None:
    first = layouts.read(to_api(SHOWN))
    assert layouts.read(to_api(SHOWN)) is first
    assert first == SHOWN


@pytest.mark.parametrize("other", [1.0, True, "1"])
def test_a_prompt_is_another_one_with_a_value_of_another_type(
    layouts: Layouts, other: object
) -> None:
    prompt: dict[str, Any] = to_api(SHOWN)
    layouts.read(prompt)
    prompt["a"]["inputs"]["value"] = other
    value = layouts.read(prompt).nodes["a"].inputs["value"]
    assert type(value) is type(other)


def test_a_prompt_that_is_changed_by_whoever_sent_it_is_read_as_it_is_then(
    layouts: Layouts,
) -> None:
    prompt: dict[str, Any] = to_api(SHOWN)
    layouts.read(prompt)
    prompt["a"]["inputs"]["value"] = 2
    assert layouts.read(prompt).nodes["a"].inputs["value"] == 2


def test_a_prompt_with_a_list_in_it_is_read_anew_because_a_node_may_change_it(
    layouts: Layouts,
) -> None:
    prompt = {"a": {"class_type": "Choice", "inputs": {"choice": {"__value__": ["one", "two"]}}}}
    first = layouts.read(prompt).nodes["a"].inputs["choice"]
    assert isinstance(first, list)
    first.append("three")
    assert layouts.read(prompt).nodes["a"].inputs["choice"] == ["one", "two"]


def test_a_malformed_prompt_is_refused_each_time(layouts: Layouts) -> None:
    for _ in range(2):
        with pytest.raises(FormatError):
            layouts.read({"a": 5})


def test_what_depends_on_nothing_but_the_workflow_is_checked_once(layouts: Layouts) -> None:
    assert laid_out(layouts, SHOWN) is laid_out(layouts, SHOWN)


def test_other_targets_are_another_layout(layouts: Layouts) -> None:
    assert laid_out(layouts, SHOWN, ["a"]).plan.targets == {"a"}
    assert laid_out(layouts, SHOWN).plan.targets == {"b"}


def test_nodes_that_read_files_are_checked_again(layouts: Layouts, tmp_path: Path) -> None:
    known = laid_out(layouts, READ)
    assert laid_out(layouts, READ).plan.nodes["a"] is not known.plan.nodes["a"]
    assert laid_out(layouts, READ) == known
    (tmp_path / "input" / "a.png").unlink()
    with pytest.raises(InvalidWorkflowError, match=r"a\.png"):
        laid_out(layouts, READ)


def test_a_file_that_came_back_is_found(layouts: Layouts, tmp_path: Path) -> None:
    file = tmp_path / "input" / "a.png"
    known = laid_out(layouts, READ)
    file.unlink()
    with pytest.raises(InvalidWorkflowError):
        laid_out(layouts, READ)
    file.write_text("b")
    assert laid_out(layouts, READ) == known


def test_options_that_a_class_no_longer_has_are_refused(
    layouts: Layouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = wire(a=("Choice", {"choice": "two"}))
    known = laid_out(layouts, workflow)
    assert laid_out(layouts, workflow) == known
    monkeypatch.setattr(Choice, "options", ("one",))
    with pytest.raises(InvalidWorkflowError, match="two"):
        laid_out(layouts, workflow)


def test_a_workflow_with_problems_is_checked_each_time(layouts: Layouts) -> None:
    broken = wire(
        a=("Number", {"value": 1}),
        b=("Show", {"value": "@a"}),
        c=("Read", {"image": "gone.png"}),
        d=("Show", {"value": "@c"}),
    )
    for _ in range(2):
        layout = layouts.lay_out(broken, None, broken=True, keep=True)
        assert layout.plan.targets == {"b"}
        assert layout.checked.problems

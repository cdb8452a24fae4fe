"""The workflow as it grows while it runs."""

from __future__ import annotations

import pytest

from graph.dynamic_prompt import DynamicPrompt, as_dynamic_prompt

ORIGINAL = {"1": {"class_type": "A", "inputs": {}}}


def test_nodes_that_were_added_are_found_beside_those_that_were_there() -> None:
    prompt = DynamicPrompt(ORIGINAL)
    prompt.add_ephemeral_node("1.0.a", {"class_type": "B"}, "1", "1")
    prompt.add_ephemeral_node("1.0.a.0.b", {"class_type": "C"}, "1.0.a", "1.0.a")
    assert prompt.get_node("1") == ORIGINAL["1"]
    assert prompt.get_node("1.0.a") == {"class_type": "B"}
    assert prompt.has_node("1.0.a.0.b")
    assert not prompt.has_node("2")
    assert prompt.all_node_ids() == {"1", "1.0.a", "1.0.a.0.b"}
    assert prompt.get_original_prompt() is ORIGINAL
    with pytest.raises(KeyError):
        prompt.get_node("2")


def test_a_node_knows_whose_part_it_is_and_whom_it_is_shown_as() -> None:
    prompt = DynamicPrompt(ORIGINAL)
    prompt.add_ephemeral_node("a", {}, "1", "1")
    prompt.add_ephemeral_node("b", {}, "a", "a")
    prompt.add_ephemeral_node("c", {}, "b", "c")
    assert (prompt.get_parent_node_id("b"), prompt.get_parent_node_id("1")) == ("a", None)
    assert (prompt.get_real_node_id("b"), prompt.get_real_node_id("1")) == ("1", "1")
    assert (prompt.get_display_node_id("b"), prompt.get_display_node_id("c")) == ("1", "c")


def test_a_plain_workflow_becomes_one_that_can_grow() -> None:
    prompt = as_dynamic_prompt(ORIGINAL)
    assert isinstance(prompt, DynamicPrompt)
    assert prompt.get_node("1") == ORIGINAL["1"]
    assert as_dynamic_prompt(prompt) is prompt
    assert as_dynamic_prompt(None) is None

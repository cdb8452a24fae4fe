"""Finding an input's value by what people call its node."""

import pytest

from nodes.widget_lookup import find_widget

_PROMPT: dict[str, object] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": ["9", 0], "steps": 20, "model": ["4", 0]},
        "_meta": {"title": "Draft"},
    },
    "4": {"class_type": "LoadCheckpoint", "inputs": {"ckpt_name": "a.safetensors"}},
    "7": {"class_type": "KSampler", "inputs": {"steps": 8}, "_meta": {"title": "Refine"}},
    "8": {"class_type": "Mixer", "inputs": {"a": 1, "model": ["3", 0]}},
    "9": {"class_type": "PrimitiveInt", "inputs": {"value": 42}},
}
_EXTRA = {
    "workflow": {"nodes": [{"id": 7, "properties": {"Node name for S&R": "Second"}}, {"id": 3}, 5]}
}


@pytest.mark.parametrize(
    ("node", "widget", "value"),
    [
        ("Second", "steps", "8"),
        ("Refine", "steps", "8"),
        ("Draft", "steps", "20"),
        ("KSampler", "steps", "20"),
        ("7", "steps", "8"),
        ("LoadCheckpoint", "ckpt_name", "a.safetensors"),
        ("KSampler", "seed", "42"),
        ("Mixer", "model", None),
        ("KSampler", "cfg", None),
        ("Nobody", "steps", None),
    ],
)
def test_a_node_goes_by_its_search_name_title_class_and_id(
    node: str, widget: str, value: str | None
) -> None:
    assert find_widget(node, widget, _PROMPT, _EXTRA) == value


def test_without_a_prompt_nothing_is_found() -> None:
    assert find_widget("KSampler", "seed", None, None) is None


def test_links_that_run_in_a_circle_end() -> None:
    prompt = {
        "1": {"class_type": "A", "inputs": {"x": ["2", 0]}},
        "2": {"class_type": "B", "inputs": {"x": ["1", 0]}},
    }

    assert find_widget("A", "x", prompt, None) is None

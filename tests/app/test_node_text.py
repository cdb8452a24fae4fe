"""A node's definition as text for a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.node_text import describe_in_full
from graph.definition import InputSpec, NodeDefinition, OutputSpec
from graph.folders import Folders
from graph.sockets import Combo, Foreign, Int, Kind, Socket


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Socket("IMAGE"), "a: IMAGE"),
        (Int(1, 9), "a: INT, 1 to 9"),
        (Combo(("x", "y")), "a: COMBO, one of x, y"),
        (Foreign("INT", 1, 9), "a: INT, 1 to 9"),
        (Foreign("FLOAT", min=0.5), "a: FLOAT, at least 0.5"),
        (Foreign("FLOAT", max=9), "a: FLOAT, at most 9"),
        (Foreign("STRING"), "a: STRING"),
        (Foreign("COMBO", choices=("x", 2)), "a: COMBO, one of x, 2"),
        (Foreign("COMBO", choices=()), "a: COMBO, one of (none there yet)"),
    ],
)
def test_an_input_is_described_in_a_line(kind: Kind, line: str) -> None:
    node = NodeDefinition("X", lambda: None, (InputSpec("a", kind),), category="c")
    lines = describe_in_full(node, Folders.under(Path("/nowhere")))
    assert lines[lines.index("inputs") + 1] == f"  {line}"


def test_outputs_are_numbered() -> None:
    outputs = (OutputSpec("picture", "IMAGE"), OutputSpec("MASK", "MASK"))
    node = NodeDefinition("X", lambda: None, outputs=outputs)
    lines = describe_in_full(node, Folders.under(Path("/nowhere")))
    assert lines[-2:] == ["  0  picture: IMAGE", "  1  MASK: MASK"]

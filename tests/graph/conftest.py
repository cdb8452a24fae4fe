"""Fixtures for tests of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.graph.alike.class_graphs import CLASS_GRAPHS
from tests.graph.alike.classes import CLASSES
from tests.graph.alike.function_graphs import GRAPHS
from tests.graph.alike.functions import FUNCTIONS
from tests.graph.alike.notes import forget
from tests.graph.stub_engine import Stubs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    """An engine over small nodes with folders of its own."""
    return Stubs(tmp_path)


@pytest.fixture(params=["functions", "classes"])
def alike(request: pytest.FixtureRequest, tmp_path: Path) -> Stubs:
    """An engine over the same nodes as functions, and as classes in ComfyUI's convention."""
    made = Stubs(tmp_path)
    functions, classes = (*FUNCTIONS, *GRAPHS), (*CLASSES, *CLASS_GRAPHS)
    for node in functions if request.param == "functions" else classes:
        made.engine.registry.add(node)
    forget()
    return made

"""Fixtures for tests of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.graph import alike_classes, alike_functions
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
    for node in (
        alike_functions.FUNCTIONS if request.param == "functions" else alike_classes.CLASSES
    ):
        made.engine.registry.add(node)
    alike_functions.forget()
    return made

"""Fixtures for tests of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.graph.stub_engine import Stubs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    """An engine over small nodes with folders of its own."""
    return Stubs(tmp_path)

"""Fixtures for tests of what packs import."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from compat import folder_paths
from compat.surroundings import Surroundings, _Place, install_surroundings
from graph.context import NodeContext, current
from graph.folders import Folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    """An application's folders, which compat answers with."""
    before = _Place.installed, dict(folder_paths.folder_names_and_paths)
    found = Folders.under(tmp_path)
    known = Surroundings(found, tmp_path / "models", lambda: "cpu")
    install_surroundings(known)
    folder_paths.folder_names_and_paths.clear()
    folder_paths.fill(known)
    yield found
    _Place.installed = before[0]
    folder_paths.folder_names_and_paths.clear()
    folder_paths.folder_names_and_paths.update(before[1])


@pytest.fixture
def node(folders: Folders) -> Callable[..., AbstractContextManager[list[object]]]:
    """Enter a node that runs; gives what it tells of its progress."""

    @contextmanager
    def enter(**about: Any) -> Iterator[list[object]]:  # noqa: ANN401 - those of `NodeContext`
        told: list[object] = []
        about.setdefault("on_progress", lambda *step: told.append(step))
        token = current.set(NodeContext("1", folders, **about))
        try:
            yield told
        finally:
            current.reset(token)

    return enter

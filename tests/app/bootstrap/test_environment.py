"""Readiness of the environment, and whose folder it is."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from app.bootstrap.environment import Environment
from app.bootstrap.errors import BootstrapError


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = []", encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n", encoding="utf-8")
    environment = Environment(tmp_path)
    venv.EnvBuilder(symlinks=True).create(environment.folder)
    return environment


def test_an_environment_is_ready_only_after_it_was_marked(environment: Environment) -> None:
    assert not environment.is_ready()
    environment.mark_ready()
    assert environment.is_ready()


def test_new_pins_make_it_unready(environment: Environment) -> None:
    environment.mark_ready()
    (environment.root / "constraints.txt").write_text("torch==2.14.0\n", encoding="utf-8")
    assert not environment.is_ready()


def test_a_python_that_is_gone_makes_it_unready(environment: Environment) -> None:
    environment.mark_ready()
    environment.python.unlink()
    assert not environment.is_ready()
    assert not environment.works()


def test_it_works_when_its_python_starts_and_finds_the_modules(environment: Environment) -> None:
    assert environment.works()
    assert environment.works("json")
    assert not environment.works("json", "no_such_module")


def test_it_is_not_the_running_one(environment: Environment) -> None:
    assert not environment.is_running()
    running = Path(sys.prefix)
    assert Environment(running.parent, running.name).is_running()


def test_a_folder_that_somebody_else_made_is_never_emptied(environment: Environment) -> None:
    with pytest.raises(BootstrapError, match="not made by this project: remove or rename"):
        environment.clear()
    assert environment.python.exists()


def test_clearing_leaves_only_the_lock(environment: Environment) -> None:
    environment.lock.touch()
    environment.claim()
    environment.clear()
    assert list(environment.folder.iterdir()) == [environment.lock]

"""The decision: nothing to do, a sentence, or an install and a new start."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from app.bootstrap import install, start
from app.bootstrap.errors import BootstrapError

if TYPE_CHECKING:
    from app.bootstrap.environment import Environment


class Replaced(BaseException):
    """Stands for the moment at which this process would become another."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project that needs what nobody has, and record what would be done about it."""
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n", encoding="utf-8")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    write_needs(tmp_path, "no-such-distribution")
    return tmp_path


def write_needs(root: Path, *names: str) -> None:
    text = f"[project]\ndependencies = {list(names)!r}"
    (root / "pyproject.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    steps: list[str] = []

    def installing(environment: Environment, _: object) -> None:
        steps.append("install")
        environment.mark_ready()
        environment.python.parent.mkdir(parents=True, exist_ok=True)
        environment.python.touch()

    def replacing(_: str, command: list[str], environ: dict[str, str]) -> NoReturn:
        assert "__PYVENV_LAUNCHER__" not in environ
        steps.append(" ".join(Path(part).name for part in command))
        raise Replaced

    monkeypatch.setattr(install, "_install", installing)
    monkeypatch.setattr("os.execve", replacing)
    return steps


def test_a_python_that_has_everything_is_left_alone(root: Path, steps: list[str]) -> None:
    write_needs(root, "pytest>=9")
    start.ensure(["doctor"], {})
    assert steps == []
    assert not (root / ".venv").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows starts a child instead")
def test_what_is_missing_is_installed_and_the_command_started_again(
    root: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("__PYVENV_LAUNCHER__", "x")
    with pytest.raises(Replaced):
        start.ensure(["run", "a b.json"], {})
    assert steps == ["install", "python main.py run a b.json"]


def test_an_environment_that_is_ready_is_used_at_once(root: Path, steps: list[str]) -> None:
    with pytest.raises(Replaced):
        start.ensure(["run"], {})
    with pytest.raises(Replaced):
        start.ensure(["run"], {})
    assert steps == ["install", "python main.py run", "python main.py run"]


def test_new_pins_are_installed_before_the_environment_is_used_again(
    root: Path, steps: list[str]
) -> None:
    for pins in ("torch==2.13.0\n", "torch==2.13.1\n"):
        (root / "constraints.txt").write_text(pins, encoding="utf-8")
        with pytest.raises(Replaced):
            start.ensure(["run"], {})
    assert steps.count("install") == 2


def test_turned_off_it_names_what_is_missing_and_the_command(root: Path, steps: list[str]) -> None:
    with pytest.raises(BootstrapError, match=r"lacks no-such-distribution.*pip install -e"):
        start.ensure(["run"], {"SAFELIGHT_NO_BOOTSTRAP": "1"})
    assert steps == []


def test_an_installed_package_without_pins_beside_it_is_left_alone(
    root: Path, steps: list[str]
) -> None:
    (root / "constraints.txt").unlink()
    start.ensure(["run"], {})
    assert steps == []


def test_a_folder_that_cannot_be_written_ends_in_a_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".venv").write_text("in the way", encoding="utf-8")
    with pytest.raises(BootstrapError, match="cannot be written"):
        start.ensure(["run"], {})

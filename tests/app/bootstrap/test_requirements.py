"""What the project needs, and what of it is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from app.bootstrap import requirements
from app.bootstrap.errors import BootstrapError
from app.bootstrap.requirements import Requirement
from app.bootstrap.start import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def write_project(root: Path, dependencies: str, pins: str = "torch==2.13.0\n") -> None:
    text = (
        f'[project]\ndependencies = {dependencies}\n[project.optional-dependencies]\ntest = ["b"]'
    )
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    (root / "constraints.txt").write_text(pins, encoding="utf-8")


def test_everything_that_this_project_asks_for_is_understood_and_installed() -> None:
    wanted = requirements.read(ROOT, ["test"])
    assert {"torch", "networkx", "pytest"} <= {item.name for item in wanted}
    assert list(requirements.missing(wanted)) == []


def test_every_dependency_is_pinned() -> None:
    for item in requirements.read(ROOT, ["test"]):
        assert requirements.release(requirements.pinned(ROOT, item.name)) >= item.minimum


def test_every_line_of_the_constraints_is_an_exact_pin_without_a_build() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert "torch==2.13.0" in pins
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9.]*", pin) for pin in pins)


def test_what_is_not_installed_or_too_old_is_missing() -> None:
    wanted = [
        Requirement("no-such-distribution"),
        Requirement("pytest", (9,)),
        Requirement("pytest", (99, 1)),
    ]
    assert list(requirements.missing(wanted)) == [wanted[0], wanted[2]]


@pytest.mark.parametrize("text", ["a<2", "a==1; python_version<'3'", "a[extra]>=1", ""])
def test_a_requirement_of_another_form_is_refused_by_name(text: str) -> None:
    with pytest.raises(BootstrapError, match=re.escape(repr(text))):
        Requirement.parse(text)


@pytest.mark.parametrize(
    ("version", "expected"), [("2.13.0+cpu", (2, 13, 0)), ("26.3", (26, 3)), ("", ())]
)
def test_a_release_is_the_numbers_a_version_begins_with(
    version: str, expected: tuple[int, ...]
) -> None:
    assert requirements.release(version) == expected


def test_the_fingerprint_changes_with_the_requirements_the_extras_and_the_pins(
    tmp_path: Path,
) -> None:
    prints = []
    for dependencies, pins, extras in (
        ('["a"]', "a==1\n", ()),
        ('["a>=1"]', "a==1\n", ()),
        ('["a"]', "a==2\n", ()),
        ('["a"]', "a==1\n", ("test",)),
    ):
        write_project(tmp_path, dependencies, pins)
        prints.append(requirements.fingerprint(tmp_path, extras))
    assert len(set(prints)) == 4
    write_project(tmp_path, '["a"]', "a==1\n")
    assert requirements.fingerprint(tmp_path) == prints[0]


def test_a_missing_pin_is_an_error_that_names_it(tmp_path: Path) -> None:
    write_project(tmp_path, "[]")
    with pytest.raises(BootstrapError, match="does not pin numpy"):
        requirements.pinned(tmp_path, "numpy")

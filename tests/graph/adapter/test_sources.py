"""The version of a class follows its code."""

from __future__ import annotations

import importlib.util
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from graph.adapter.sources import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "a_module_for_this_test"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    for name in (NAME, f"{NAME}.helper", f"{NAME}.late"):
        sys.modules.pop(name, None)


def _load(file: Path, text: str) -> Any:  # noqa: ANN401 - a module
    file.write_text(text, "utf-8")
    os.utime(file, ns=(1, len(text)))
    spec = importlib.util.spec_from_file_location(NAME, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    exec(compile(text, str(file), "exec"), module.__dict__)
    return module


def test_other_code_is_another_version(tmp_path: Path) -> None:
    file = tmp_path / "made.py"
    before = version_of(_load(file, "class A: x = 1").A)
    assert version_of(_load(file, "class A: x = 1").A) == before
    assert version_of(_load(file, "class A: x = 22").A) != before


def test_classes_of_one_file_differ(tmp_path: Path) -> None:
    module = _load(tmp_path / "made.py", "class A: ...\nclass B: ...")
    assert version_of(module.A) != version_of(module.B)


def test_the_code_of_a_base_counts(tmp_path: Path) -> None:
    file = tmp_path / "made.py"
    before = version_of(type("Heir", (_load(file, "class A: x = 1").A,), {}))
    assert version_of(type("Heir", (_load(file, "class A: x = 22").A,), {})) != before


def test_the_code_of_all_modules_of_a_pack_counts(tmp_path: Path) -> None:
    helper = tmp_path / "helper.py"

    def version(text: str) -> str:
        helper.write_text(text, "utf-8")
        module = _load(tmp_path / "made.py", "class A: ...")
        sys.modules.pop(f"{NAME}.late", None)
        sys.modules[f"{NAME}.helper"] = ModuleType(f"{NAME}.helper")
        sys.modules[f"{NAME}.helper"].__file__ = str(helper)
        before = version_of(module.A, NAME)
        sys.modules[f"{NAME}.late"] = sys.modules[f"{NAME}.helper"]
        assert version_of(module.A, NAME) == before
        return before

    first = version("x = 1")
    assert version("x = 1") == first
    assert version("x = 22") != first


def test_a_class_from_nowhere_has_a_version() -> None:
    assert len(version_of(type("Bare", (), {"__module__": "nowhere"}))) == 32

"""What results depend on besides the workflow."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from typing import TYPE_CHECKING

import pytest

from app import provenance as module
from app.bootstrap.start import ROOT
from app.provenance import provenance

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of some of our code."""
    shutil.copytree(ROOT / "nodes", tmp_path / "nodes")
    (tmp_path / "app").mkdir()
    shutil.copy(ROOT / "app" / "codecs.py", tmp_path / "app")
    (tmp_path / "app" / "cli.py").write_text("")
    return tmp_path


def test_it_is_the_same_every_time(root: Path) -> None:
    assert provenance("cpu", root) == provenance("cpu", root)
    assert len(provenance("cpu")) == 32


def test_the_kind_of_device_counts_and_its_number_does_not() -> None:
    assert provenance("cuda:0") == provenance("cuda:1")
    assert len({provenance("cpu"), provenance("cuda:0"), provenance("mps")}) == 3


@pytest.mark.parametrize("name", ["nodes/sampling.py", "app/codecs.py", "nodes/data/new.json"])
def test_the_text_of_the_code_counts(root: Path, name: str) -> None:
    before = provenance("cpu", root)
    path = root / name
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write("\n# changed\n")
    assert provenance("cpu", root) != before


def test_moving_code_counts(root: Path) -> None:
    before = provenance("cpu", root)
    (root / "nodes" / "sampling.py").rename(root / "nodes" / "samples.py")
    assert provenance("cpu", root) != before


@pytest.mark.parametrize("name", ["app/cli.py", "nodes/__pycache__/sampling.cpython-311.pyc"])
def test_what_results_do_not_depend_on_does_not_count(root: Path, name: str) -> None:
    before = provenance("cpu", root)
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("changed")
    assert provenance("cpu", root) == before


@pytest.mark.parametrize("library", ["torch", "diffusers", "numpy"])
def test_the_versions_of_libraries_count(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    before = provenance("cpu")
    real = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata,
        "version",
        lambda name: "99.0+cu130" if name == library else real(name),
    )
    assert provenance("cpu") != before


def test_a_library_that_is_not_installed_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    before = provenance("cpu")
    monkeypatch.setattr(module, "_LIBRARIES", (*module._LIBRARIES, "no-such-library"))
    assert provenance("cpu") != before


def test_our_version_and_the_processor_count(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {provenance("cpu")}
    monkeypatch.setattr(module, "VERSION", "99")
    seen.add(provenance("cpu"))
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    seen.add(provenance("cpu"))
    assert len(seen) == 3


def test_pictures_of_another_precision_are_other_pictures() -> None:
    wishes = [("auto", "auto"), ("bf16", "auto"), ("auto", "bf16")]

    assert len({provenance("cpu", precisions=wish) for wish in wishes}) == 3

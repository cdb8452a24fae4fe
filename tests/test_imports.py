"""What importing costs: nothing loads torch until a node runs."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
import time

import pytest

from app.bootstrap.start import ROOT

HEAVY = ("torch", "diffusers", "transformers", "scipy")


def modules_of(package: str) -> list[str]:
    found = pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
    names = [package, *(module.name for module in found)]
    return [name for name in names if not name.endswith("__main__")]


def loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("package", ["graph", "nodes", "web", "app"])
def test_no_module_of_these_packages_loads_torch(package: str) -> None:
    loaded = loaded_by(f"import {', '.join(modules_of(package))}")
    assert package in loaded
    assert not loaded & set(HEAVY)


def test_neither_the_facade_nor_the_first_file_loads_torch() -> None:
    assert not loaded_by("import safelight, main") & set(HEAVY)


def test_the_engine_loads_nothing_beyond_the_standard_library_and_networkx() -> None:
    loaded = loaded_by(f"import {', '.join(modules_of('graph'))}")
    assert not loaded & {"numpy", "PIL", "aiohttp", "safetensors", "yaml", "app", "nodes"}


def test_a_server_loads_no_engine_no_nodes_and_nothing_that_explains_circles() -> None:
    loaded = loaded_by("import app.serving.server")
    assert not loaded & {*HEAVY, "networkx", "yaml", "numpy", "nodes", "graph.executor"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--help"], ["doctor", "--help"]]
)
def test_help_loads_the_standard_library_only_and_answers_at_once(arguments: list[str]) -> None:
    script = (
        "import sys, atexit, site; sys.argv[0] = 'main.py';"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
        "import main; sys.exit(main.main())"
    )
    # Without site-packages, so that anything else would fail to be imported.
    command = [sys.executable, "-S", "-c", script, *arguments]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not set(done.stderr.split()) & {*HEAVY, "networkx", "yaml", "tqdm", "numpy"}
    assert seconds < 3, "the bar is 0.3 s on an idle machine"

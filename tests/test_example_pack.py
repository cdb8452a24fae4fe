"""The pack that comes along as an example, and what its README says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from app.bootstrap.start import ROOT
from graph.decorator import definition_of
from graph.events import NodeProgress, NodeStarted
from tests.app.packs import PackSession, forgetting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.app.packs import Nodes


@pytest.fixture
def packs(tmp_path: Path) -> Iterator[PackSession]:
    """A session with the example alone."""
    with forgetting():
        shutil.copytree(ROOT / "custom_nodes" / "example", tmp_path / "custom_nodes" / "example")
        found = PackSession(tmp_path)
        yield found
        found.session.close()


def test_all_nodes_of_the_example_run(packs: PackSession) -> None:
    (pack,) = packs.session.packs
    assert pack.complaints() == ()
    assert pack.nodes == ("ExampleCheckerboard", "ExampleGlow", "ExampleVignette")
    nodes: Nodes = {
        "board": ("ExampleCheckerboard", {"width": 64, "height": 32, "square": 16}),
        "dark": ("ExampleVignette", {"image": "@board", "strength": 1.0}),
        "glow": ("ExampleGlow", {"image": "@dark", "radius": 4, "amount": 0.5}),
        "save": ("SaveImage", {"images": "@glow", "filename_prefix": "x"}),
        "plain": ("SaveImage", {"images": "@board", "filename_prefix": "plain"}),
    }
    found = packs.run(nodes)
    with (
        Image.open(found.nodes["save"].files[0]) as glowing,
        Image.open(found.nodes["plain"].files[0]) as plain,
    ):
        board, picture = np.asarray(plain), np.asarray(glowing)
    assert board.shape == (32, 64, 3)
    assert set(np.unique(board)) == {0, 255}
    assert (board[0, 0, 0], board[0, 16, 0], board[16, 16, 0]) == (0, 255, 0)
    # Light falls on dark squares near the middle, and the corner stays dark.
    assert picture[14, 24, 0] > 100
    assert picture[2, 34, 0] > 0
    assert picture[0, 0, 0] < 20
    assert [event.value for event in packs.events if isinstance(event, NodeProgress)] == [1]
    started = {e.class_type: e.display_node for e in packs.events if isinstance(e, NodeStarted)}
    assert (started["ImageBlur"], started["ImageBlend"]) == ("glow", "glow")


def test_the_node_of_the_readme_is_one() -> None:
    text = (ROOT / "custom_nodes" / "README.md").read_text("utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), names)
    definition = definition_of(names["pick_one"])
    assert [(spec.name, spec.lazy) for spec in definition.inputs] == [
        ("first", False),
        ("a", True),
        ("b", True),
    ]
    assert definition.ask is not None
    assert definition.ask(first=True) == ["a"]
    assert names["pick_one"](first=False, a=None, b=2) == 2


@pytest.mark.parametrize("arguments", [["nodes"], ["validate", "workflows/txt2img.json"]])
def test_what_runs_nothing_loads_packs_and_no_torch(arguments: list[str]) -> None:
    script = (
        "import sys, atexit; sys.argv[0] = 'main.py';"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
        "import main; sys.exit(main.main())"
    )
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "custom_nodes.example" in loaded
    assert not loaded & {"torch", "diffusers", "transformers"}


def test_help_loads_no_pack() -> None:
    script = "import sys, main; sys.argv = ['main.py', 'run', '--help']; main.main()"
    command = [sys.executable, "-X", "importtime", "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "usage" in done.stdout
    assert "custom_nodes" not in done.stderr
    assert "graph.adapter" not in done.stderr

"""A process is killed; the next one runs the same workflow and computes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from app.bootstrap.start import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TXT2IMG = ROOT / "workflows" / "txt2img.json"
HEAVY = {"torch", "diffusers", "transformers", "numpy", "PIL"}


class House:
    """Runs the text-to-picture workflow of the starter model, each time in a new process."""

    def __init__(self, base: Path) -> None:
        self.output = base / "output"
        self.arguments = [
            *("run", str(TXT2IMG), "--set", "KSampler.steps=3", "--cpu", "--quiet"),
            *("--output-directory", str(self.output), "--cache-directory", str(base / "cache")),
            *("--cache-disk", "1G"),
        ]

    def run(self, *more: str) -> tuple[dict[str, Any], set[str]]:
        """Run it; return what `--json` prints of the run and which heavy modules were loaded."""
        script = (
            "import sys; from app.cli import main; code = main(sys.argv[1:]);"
            "print(*sys.modules, file=sys.stderr); sys.exit(code)"
        )
        command = [sys.executable, "-c", script, *self.arguments, "--json", *more]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        (run,) = json.loads(done.stdout)["runs"]
        return run, HEAVY & set(done.stderr.split())

    def run_and_kill(self) -> None:
        """Run it, and kill the process when it says where the picture is."""
        command = [sys.executable, "main.py", *self.arguments]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            process.kill()


def _executed(run: dict[str, Any]) -> set[str]:
    return {node["class"] for node in run["nodes"].values() if not node["cached"]}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house in which the workflow has run in a process that was killed."""
    house = House(tmp_path_factory.mktemp("house"))
    house.run_and_kill()
    return house


def test_nothing_runs_and_torch_is_not_even_loaded(house: House) -> None:
    run, loaded = house.run()
    assert _executed(run) == set()
    assert len(run["nodes"]) == 7
    assert run["outputs"] == [str(path) for path in house.output.iterdir()]
    assert loaded == set()
    assert run["seconds"] < 1, "the bar, imports apart"


def test_a_picture_that_is_gone_is_written_again_without_the_model(house: House) -> None:
    (path,) = house.output.iterdir()
    with Image.open(path) as picture:
        before = picture.tobytes()
    path.unlink()
    run, loaded = house.run()
    assert _executed(run) == {"SaveImage"}
    assert "diffusers" not in loaded
    with Image.open(run["outputs"][0]) as picture:
        assert picture.tobytes() == before


def test_another_seed_needs_the_model_and_not_the_prompts_again(house: House) -> None:
    run, _ = house.run("--seed", "99")
    ran = _executed(run)
    assert {"LoadCheckpoint", "KSampler", "VAEDecode", "SaveImage"} <= ran
    assert "CLIPTextEncode" not in ran
    reasons = {node["class"]: node["reason"] for node in run["nodes"].values()}
    assert reasons["KSampler"].endswith(" → 99")
    assert reasons["LoadCheckpoint"] == "its result is not kept between processes"
    reasons = {node["class"]: node["reason"] for node in run["nodes"].values()}
    assert reasons["LoadCheckpoint"] == "its result is not kept between processes"

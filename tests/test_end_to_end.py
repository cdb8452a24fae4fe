"""From a workflow file to a picture, with the starter model that comes with the project.

Everything here runs on the CPU of the machine that runs the tests. Pictures are compared with each
other, never with stored ones, so a better starter changes nothing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from safetensors.numpy import load_file

import safelight

ROOT = Path(__file__).parents[1]
TXT2IMG = ROOT / "workflows" / "txt2img.json"
IMG2IMG = ROOT / "workflows" / "img2img.json"
STEPS = 8
GREEN, WHITE = (60, 160, 75), (250, 250, 250)  # of the starter's palette

Pixels = NDArray[np.uint8]


def _pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _texts(path: Path) -> dict[str, Any]:
    with Image.open(path) as picture:
        return {str(name): json.loads(text) for name, text in picture.info.items()}


def _reddish(pixels: Pixels) -> bool:
    red, green, blue = pixels.reshape(-1, 3).mean(axis=0)
    return bool(red > 150 and green < 110 and blue < 110)


def _centre(pixels: Pixels) -> Pixels:
    return pixels[28:36, 28:36]


def _corners(pixels: Pixels) -> Pixels:
    return pixels[[2, 2, -3, -3], [2, -3, 2, -3]]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session of this module saves."""
    return tmp_path_factory.mktemp("output")


@pytest.fixture(scope="module")
def session(output: Path) -> Iterator[safelight.Session]:
    """A session that keeps the starter loaded."""
    with safelight.Session(device="cpu", output_directory=output) as session:
        yield session


@pytest.fixture(scope="module")
def drawn(session: safelight.Session) -> safelight.Result:
    """The first run of the text-to-picture workflow."""
    return session.run(safelight.load(TXT2IMG), seed=3)


def _fresh(tmp_path: Path, workflow: safelight.Workflow, seed: int | None = None) -> Pixels:
    """What another session, which remembers nothing, makes of a workflow."""
    with safelight.Session(device="cpu", output_directory=tmp_path) as session:
        (path,) = session.run(workflow, seed=seed).paths
    return _pixels(path)


def test_the_picture_shows_what_the_prompt_says(drawn: safelight.Result, output: Path) -> None:
    (path,) = drawn.paths

    assert path == output / "txt2img_00001_.png"
    pixels = _pixels(path)
    assert pixels.shape == (64, 64, 3)
    assert _reddish(_centre(pixels))
    assert _corners(pixels).mean() > 220


def test_the_second_run_executes_nothing(
    session: safelight.Session, drawn: safelight.Result
) -> None:
    again = session.run(safelight.load(TXT2IMG), seed=3)

    assert again.run.executed == []
    assert again.paths == drawn.paths


def test_a_picture_that_is_gone_is_saved_again_without_being_made_again(
    session: safelight.Session, drawn: safelight.Result
) -> None:
    (path,) = drawn.paths
    before = _pixels(path)
    path.unlink()

    again = session.run(safelight.load(TXT2IMG), seed=3)

    assert [again.nodes[key].class_type for key in again.run.executed] == ["SaveImage"]
    (saved,) = again.paths
    assert np.array_equal(_pixels(saved), before)


def test_another_prompt_runs_only_what_it_touches(session: safelight.Session) -> None:
    workflow = safelight.load(TXT2IMG).set("KSampler.steps", 2)
    session.run(workflow)

    changed = session.run(workflow.set("Positive prompt.text", "a blue star"))

    ran = [changed.nodes[key].class_type for key in changed.run.executed]
    assert sorted(ran) == sorted(["CLIPTextEncode", "KSampler", "VAEDecode", "SaveImage"])


def test_the_command_line_makes_the_same_pixels_as_a_script(
    drawn: safelight.Result, session: safelight.Session, tmp_path: Path
) -> None:
    command = [sys.executable, "main.py", "run", str(TXT2IMG), "--seed", "3", "--cpu"]
    environment = {**os.environ, "SAFELIGHT_NO_BOOTSTRAP": "1"}
    run = subprocess.run(
        [*command, "--output-directory", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    (path,) = [Path(line) for line in run.stdout.splitlines()]
    assert path == tmp_path / "txt2img_00001_.png"
    (ours,) = session.run(safelight.load(TXT2IMG), seed=3).paths
    assert np.array_equal(_pixels(path), _pixels(ours))


def test_the_picture_carries_the_workflow_as_it_ran(session: safelight.Session) -> None:
    workflow = safelight.load(TXT2IMG).set("KSampler.steps", STEPS)

    (path,) = session.run(workflow, seed=5).paths

    texts = _texts(path)
    sampler = next(node for node in texts["workflow"]["nodes"] if node["type"] == "KSampler")
    assert sampler["widgets_values"][:3] == [5, "fixed", STEPS]
    inputs = texts["prompt"][str(sampler["id"])]["inputs"]
    assert (inputs["seed"], inputs["steps"]) == (5, STEPS)


def test_a_picture_from_the_cache_is_saved_with_the_workflow_of_this_run(
    session: safelight.Session, drawn: safelight.Result, output: Path
) -> None:
    prefix = "named/seed %KSampler.seed% of %Model.ckpt_name%%CheckpointLoaderSimple.ckpt_name%"
    workflow = safelight.load(TXT2IMG).set("SaveImage.filename_prefix", prefix)

    result = session.run(workflow, seed=3)

    assert [result.nodes[key].class_type for key in result.run.executed] == ["SaveImage"]
    (path,) = result.paths
    name = "seed 3 of %Model.ckpt_name%starter.safetensors_00001_.png"
    assert path == output / "named" / name
    inputs = [node["inputs"] for node in _texts(path)["prompt"].values()]
    assert prefix in [each.get("filename_prefix") for each in inputs]


def test_a_picture_is_a_workflow_that_makes_it_again(
    session: safelight.Session, tmp_path: Path
) -> None:
    workflow = safelight.load(TXT2IMG).set("KSampler.steps", STEPS)
    (path,) = session.run(workflow, seed=5).paths

    again = _fresh(tmp_path, safelight.load(path))

    assert np.array_equal(again, _pixels(path))
    (other,) = session.run(workflow, seed=6).paths
    assert not np.array_equal(_pixels(other), again)


def test_the_picture_of_a_picture_carries_the_same_workflow(
    session: safelight.Session, tmp_path: Path
) -> None:
    (path,) = session.run(safelight.load(TXT2IMG).set("KSampler.steps", 2)).paths

    with safelight.Session(device="cpu", output_directory=tmp_path) as other:
        (again,) = other.run(safelight.load(path)).paths

    assert _texts(again) == _texts(path)


def test_a_picture_changes_as_the_prompt_says_and_keeps_the_rest(
    session: safelight.Session,
) -> None:
    (path,) = session.run(safelight.load(IMG2IMG)).paths

    pixels = _pixels(path)
    before = _pixels(ROOT / "input" / "example.png")
    assert _reddish(_centre(pixels))
    assert not _reddish(_centre(before))
    kept = _corners(pixels).astype(int) - _corners(before)
    assert np.abs(kept).mean() < 16


def test_a_picture_from_anywhere_can_be_started_from(
    session: safelight.Session, tmp_path: Path
) -> None:
    picture = Image.new("RGB", (64, 64), GREEN)
    ImageDraw.Draw(picture).ellipse((14, 14, 49, 49), fill=WHITE)
    picture.save(tmp_path / "circle.png")
    # Nothing is denoised, so what comes out is what the autoencoder makes of it.
    workflow = safelight.load(IMG2IMG).set("KSampler.denoise", 0.0)

    result = session.run(workflow.set("LoadImage.image", str(tmp_path / "circle.png")))

    difference = _pixels(result.paths[0]).astype(int) - np.asarray(picture)
    assert np.abs(difference).mean() < 20


def _api(path: Path) -> dict[str, Any]:
    prompt: dict[str, Any] = safelight.load(path).document.prompt
    return prompt


def _by_class(prompt: dict[str, Any], class_type: str) -> str:
    return next(key for key, node in prompt.items() if node["class_type"] == class_type)


def test_each_picture_of_a_batch_can_be_made_again_alone(
    session: safelight.Session, tmp_path: Path
) -> None:
    prompt = _api(TXT2IMG)
    empty, sampler = _by_class(prompt, "EmptyLatentImage"), _by_class(prompt, "KSampler")
    del prompt[_by_class(prompt, "SaveImage")]
    prompt[empty]["inputs"]["batch_size"] = 4
    for index in range(4):
        source = {"samples": [empty, 0], "batch_index": index, "length": 1}
        prompt[f"one{index}"] = {"class_type": "LatentFromBatch", "inputs": source}
        inputs = {**prompt[sampler]["inputs"], "latent_image": [f"one{index}", 0]}
        prompt[f"alone{index}"] = {"class_type": "KSampler", "inputs": inputs}
    for key in (sampler, *(f"alone{index}" for index in range(4))):
        inputs = {"samples": [key, 0], "filename_prefix": f"batch/{key}"}
        prompt[f"save{key}"] = {"class_type": "SaveLatent", "inputs": inputs}
    path = tmp_path / "batch.json"
    path.write_text(json.dumps(prompt))

    result = session.run(safelight.load(path))

    together, *alone = (load_file(saved)["latent_tensor"] for saved in result.paths)
    assert together.shape == (4, 4, 8, 8)
    for index in range(4):
        assert np.abs(alone[index][0] - together[index]).max() <= 1e-4
    assert np.abs(together[0] - together[1]).max() > 0.1

"""The command line as a person uses it: real processes, real files, the real starter model."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.bootstrap.start import ROOT
from graph.formats.png import read_png_texts

TXT2IMG = str(ROOT / "workflows" / "txt2img.json")
IMG2IMG = str(ROOT / "workflows" / "img2img.json")
FAST = ("--set", "KSampler.steps=2")


def run(
    *arguments: str | Path, timeout: float = 240, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `main.py` with these arguments."""
    command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=cwd, check=False
    )


def refused(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """Return the sentence of a command that must have failed without a traceback."""
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("safelight: ")
    return done.stderr


def seed_in(path: Path) -> int:
    with path.open("rb") as file:
        prompt = json.loads(read_png_texts(file, path.name)["prompt"])
    sampler = next(node for node in prompt.values() if node["class_type"] == "KSampler")
    return int(sampler["inputs"]["seed"])


def test_a_workflow_becomes_a_picture_whose_path_is_all_that_is_printed(tmp_path: Path) -> None:
    done = run("run", TXT2IMG, *FAST, "--output-directory", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    path = Path(done.stdout.rstrip("\n"))
    assert path.parent == tmp_path
    with Image.open(path) as picture:
        assert picture.size == (64, 64)


def test_the_same_command_twice_makes_the_same_pixels(tmp_path: Path) -> None:
    paths = [
        Path(run("run", TXT2IMG, *FAST, "--output-directory", tmp_path / name).stdout.strip())
        for name in ("first", "second")
    ]
    with Image.open(paths[0]) as first, Image.open(paths[1]) as second:
        assert first.tobytes() == second.tobytes()


def test_a_range_of_seeds_runs_in_one_process_that_loads_the_model_once(tmp_path: Path) -> None:
    done = run("run", TXT2IMG, *FAST, "--seed", "5..6", "--json", "--output-directory", tmp_path)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert (report["status"], report["device"]) == ("done", "cpu")
    first, second = report["runs"]
    assert [first["seed"], second["seed"]] == [5, 6]
    assert [seed_in(Path(path)) for path in report["outputs"]] == [5, 6]
    reasons = {node["class"]: node["reason"] for node in second["nodes"].values()}
    cached = {node["class"] for node in second["nodes"].values() if node["cached"]}
    assert {"LoadCheckpoint", "CLIPTextEncode", "EmptyLatentImage"} <= cached
    assert reasons["KSampler"] == "seed: 5 → 6"
    assert all(node["reason"] == "first run" for node in first["nodes"].values())


def test_a_picture_runs_again_as_the_workflow_it_carries(tmp_path: Path) -> None:
    first = run("run", TXT2IMG, *FAST, "--seed", "9", "--output-directory", tmp_path)
    again = run("run", first.stdout.strip(), "--output-directory", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    with Image.open(first.stdout.strip()) as one, Image.open(again.stdout.strip()) as two:
        assert one.tobytes() == two.tobytes()
        assert json.loads(two.info["workflow"])["nodes"]


def test_a_picture_outside_the_input_folder_can_be_loaded(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "cat.png")
    choice = ("--set", "LoadImage.image=./cat.png")
    done = run("run", IMG2IMG, *FAST, *choice, "--output-directory", "made here", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parent == tmp_path / "made here"


def test_explain_says_why_each_node_ran_and_quiet_keeps_the_rest_silent(tmp_path: Path) -> None:
    done = run("run", TXT2IMG, *FAST, "--explain", "--quiet", "--output-directory", tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 7
    assert all(line.endswith("first run") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.json"], "cannot read nowhere.json"),
        ([TXT2IMG, "--set", "KSampler.stepz=3"], "no input 'stepz'; did you mean 'steps'?"),
        ([TXT2IMG, "--set", "KSampler.steps=0"], "from 1 to 10000, got 0"),
        ([TXT2IMG, "--set", "KSampler.sampler_name=euller"], "did you mean 'euler'?"),
        ([TXT2IMG, "--set", "CLIPTextEncode.text=x"], '"Positive prompt" (node 2)'),
        ([TXT2IMG, "--set", "EmptyLatentImage.width=30000"], "got 30000"),
        ([TXT2IMG, "--set", "EmptyLatentImage.height=1"], "got 1"),
        ([TXT2IMG, "--seed", "4..1"], "ends before it begins"),
        ([TXT2IMG, "--device", "tpu"], "'tpu' is not auto, cpu, cuda:N or mps"),
        ([TXT2IMG, "--device", "cuda:99"], "sees no such device"),
        ([TXT2IMG, "--models-directory", "/nowhere"], "there is no such folder"),
        ([IMG2IMG, "--set", "LoadImage.image=./dog.png"], "./dog.png"),
        ([TXT2IMG, "--sed", "3"], "unrecognized arguments: --sed 3"),
    ],
)
def test_wrong_input_ends_in_one_sentence_and_exit_code_2(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    message = refused(run("run", *arguments, "--output-directory", tmp_path / "out"))
    assert sentence in message
    assert message.count("\n") == 1
    assert not list(tmp_path.rglob("*.png"))


def test_what_is_sound_of_a_workflow_runs_and_what_is_wrong_is_told(tmp_path: Path) -> None:
    workflow = tmp_path / "half.json"
    blank = {"width": 8, "height": 8, "batch_size": 1, "color": 0}
    nodes = {
        "1": {"class_type": "EmptyImage", "inputs": blank},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "ok"}},
        "3": {"class_type": "EmptyImage", "inputs": {**blank, "width": -1}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "no"}},
    }
    workflow.write_text(json.dumps(nodes))
    done = run("run", workflow, "--json", "--output-directory", tmp_path)
    assert done.returncode == 2, done.stderr
    report = json.loads(done.stdout)
    assert [Path(path).name for path in report["outputs"]] == ["ok_00001_.png"]
    assert report["status"] == "partly done"
    (problem,) = report["problems"]
    assert "(node 3), input 'width'" in problem
    first, second = done.stderr.splitlines()
    assert (problem in first, "1 of 2 outputs" in second) == (True, True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"a": ', "not valid JSON"),
        ("", "not valid JSON"),
        ("[1, 2]", "not a workflow"),
        ("{}", "empty"),
        ('{"1": {"class_type": "Nope", "inputs": {}}}', "'Nope'"),
    ],
)
def test_a_file_that_is_no_workflow_is_refused(content: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "workflow.json"
    file.write_text(content, encoding="utf-8")
    for command in ("run", "validate"):
        done = run(command, file)
        assert done.returncode == 2
        assert sentence in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_a_circle_is_reported_with_its_path(tmp_path: Path) -> None:
    upscale = {"upscale_method": "bilinear", "width": 64, "height": 64, "crop": "disabled"}
    nodes = {
        "1": {"class_type": "LatentUpscale", "inputs": {"samples": ["2", 0], **upscale}},
        "2": {"class_type": "LatentUpscale", "inputs": {"samples": ["1", 0], **upscale}},
        "3": {"class_type": "SaveLatent", "inputs": {"samples": ["2", 0], "filename_prefix": "x"}},
    }
    file = tmp_path / "circle.json"
    file.write_text(json.dumps(nodes), encoding="utf-8")
    assert "1 → 2 → 1" in refused(run("run", file))


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo pwned",)


def cut_short() -> bytes:
    return (ROOT / "models" / "checkpoints" / "starter.safetensors").read_bytes()[:100_000]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.safetensors", cut_short()),
        ("text.safetensors", b"not a checkpoint at all"),
        ("empty.safetensors", b""),
        ("hostile.ckpt", pickle.dumps(Hostile())),
    ],
)
def test_a_bad_checkpoint_fails_its_node_by_name_with_exit_code_1(
    name: str, content: bytes, tmp_path: Path
) -> None:
    checkpoints = tmp_path / "models" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / name).write_bytes(content)
    choice = ("--set", f"LoadCheckpoint.ckpt_name={name}")
    places = ("--models-directory", tmp_path / "models", "--output-directory", tmp_path / "out")
    message = refused(run("run", TXT2IMG, *choice, *places), 1)
    assert "(node 1): " in message
    assert name in message
    assert "pwned" not in message
    assert list((tmp_path / "out").iterdir()) == []


def test_a_failed_run_is_in_the_json_with_its_node_and_its_sentence(tmp_path: Path) -> None:
    checkpoints = tmp_path / "checkpoints"
    checkpoints.mkdir()
    (checkpoints / "bad.safetensors").write_bytes(b"bad")
    choice = ("--set", "LoadCheckpoint.ckpt_name=bad.safetensors", "--seed", "1..3", "--json")
    places = ("--models-directory", tmp_path, "--output-directory", tmp_path / "out")
    done = run("run", TXT2IMG, *choice, *places)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["status"], report["outputs"]) == ("failed", [])
    (failed,) = report["runs"]
    assert failed["seed"] == 1
    assert failed["error"]["node"] == "1"
    assert failed["error"]["class"] == "LoadCheckpoint"
    assert failed["error"]["message"] in done.stderr
    assert "bad.safetensors" in failed["error"]["message"]


def test_debug_shows_the_traceback_beside_the_sentence() -> None:
    done = run("run", "nowhere.json", "--debug")
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("safelight: cannot read")


def test_an_output_folder_that_cannot_be_is_found_before_anything_is_loaded(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    began = time.perf_counter()
    done = run("run", TXT2IMG, "--output-directory", tmp_path / "file" / "out")
    assert "cannot be written to" in refused(done)
    assert "--output-directory" in done.stderr
    assert time.perf_counter() - began < 20


def test_too_little_memory_is_said_in_a_sentence(tmp_path: Path) -> None:
    size = "--set 4.width=16384 --set 4.height=16384 --set 4.batch_size=4096"
    script = f"ulimit -d 6000000; exec '{sys.executable}' main.py run '{TXT2IMG}' {size}"
    done = subprocess.run(
        ["bash", "-c", f"{script} --output-directory '{tmp_path}'"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    message = refused(done, 1)
    assert "EmptyLatentImage" in message
    assert "not enough free memory" in message


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("seconds", [0.3, 4.0])
def test_an_interrupt_ends_with_130_and_leaves_nothing_half_written(
    seconds: float, tmp_path: Path
) -> None:
    command = [sys.executable, str(ROOT / "main.py"), "run", TXT2IMG]
    options = ["--set", "KSampler.steps=10000", "--output-directory", str(tmp_path)]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True) as process:
        try:
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    script = (
        f"'{sys.executable}' main.py nodes --json | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "141")


def test_validate_reports_every_problem_at_once(tmp_path: Path) -> None:
    nodes = {
        "1": {"class_type": "EmptyLatentImage", "inputs": {"width": 1, "height": "x"}},
        "2": {"class_type": "SaveLatent", "inputs": {"samples": ["9", 0]}},
        "3": {"class_type": "SaveLatent", "inputs": {"samples": ["1", 0], "filename_prefix": "x"}},
    }
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(nodes), encoding="utf-8")
    done = run("validate", file, "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert found["valid"] is False
    places = {(problem["node_id"], problem["input"]) for problem in found["problems"]}
    assert {("1", "width"), ("1", "height"), ("2", "samples")} <= places
    assert all(problem["message"] for problem in found["problems"])


def test_the_workflows_that_come_along_are_valid() -> None:
    for path in sorted((ROOT / "workflows").glob("*.json")):
        done = run("validate", path)
        assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_nodes_lists_describes_and_suggests() -> None:
    assert "KSampler(model, seed, steps" in run("nodes").stdout
    full = run("nodes", "KSampler").stdout
    assert "steps: INT = 20, 1 to 10000" in full
    assert "0  LATENT: LATENT" in full
    info = json.loads(run("nodes", "CheckpointLoaderSimple", "--json").stdout)
    assert info["CheckpointLoaderSimple"]["output"] == ["MODEL", "CLIP", "VAE"]
    assert "did you mean 'KSampler'?" in refused(run("nodes", "KSamplr"))


def test_models_lists_files_with_their_sizes(tmp_path: Path) -> None:
    loras = tmp_path / "loras" / "styles"
    loras.mkdir(parents=True)
    (loras / "ink.safetensors").write_bytes(bytes(1500))
    done = run("models", "--models-directory", tmp_path)
    assert "  styles/ink.safetensors     1.5 kB" in done.stdout.splitlines()
    listed = json.loads(run("models", "--models-directory", tmp_path, "--json").stdout)
    assert [(item["name"], item["bytes"]) for item in listed["loras"]] == [
        ("styles/ink.safetensors", 1500)
    ]
    assert listed["checkpoints"] == []


def test_extra_model_paths_in_the_base_folder_are_found_without_being_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine.safetensors").write_bytes(b"")
    config = tmp_path / "extra_model_paths.yaml"
    config.write_text("mine:\n  vae: elsewhere\n", encoding="utf-8")
    assert "mine.safetensors" in run("models", "--base-directory", tmp_path).stdout


def test_doctor_names_the_problem_and_exits_with_1(tmp_path: Path) -> None:
    sound = run("doctor", "--json")
    assert sound.returncode == 0, sound.stdout
    diagnosis = json.loads(sound.stdout)
    assert diagnosis["packages"]["torch"].startswith("2.13")
    assert "cpu" in [device["name"] for device in diagnosis["devices"]]
    ill = run("doctor", "--models-directory", tmp_path)
    assert ill.returncode == 1
    assert "there is no checkpoint: put a .safetensors file into" in ill.stdout

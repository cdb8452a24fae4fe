"""Whatever is wrong with what comes in: one clear sentence, the right exit code, nothing half-made.

Each case runs the command line's own `main` in this process, as `tests/test_commands.py` does for
some of them in a process of its own.
"""

import json
import pickle
import resource
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from app.cli import main

ROOT = Path(__file__).parents[1]
STARTER = ROOT / "models" / "checkpoints" / "starter.safetensors"
TXT2IMG = ROOT / "workflows" / "txt2img.json"
IMG2IMG = ROOT / "workflows" / "img2img.json"

Prompt = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """What a command ended with."""

    code: int
    sentence: str


@pytest.fixture(autouse=True)
def _memory_limit() -> Iterator[None]:
    """Commands limit the memory of their process; this one has more to do."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where nothing may be left."""
    return tmp_path / "output"


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str], output: Path) -> Callable[..., Told]:
    """Runs a workflow that must fail, and returns how."""

    def run(workflow: Path, *arguments: str | Path) -> Told:
        options = ["--cpu", "--output-directory", str(output), *map(str, arguments)]
        code = main(["run", str(workflow), *options])
        printed = capsys.readouterr()
        assert code in {1, 2}
        assert printed.out == ""
        assert "Traceback" not in printed.err
        *notes, line = printed.err.splitlines()
        assert all("trying once more" in note for note in notes)
        assert not output.is_dir() or list(output.rglob("*")) == []
        return Told(code, line)

    return run


Fails = Callable[..., Told]


def _prompt() -> Prompt:
    """A short workflow in API format, for cases that a UI document cannot be made to show."""
    return {
        "load": {"class_type": "LoadCheckpoint", "inputs": {"ckpt_name": STARTER.name}},
        "text": {"class_type": "CLIPTextEncode", "inputs": {"text": "x", "clip": ["load", 1]}},
        "empty": {
            "class_type": "EmptyLatentImage",
            "inputs": {"width": 64, "height": 64, "batch_size": 1},
        },
        "sampler": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["load", 0],
                "seed": 1,
                "steps": 1,
                "cfg": 1.0,
                "sampler_name": "euler",
                "scheduler": "normal",
                "positive": ["text", 0],
                "negative": ["text", 0],
                "latent_image": ["empty", 0],
                "denoise": 1.0,
            },
        },
        "decode": {
            "class_type": "VAEDecode",
            "inputs": {"samples": ["sampler", 0], "vae": ["load", 2]},
        },
        "save": {
            "class_type": "SaveImage",
            "inputs": {"images": ["decode", 0], "filename_prefix": "x"},
        },
    }


def _written(tmp_path: Path, prompt: Prompt) -> Path:
    path = tmp_path / "workflow.json"
    path.write_text(json.dumps(prompt))
    return path


@pytest.mark.parametrize(
    ("node", "input_", "value", "words"),
    [
        ("sampler", "steps", "many", ["whole number", "'many'"]),
        ("sampler", "steps", 0, ["from 1 to 10000", "0"]),
        ("sampler", "seed", -1, ["from 0 to 18446744073709551615", "-1"]),
        ("sampler", "cfg", 1e9, ["from 0 to 100", "1000000000.0"]),
        ("sampler", "denoise", None, ["number", "None"]),
        ("sampler", "sampler_name", "eular", ["did you mean 'euler'?"]),
        ("sampler", "positive", ["empty", 0], ["CONDITIONING", "LATENT from EmptyLatentImage"]),
        ("sampler", "model", ["gone", 0], ["node gone, which does not exist"]),
        ("sampler", "model", ["load", 7], ["output 7", "3 outputs"]),
        ("sampler", "model", 5, ["link of type MODEL", "5"]),
        ("text", "text", {"a": 1}, ["text"]),
        ("load", "ckpt_name", "startr.safetensors", ["did you mean 'starter.safetensors'?"]),
        ("load", "ckpt_name", "../starter.safetensors", ["models/checkpoints"]),
        ("empty", "width", 30_000, ["from 16 to 16384", "30000"]),
    ],
)
def test_a_wrong_input_is_named_with_what_would_be_right(
    fails: Fails, tmp_path: Path, node: str, input_: str, value: object, words: list[str]
) -> None:
    prompt = _prompt()
    prompt[node]["inputs"][input_] = value

    told = fails(_written(tmp_path, prompt))

    assert told.code == 2
    for word in (prompt[node]["class_type"], node, f"'{input_}'", *words):
        assert word in told.sentence


def test_a_missing_input_is_named(fails: Fails, tmp_path: Path) -> None:
    prompt = _prompt()
    del prompt["sampler"]["inputs"]["latent_image"]

    told = fails(_written(tmp_path, prompt))

    assert told.code == 2
    for word in ("KSampler", "sampler", "'latent_image'", "LATENT"):
        assert word in told.sentence


def test_an_unknown_node_is_named_with_the_closest(fails: Fails, tmp_path: Path) -> None:
    prompt = _prompt()
    prompt["sampler"]["class_type"] = "KSamplr"

    told = fails(_written(tmp_path, prompt))

    assert told.code == 2
    for word in ("node sampler", "KSamplr", "did you mean 'KSampler'?"):
        assert word in told.sentence


def test_a_cycle_is_named_with_its_path(fails: Fails, tmp_path: Path) -> None:
    prompt = _prompt()
    upscale = {"upscale_method": "bilinear", "width": 64, "height": 64, "crop": "disabled"}
    prompt["up"] = {"class_type": "LatentUpscale", "inputs": {"samples": ["sampler", 0], **upscale}}
    prompt["sampler"]["inputs"]["latent_image"] = ["up", 0]

    told = fails(_written(tmp_path, prompt))

    assert told.code == 2
    assert "circle" in told.sentence
    assert "sampler → up" in told.sentence or "up → sampler" in told.sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"1": ', ["workflow.json", "not valid JSON", "line 1"]),
        (b"\xff\xfe", ["workflow.json", "UTF-8"]),
        (b"[1, 2]", ["workflow"]),
        (b"{}", ["empty"]),
    ],
)
def test_a_file_that_is_no_workflow_is_named(
    fails: Fails, tmp_path: Path, content: bytes, words: list[str]
) -> None:
    path = tmp_path / "workflow.json"
    path.write_bytes(content)

    told = fails(path)

    assert told.code == 2
    for word in words:
        assert word in told.sentence


class _Trap:
    """A pickle that writes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return exec, (f"open({str(self.path)!r}, 'w').close()",)


def _cut(path: Path) -> None:
    path.write_bytes(STARTER.read_bytes()[:1_000_000])


def _strange(path: Path) -> None:
    save_file({"some.weight": torch.zeros(4, 4)}, path)


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("cut.safetensors", _cut, ["download it again"]),
        ("text.safetensors", lambda path: path.write_text("hello"), ["download it again"]),
        ("none.safetensors", lambda path: path.touch(), ["download it again"]),
        ("strange.safetensors", _strange, ["family"]),
        (
            "trap.ckpt",
            lambda path: path.write_bytes(pickle.dumps(_Trap(path.with_name("sprung")))),
            ["exec", "safetensors"],
        ),
    ],
)
def test_a_checkpoint_that_cannot_be_loaded_fails_its_node(
    fails: Fails, tmp_path: Path, name: str, make: Callable[[Path], object], words: list[str]
) -> None:
    path = tmp_path / "models" / "checkpoints" / name
    path.parent.mkdir(parents=True)
    make(path)

    told = fails(TXT2IMG, "--models-directory", tmp_path / "models", "--set", f"1.ckpt_name={name}")

    assert told.code == 1
    for word in ("LoadCheckpoint", "(node 1)", "'ckpt_name'", name, *words):
        assert word in told.sentence
    assert not path.with_name("sprung").exists()


def _enormous(path: Path, side: int = 30_000) -> None:
    """Write a sound black-and-white PNG, a row at a time: small as a file, 3 GB as RGB."""
    packer = zlib.compressobj(1)
    row = bytes(1 + side // 8)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in chunks:
            checksum = struct.pack(">I", zlib.crc32(kind + body))
            file.write(struct.pack(">I", len(body)) + kind + body + checksum)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda path: Image.new("RGB", (1, 1)).save(path),
            ["VAEEncode", "(node 5)", "'pixels'", "1×1", "8×8"],
        ),
        (_enormous, ["LoadImage", "(node 4)", "'image'", "picture.png", "smaller"]),
        (
            lambda path: path.write_text("hello"),
            ["LoadImage", "(node 4)", "'image'", "picture.png", "PNG"],
        ),
    ],
    ids=["too small", "too large", "no picture"],
)
def test_a_picture_that_cannot_be_used_fails_its_node(
    fails: Fails, tmp_path: Path, make: Callable[[Path], object], words: list[str]
) -> None:
    path = tmp_path / "picture.png"
    make(path)

    told = fails(IMG2IMG, "--set", f"LoadImage.image={path}")

    assert told.code == 1
    for word in words:
        assert word in told.sentence


def test_a_missing_picture_is_named(fails: Fails) -> None:
    told = fails(IMG2IMG, "--set", "LoadImage.image=exampel.png")

    assert told.code == 2
    for word in ("LoadImage", "node 4", "'image'", "did you mean 'example.png'?"):
        assert word in told.sentence


@pytest.mark.parametrize("prefix", ["../escape", "/tmp/escape", "a/../../escape"])
def test_a_prefix_that_leads_out_of_the_output_folder_fails_its_node(
    fails: Fails, tmp_path: Path, prefix: str
) -> None:
    prompt = _prompt()
    picture = {"class_type": "LoadImage", "inputs": {"image": "example.png"}}
    save = {**prompt["save"], "inputs": {"images": ["picture", 0], "filename_prefix": prefix}}

    told = fails(_written(tmp_path, {"picture": picture, "save": save}))

    assert told.code == 1
    for word in ("SaveImage", "node save", "filename_prefix", prefix, "leads out"):
        assert word in told.sentence
    assert list(tmp_path.glob("**/escape*")) == []


def test_an_output_folder_that_cannot_be_written_to_is_named(
    fails: Fails, tmp_path: Path, output: Path
) -> None:
    output.write_text("a file is in the way")

    told = fails(TXT2IMG)

    assert told.code == 2
    assert str(output) in told.sentence
    assert "--output-directory" in told.sentence


def test_a_picture_beyond_all_memory_fails_its_node(fails: Fails, tmp_path: Path) -> None:
    prompt = _prompt()
    prompt["empty"]["inputs"] = {"width": 16_384, "height": 16_384, "batch_size": 4096}

    told = fails(_written(tmp_path, prompt))

    assert told.code == 1
    for word in ("EmptyLatentImage", "node empty", "not enough free memory", "smaller"):
        assert word in told.sentence


def test_a_prompt_of_ten_thousand_words_makes_a_picture(
    tmp_path: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = _prompt()
    prompt["text"]["inputs"]["text"] = "a red heart on a white background " * 1429

    code = main(["run", str(_written(tmp_path, prompt)), "--output-directory", str(output)])

    assert (code, capsys.readouterr().err) == (0, "")
    assert [path.name for path in output.iterdir()] == ["x_00001_.png"]

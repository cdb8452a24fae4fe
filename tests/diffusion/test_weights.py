"""Weight files: mapped, not read, and refused in one sentence when they are not sound."""

import json
import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from diffusion.errors import DiffusionError
from diffusion.pickles.reader import SUFFIXES as PICKLED
from diffusion.weights import Weights, read_json, read_weights


def _file(path: Path) -> Path:
    tensors = {"a.x": torch.arange(600.0).half(), "a.y": torch.ones(2, 3), "b.x": torch.zeros(1)}
    save_file(tensors, path, metadata={"note": "näh"})
    return path


def test_tensors_and_notes_are_read_as_they_were_written(tmp_path: Path) -> None:
    weights = read_weights(_file(tmp_path / "x.safetensors"))

    assert weights.source == "x.safetensors"
    assert weights.metadata == {"note": "näh"}
    assert set(weights.tensors) == {"a.x", "a.y", "b.x"}
    assert weights.tensors["a.x"].dtype == torch.float16
    assert torch.equal(weights.tensors["a.x"], torch.arange(600.0).half())


def test_a_file_without_notes_has_none(tmp_path: Path) -> None:
    save_file({"x": torch.zeros(1)}, tmp_path / "x.safetensors")

    assert read_weights(tmp_path / "x.safetensors").metadata == {}


def test_the_first_prefix_that_is_found_is_taken_off() -> None:
    tensors = {"a.x": torch.zeros(1), "a.b.x": torch.zeros(2), "c": torch.zeros(3)}
    weights = Weights("x", tensors, {"note": "kept"})

    assert set(weights.under("a.b.", "a.").tensors) == {"x"}
    assert set(weights.under("z.", "a.").tensors) == {"x", "b.x"}
    assert weights.under("z.").tensors == {}
    assert weights.under("a.").metadata == {"note": "kept"}


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 60, 200, 700, -1])
def test_a_truncated_file_is_refused_in_a_sentence(tmp_path: Path, size: int) -> None:
    path = _file(tmp_path / "x.safetensors")
    content = path.read_bytes()[:size]
    path.write_bytes(content)

    with pytest.raises(DiffusionError) as caught:
        read_weights(path)

    sentence = str(caught.value)
    assert sentence.startswith(f"x.safetensors ({len(content)} bytes) is no complete .safetensors")
    assert sentence.endswith("; download it again")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body>404 Not Found</body></html>" * 20,
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 2132634062\n",
        bytes(4096),
        b"\xff" * 4096,
        (8).to_bytes(8, "little") + b"not json",
        (2).to_bytes(8, "little") + b"[]",
    ],
    ids=["web page", "git-lfs pointer", "zeros", "ones", "no header", "list as header"],
)
def test_a_file_that_only_has_the_name_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)

    with pytest.raises(
        DiffusionError, match=r"x\.safetensors \(\d+ bytes\) is no complete"
    ) as caught:
        read_weights(path)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [*sorted(PICKLED), ".CKPT"])
@pytest.mark.parametrize("zipped", [True, False])
def test_pickled_files_are_read_like_others(tmp_path: Path, suffix: str, *, zipped: bool) -> None:
    path = tmp_path / f"model{suffix}"
    state = {"a.x": torch.arange(600.0).half(), "a.y": torch.ones(2, 3)}
    value = {"state_dict": state, "note": "näh", "epoch": 3}
    torch.save(value, path, _use_new_zipfile_serialization=zipped)

    weights = read_weights(path)

    assert weights.source == path.name
    assert weights.metadata == {"note": "näh"}
    assert list(weights.tensors) == ["a.x", "a.y"]
    assert torch.equal(weights.tensors["a.x"], state["a.x"])


@pytest.mark.parametrize("suffix", [*sorted(PICKLED), ".CKPT"])
def test_a_hostile_pickle_is_refused_with_nothing_called(tmp_path: Path, suffix: str) -> None:
    ran = tmp_path / "ran"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(ran),)

    path = tmp_path / f"model{suffix}"
    path.write_bytes(pickle.dumps(Trap()))

    with pytest.raises(DiffusionError, match=rf"model.* wants to call {os.name}\.mkdir while"):
        read_weights(path)
    assert not ran.exists()

    pickle.loads(path.read_bytes())
    assert ran.exists()  # the trap works, so not to spring it means something


def test_safetensors_under_another_name_are_read_all_the_same(tmp_path: Path) -> None:
    path = _file(tmp_path / "x.safetensors").rename(tmp_path / "x.pt")

    assert set(read_weights(path).tensors) == {"a.x", "a.y", "b.x"}


def test_a_pickle_under_another_name_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    torch.save({"x": torch.zeros(3)}, path)

    with pytest.raises(DiffusionError, match=r"is no complete \.safetensors file"):
        read_weights(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DiffusionError, match=r"there is no weights file .*x\.safetensors"):
        read_weights(tmp_path / "x.safetensors")


def test_a_configuration_is_an_object(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"a": 1}))

    assert read_json(path) == {"a": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", r"config\.json cannot be read as JSON"),
        (b"\xff\xfe\x00", r"config\.json cannot be read as JSON"),
        (b"[1]", r"config\.json holds a list where an object was expected"),
    ],
)
def test_a_configuration_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)

    with pytest.raises(DiffusionError, match=message):
        read_json(path)


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(DiffusionError, match=r"config\.json cannot be read"):
        read_json(tmp_path / "config.json")

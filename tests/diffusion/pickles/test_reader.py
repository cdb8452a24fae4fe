"""Files of torch.save, read without torch.load and to the bit as torch.load reads them."""

import contextlib
import io
import pickle
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.pickles.reader import plain_dict, read_pickle, weights_in

_DTYPES = [
    *(torch.float64, torch.float32, torch.float16, torch.bfloat16),
    *(torch.float8_e4m3fn, torch.float8_e5m2, torch.complex64, torch.complex128),
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
    *(torch.uint16, torch.uint32, torch.uint64),
]
Save = Callable[[object, Path], None]


def _zip(value: object, path: Path) -> None:
    torch.save(value, path)


def _legacy(value: object, path: Path) -> None:
    torch.save(value, path, _use_new_zipfile_serialization=False)


def _plain(value: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(value, protocol=2))


def _plain_newest(value: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(value))


both = pytest.mark.parametrize("save", [_zip, _legacy])
every = pytest.mark.parametrize("save", [_zip, _legacy, _plain, _plain_newest])


def _bits(tensor: Tensor) -> bytes:
    return bytes(tensor.flatten().view(torch.uint8).tolist()) if tensor.numel() else b""


def _same(ours: object, expected: Tensor) -> bool:
    return (
        isinstance(ours, Tensor)
        and ours.dtype == expected.dtype
        and ours.shape == expected.shape
        and ours.stride() == expected.stride()
        and _bits(ours) == _bits(expected)
    )


def _read(value: object, tmp_path: Path, save: Save = _zip) -> Any:  # noqa: ANN401 - as saved
    path = tmp_path / "x.pt"
    save(value, path)
    return read_pickle(path)


@both
@pytest.mark.parametrize("dtype", _DTYPES, ids=str)
def test_every_dtype_is_read_as_torch_reads_it(
    tmp_path: Path, save: Save, dtype: torch.dtype
) -> None:
    bits = torch.arange(96, dtype=torch.uint8).mul(37)
    tensor = (bits % 2).bool() if dtype == torch.bool else bits.view(dtype)
    path = tmp_path / "x.pt"
    save({"a": tensor}, path)

    read = plain_dict(read_pickle(path))["a"]

    assert _same(read, tensor)
    if save is _zip:  # torch itself cannot read what it writes of the newest dtypes in the old form
        assert _same(read, torch.load(path, weights_only=True)["a"])


@every
def test_views_strides_and_empty_tensors_are_kept(tmp_path: Path, save: Save) -> None:
    base = torch.arange(24.0).reshape(4, 6)
    values = {
        "whole": base,
        "row": base[2],
        "turned": base.T,
        "stepped": base[::2, 1::3],
        "expanded": base[:1].expand(5, 6),
        "number": torch.tensor(7.0),
        "empty": torch.empty(0, 3),
        "half": base.half()[1:],
    }

    read = _read(values, tmp_path, save)

    assert list(read) == list(values)
    for name, tensor in values.items():
        assert _same(read[name], tensor), name


@both
def test_tensors_that_share_a_storage_share_it_again(tmp_path: Path, save: Save) -> None:
    base = torch.arange(10.0)

    read = _read({"a": base, "b": base[3:]}, tmp_path, save)

    assert read["a"].untyped_storage().data_ptr() == read["b"].untyped_storage().data_ptr()
    read["a"][4] = 100.0
    assert read["b"][1] == 100.0


def test_writing_to_a_tensor_never_reaches_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save({"a": torch.zeros(1000)}, path)
    before = path.read_bytes()

    plain_dict(read_pickle(path))["a"].fill_(1.0)  # type: ignore[attr-defined]

    assert path.read_bytes() == before


@every
def test_modules_parameters_and_dicts_with_notes_become_plain(tmp_path: Path, save: Save) -> None:
    linear = torch.nn.Linear(3, 2)
    attributed = torch.ones(2)
    attributed.note = "mine"  # type: ignore[attr-defined]
    value = {
        "state": linear.state_dict(),
        "parameter": linear.weight,
        "attributed": attributed,
        "dict": torch.nn.ParameterDict({"*": torch.nn.Parameter(torch.ones(2, 3))}),
        "ordered": OrderedDict([("z", 1), ("a", 2)]),
        "size": torch.Size([1, 2]),
        "dtype": torch.float16,
        "set": {1, 2},
        "mixed": [None, True, 1.5, "näh", b"raw", (1, (2,)), {3: "x"}, -(10**30)],
    }

    read = _read(value, tmp_path, save)

    assert _same(read["state"]["weight"], linear.weight.data)
    assert _same(read["parameter"], linear.weight.data)
    assert not read["parameter"].requires_grad
    assert _same(read["attributed"], torch.ones(2))
    assert _same(plain_dict(read["dict"])["*"], torch.ones(2, 3))
    assert list(read["ordered"].items()) == [("z", 1), ("a", 2)]
    for name in ("size", "dtype", "set", "mixed"):
        assert read[name] == value[name]


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_read_in_every_protocol(tmp_path: Path, protocol: int) -> None:
    value = {"a": [1, 2.5, "x\n", b"\x00\xff", None, True], "b": {"c": (1, 2, 3, 4)}, "e": set("x")}
    path = tmp_path / "x.pt"
    path.write_bytes(pickle.dumps(value, protocol=protocol))

    assert read_pickle(path) == value


@every
def test_conjugated_tensors_are_read_as_their_values(tmp_path: Path, save: Save) -> None:
    tensor = torch.complex(torch.arange(3.0), torch.ones(3)).conj()

    assert torch.equal(_read({"a": tensor}, tmp_path, save)["a"], tensor)


def test_arrays_and_numbers_of_numpy_become_tensors_and_numbers(tmp_path: Path) -> None:
    table = np.arange(6, dtype=np.float32).reshape(2, 3)
    value = {
        "rows": table,
        "columns": np.asfortranarray(table),
        "bytes": table.astype(np.uint8),
        "number": np.float64(0.25),
    }

    for protocol in (2, 4):
        path = tmp_path / "x.pt"
        path.write_bytes(pickle.dumps(value, protocol=protocol))
        read = plain_dict(read_pickle(path))

        assert read["number"] == 0.25
        for name in ("rows", "columns"):
            assert torch.equal(read[name], torch.from_numpy(table))  # type: ignore[arg-type]
        assert read["bytes"].dtype == torch.uint8  # type: ignore[attr-defined]


def test_what_lightning_leaves_in_a_checkpoint_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "x.ckpt"
    path.write_bytes(
        b"\x80\x02}q\x00(U\x09callbacks}cpytorch_lightning.callbacks.model_checkpoint\n"
        b"ModelCheckpoint\n}U\x04pathU\x01xssU\x02hpcpytorch_lightning.utilities.parsing\n"
        b"AttributeDict\n)\x81}U\x01aK\x01sbU\x02omcomegaconf.listconfig\nListConfig\n)R"
        b"(K\x01K\x02eu."
    )

    read = read_pickle(path)

    assert isinstance(read, dict)
    assert list(read) == ["callbacks", "hp", "om"]


@pytest.mark.parametrize("wrapper", [None, "state_dict", "params_ema", "params", "model"])
def test_weights_are_found_where_training_programs_put_them(wrapper: str | None) -> None:
    state = {"a.weight": torch.ones(2), "note": "x", "epoch": 3}
    value = {wrapper: state, "lr": 0.1, "title": "mine"} if wrapper else state

    tensors, notes = weights_in(value)

    assert list(tensors) == ["a.weight"]
    assert notes == ({"title": "mine"} if wrapper else {"note": "x"})


def test_a_state_dict_is_preferred_to_tensors_beside_it() -> None:
    tensors, _ = weights_in({"state_dict": {"a": torch.ones(1)}, "epoch": torch.ones(1)})

    assert list(tensors) == ["a"]


def test_a_large_file_takes_no_memory_until_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save({"a": torch.zeros(32 * 2**20, dtype=torch.float16)}, path)
    before = _anonymous()

    read = plain_dict(read_pickle(path))

    assert read["a"].sum() == 0.0  # type: ignore[attr-defined]
    assert _anonymous() - before < 8 * 2**20


def _anonymous() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("the kernel does not tell")
    found = re.search(r"RssAnon:\s+(\d+) kB", status.read_text(encoding="ascii"))
    assert found
    return int(found[1]) * 1024


@both
@pytest.mark.parametrize("part", range(12))
def test_a_truncated_file_is_refused_in_a_sentence(tmp_path: Path, save: Save, part: int) -> None:
    path = tmp_path / "x.ckpt"
    save({"a": torch.arange(50.0), "b": torch.ones(3, 3)}, path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * part // 12])

    with pytest.raises(DiffusionError, match=r"x\.ckpt \(\d+ bytes\) is no complete") as caught:
        read_pickle(path)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"<!DOCTYPE html>" * 30, bytes(300), b"\xff" * 300, b"version https://git-lfs", b"PK\x05\x06"],
)
def test_what_is_no_pickle_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.ckpt"
    path.write_bytes(content)

    with pytest.raises(DiffusionError, match=r"x\.ckpt \(\d+ bytes\) is no complete file"):
        read_pickle(path)


def test_damage_anywhere_never_shows_as_anything_but_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.ckpt"
    buffer = io.BytesIO()
    torch.save({"a": torch.arange(6.0)}, buffer)
    legacy = io.BytesIO()
    torch.save({"a": torch.arange(6.0)}, legacy, _use_new_zipfile_serialization=False)
    damage = torch.Generator().manual_seed(0)
    for content in (buffer.getvalue(), legacy.getvalue()) * 150:
        broken = bytearray(content)
        for place in torch.randint(len(broken), (4,), generator=damage).tolist():
            broken[place] = int(torch.randint(256, (1,), generator=damage))
        path.write_bytes(broken)
        with contextlib.suppress(DiffusionError):
            read_pickle(path)

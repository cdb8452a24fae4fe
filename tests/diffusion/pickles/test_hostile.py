"""Hostile pickles: refused by the name of what they wanted; nothing called and little spent."""

import io
import os
import pickle
import resource
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from diffusion.errors import DiffusionError
from diffusion.pickles.reader import read_pickle


class Reduced:
    """Pickles as a call."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._call


def _refused(path: Path, wanted: str) -> None:
    with pytest.raises(DiffusionError) as caught:
        read_pickle(path)
    assert str(caught.value) == (
        f"{path.name} wants to call {wanted} while it is read, which no weights need and which "
        "could do anything; nothing was called: get the model as .safetensors"
    )


def _damaged(path: Path, reason: str) -> None:
    with pytest.raises(DiffusionError, match=reason) as caught:
        read_pickle(path)
    assert str(caught.value).startswith(f"{path.name} (")
    assert "\n" not in str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.ckpt"


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Path]:
    """A file that appears if anything is called; the test fails if it does."""
    sprung = tmp_path / "sprung"
    yield sprung
    assert not sprung.exists()


# What a hostile file may look like, each reaching for os.system or its like in its own way.
_CALLS = {
    "REDUCE": (b"cposix\nsystem\n(S'{trap}'\ntR.", "posix.system"),
    "REDUCE of protocol 0": (b"(cos\nsystem\nS'{trap}'\n.", "os.system"),
    "INST": (b"(S'{trap}'\nios\nsystem\n.", "os.system"),
    "OBJ": (b"(cos\nsystem\nS'{trap}'\no.", "os.system"),
    "NEWOBJ": (b"\x80\x02csubprocess\nPopen\n(S'{trap}'\nt\x81.", "subprocess.Popen"),
    "NEWOBJ_EX": (b"\x80\x04csubprocess\nPopen\n(S'{trap}'\nt}\x92.", "subprocess.Popen"),
    "STACK_GLOBAL": (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93(S'1'\ntR.", "builtins.eval"),
    "STACK_GLOBAL by memo": (
        b"\x80\x04\x8c\x04exec\x94\x8c\x08builtins\x94h\x01h\x00\x93(S'1'\ntR.",
        "builtins.exec",
    ),
    "dotted name": (
        b"\x80\x04\x8c\x0bcollections\x8c\x20OrderedDict.__init__.__globals__\x93)R.",
        "collections.OrderedDict.__init__.__globals__",
    ),
    "getattr": (b"c__builtin__\ngetattr\n(cos\nsystem\nS'x'\ntR.", "__builtin__.getattr"),
    "import": (b"c__builtin__\n__import__\n(S'os'\ntR.", "__builtin__.__import__"),
    "BUILD with __setstate__": (
        b"\x80\x02c__main__\nThing\n)\x81}U\x0c__setstate__cos\nsystem\nsb.",
        "__main__.Thing",
    ),
    "in a tuple in a list": (b"](((cnt\nsystem\n(S'x'\ntRtta.", "nt.system"),
    "popped at once": (b"cos\nsystem\n(S'x'\ntR0N.", "os.system"),
    "torch.load": (b"ctorch\nload\n(S'x'\ntR.", "torch.load"),
    "torch.hub": (b"ctorch.hub\nload\n(S'x'\ntR.", "torch.hub.load"),
    "pickle.loads": (b"cpickle\nloads\n(S'x'\ntR.", "pickle.loads"),
    "numpy runstring": (b"cnumpy.testing\nrunstring\n(S'x'\n}tR.", "numpy.testing.runstring"),
    "name that lies about lines": (
        b"\x80\x04\x8c\x05os\nis\x8c\x06system\x93)R.",
        r"os\nis.system",
    ),
}


@pytest.mark.parametrize("name", _CALLS)
def test_a_call_of_anything_else_is_refused_by_name(path: Path, name: str) -> None:
    content, wanted = _CALLS[name]
    path.write_bytes(content)

    _refused(path, wanted)


def test_what_would_have_run_does_not(path: Path, trap: Path) -> None:
    path.write_bytes(pickle.dumps({"state_dict": Reduced(os.system, f"touch {trap}")}))

    _refused(path, f"{os.name}.system")


@pytest.mark.parametrize("zipped", [True, False])
def test_a_trap_in_a_file_of_torch_is_not_sprung(path: Path, trap: Path, *, zipped: bool) -> None:
    value = {"state_dict": {"a": torch.ones(2), "b": Reduced(os.mkdir, str(trap))}}
    torch.save(value, path, _use_new_zipfile_serialization=zipped)

    _refused(path, f"{os.name}.mkdir")


def test_a_trap_in_a_storage_in_bytes_is_not_sprung(path: Path, trap: Path) -> None:
    inner = pickle.dumps(Reduced(os.mkdir, str(trap)))
    path.write_bytes(pickle.dumps(Reduced(torch.storage._load_from_bytes, inner)))

    _refused(path, f"{os.name}.mkdir")


def test_a_file_of_torch_in_bytes_cannot_hold_another(path: Path) -> None:
    inner = pickle.dumps(Reduced(torch.storage._load_from_bytes, b"x"))
    path.write_bytes(pickle.dumps(Reduced(torch.storage._load_from_bytes, inner)))

    _refused(path, "torch.storage._load_from_bytes")


def test_a_training_programs_object_is_called_with_no_effect(path: Path, trap: Path) -> None:
    package = trap.parent / "pytorch_lightning.py"
    package.write_text(f"open({str(trap)!r}, 'w')")
    path.write_bytes(b"cpytorch_lightning\nTrainer\n(S'x'\ntR.")

    read_pickle(path)


def test_a_hook_that_travels_with_a_tensor_is_refused(path: Path) -> None:
    hooks = b"ctorch._utils\n_rebuild_parameter_with_state\n(NI00\nccollections\nOrderedDict\n)R"
    path.write_bytes(b"\x80\x02" + hooks + b"cos\nsystem\ntR.")

    _refused(path, "os.system")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x80\x02\x82\x01.", "EXT1"),
        (b"\x80\x05\x97.", "NEXT_BUFFER"),
        (b"\x80\x09N.", "pickle protocol 9"),
        (b"S'x'\n)R.", "calls what cannot be called"),
        (b"ccollections\nOrderedDict\nS'x'\nR.", "calls what cannot be called"),
        (b"]}b.", "gives a state to what has none"),
        (b"}(K\x01u.", "key without a value"),
        (b"](K\x01u.", "sets items of what is no dict"),
        (b"}K\x01a.", "appends to what is no list"),
        (b"(.", "out of order"),
        (b"h\x05.", "cut off, or no pickle"),
        (b"t.", "cut off, or no pickle"),
        (b"}(]K\x01u.", "cut off, or no pickle"),
        (b"Pkey\n.", "names a storage and has none"),
        (b"ctorch\nFloatStorage\n)R.", "calls what cannot be called"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))I00\nNtR.", "tensor without storage"),
        (b"cnumpy\ndtype\n(S'O8'\nI00\nI01\ntR.", "of what are no numbers"),
        (b"cnumpy\nndarray\n)R.", "without content"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)

    _damaged(path, reason)


# --- Files that would cost much ----------------------------------------------------------------


@pytest.fixture
def _little_memory() -> Iterator[None]:
    """A gigabyte more than now, so that a bomb fails rather than the machine."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("the kernel does not tell")
    used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (used + 2**30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


bombs = pytest.mark.usefixtures("_little_memory")


@bombs
def test_tuples_in_tuples_are_no_keys(path: Path) -> None:
    doubled = b"h\x00h\x00\x86q\x00" * 60
    path.write_bytes(b"K\x01q\x00" + doubled + b"}h\x00K\x02s.")

    _damaged(path, "keys that no weights file needs")


@bombs
def test_lists_that_hold_each_other_a_million_times_over_are_harmless(path: Path) -> None:
    path.write_bytes(b"]q\x00" + b"](h\x00h\x00eq\x00" * 60 + b".")

    value = read_pickle(path)

    assert isinstance(value, list)
    assert len(value) == 2


@bombs
def test_depth_without_end_is_harmless(path: Path) -> None:
    path.write_bytes(b"N" + b"\x85" * 1_000_000 + b".")

    assert isinstance(read_pickle(path), tuple)


@bombs
def test_steps_without_end_are_refused(path: Path) -> None:
    path.write_bytes(b"N0" * 2_000_001 + b"N.")

    _damaged(path, "more steps than any weights file needs")


@bombs
@pytest.mark.parametrize(
    "call",
    [
        b"c_codecs\nencode\nh\x00\x85R",
        b"c__builtin__\nset\nh\x01\x85R",
        b"ctorch\nSize\nh\x01\x85R",
    ],
)
def test_the_same_bytes_make_only_so_much(path: Path, call: bytes) -> None:
    text = b"X" + struct.pack("<I", 2**20) + b"a" * 2**20 + b"q\x00"
    many = b"(" + b"K\x01" * 2**18 + b"lq\x01"
    path.write_bytes(b"\x80\x02" + text + many + call * 20_000 + b".")

    _damaged(path, "more out of its bytes")


@bombs
def test_lengths_that_are_not_there_take_no_memory(path: Path) -> None:
    path.write_bytes(b"\x80\x04\x8e" + struct.pack("<Q", 2**50) + b"abc")

    _damaged(path, "cut off, or no pickle")


def _archive(path: Path, pickled: bytes, compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("x/data.pkl", pickled)
        archive.writestr("x/data/0", bytes(40))


def _tensor(elements: int, offset: int, size: str, stride: str) -> bytes:
    """A tensor over storage 0, numbers of pickle's protocol 0."""
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\n"
        + f"I{elements}\ntQI{offset}\n({size}t({stride}tI00\n".encode()
        + b"ccollections\nOrderedDict\n)RtR."
    )


def test_the_crafted_tensor_is_sound_where_its_numbers_are(path: Path) -> None:
    _archive(path, _tensor(10, 1, "I3\nI3\n", "I3\nI1\n"))

    assert torch.equal(read_pickle(path), torch.zeros(3, 3))  # type: ignore[arg-type]


@bombs
@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (_tensor(11, 0, "I1\n", "I1\n"), "storage 0 should take 44 bytes and takes 40"),
        (_tensor(-1, 0, "I1\n", "I1\n"), "not known"),
        (_tensor(2**60, 0, "I1\n", "I1\n"), "not known"),
        (_tensor(10, 2, "I3\nI3\n", "I3\nI1\n"), "reaches to element 11 of a storage of 10"),
        (_tensor(10, 10, "I1\n", "I1\n"), "reaches to element 11"),
        (_tensor(10, 0, "I2\n", "I10\n"), "reaches to element 11"),
        (_tensor(10, -1, "I1\n", "I1\n"), "cannot be"),
        (_tensor(10, 5, "I2\n", "I-3\n"), "cannot be"),
        (_tensor(10, 0, "I-2\n", "I1\n"), "cannot be"),
        (_tensor(10, 0, "I2\nI2\n", "I1\n"), "cannot be"),
        (_tensor(10, 0, f"I{2**63}\n", "I1\n"), "cannot be"),
        (_tensor(10, 0, f"I{2**40}\n", "I0\n"), "makes 1099511627776 elements out of 10"),
        (_tensor(10, 0, f"I{2**61}\nI{2**61}\nI0\n", "I1\nI1\nI1\n"), "."),
    ],
)
def test_a_tensor_never_reaches_beyond_its_storage(path: Path, tensor: bytes, reason: str) -> None:
    _archive(path, tensor)

    _damaged(path, reason)


@bombs
def test_a_zip_bomb_is_not_unpacked(path: Path) -> None:
    _archive(path, b"N" * 50_000_000 + b".", zipfile.ZIP_DEFLATED)

    _damaged(path, r"data\.pkl is compressed or encrypted")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"x/notes": b""}, r"without torch's data\.pkl"),
        ({"x/data.pkl": b"N.", "y/data.pkl": b"N."}, r"without torch's data\.pkl"),
        ({"x/data.pkl": b"N.", "x/constants.pkl": b""}, "TorchScript"),
        ({"x/data.pkl": b"N.", "x/byteorder": b"big"}, "big-endian"),
        ({"x/data.pkl": _tensor(1, 0, "I1\n", "I1\n")}, "has no part data/0"),
    ],
)
def test_an_archive_that_torch_did_not_write_is_refused(
    path: Path, parts: dict[str, bytes], reason: str
) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    _damaged(path, reason)


def test_parts_that_are_not_where_the_directory_says_are_refused(path: Path) -> None:
    _archive(path, b"N.")
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 42 : place + 46] = struct.pack("<I", 7)
    path.write_bytes(content)

    _damaged(path, "not where it should be")


def test_old_files_of_a_big_endian_machine_are_refused(path: Path) -> None:
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(2)}, buffer, _use_new_zipfile_serialization=False)
    content = buffer.getvalue()
    place = content.index(b"little_endianq") + len(b"little_endianq") + 1
    assert content[place : place + 1] == b"\x88"
    path.write_bytes(content[:place] + b"\x89" + content[place + 1 :])

    _damaged(path, "big-endian")


def test_old_files_whose_storages_contradict_the_pickle_are_refused(path: Path) -> None:
    torch.save({"a": torch.ones(5)}, path, _use_new_zipfile_serialization=False)
    content = path.read_bytes()
    path.write_bytes(content[:-28] + struct.pack("<Q", 2**40) + content[-20:])

    _damaged(path, "should have 5 elements and has 1099511627776")

"""No name leads out of its folder."""

from __future__ import annotations

import os
import string
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from web.paths import PathRefusedError, Place, check_name, split_path

EVIL = [
    "..",
    "../x",
    "a/../../x",
    "a/..",
    "/etc/passwd",
    "\\x",
    "a\\..\\..\\x",
    "\\\\server\\share",
    "C:\\x",
    "C:x",
    "c:/x",
    "a.png:stream",
    "a/C:/x",
    "NUL",
    "con",
    "Aux.txt",
    "com1.png",
    "LPT9",
    "COM¹.txt",
    "con .txt",
    "CONIN$",
    "x\0.png",
    "x\n.png",
    "x\x7f",
    "x\x85",
    "x\u2028",
    "x\ud800",
    "x.",
    "x ",
    "x. .",
    "a./b",
    "a /b",
    "./a",
    "a//b",
    "~/../x",
    "x" * 256,
    "ä" * 128,
    "a/" * 600 + "b",
]
GOOD = ["a.png", "a b (1).png", "sub/dir/a.png", "猫.png", "console.txt", "com10", ".hidden", "~"]


@pytest.mark.parametrize("path", EVIL)
def test_a_name_that_could_lead_astray_on_any_system_is_refused(path: str) -> None:
    with pytest.raises(PathRefusedError):
        split_path(path)


@pytest.mark.parametrize("path", GOOD)
def test_an_ordinary_name_is_taken_as_it_is(tmp_path: Path, path: str) -> None:
    assert Place(tmp_path).resolve(path) == Path(os.path.realpath(tmp_path), *path.split("/"))


def test_a_slash_at_the_end_is_no_name() -> None:
    assert split_path("workflows/") == ("workflows",)
    assert split_path("") == ()
    with pytest.raises(PathRefusedError):
        check_name("")


def test_a_link_inside_is_followed_and_one_that_leads_out_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (root / "real" / "a.txt").write_text("inside")
    (outside / "a.txt").write_text("outside")
    (root / "inner").symlink_to(root / "real")
    (root / "outer").symlink_to(outside)
    (root / "file").symlink_to(outside / "a.txt")
    (root / "loop").symlink_to(root / "loop")
    place = Place(root)
    with place.open(place.resolve("inner/a.txt")) as file:
        assert file.read() == b"inside"
    for path in ("outer/a.txt", "outer", "file", "outer/new.txt"):
        with pytest.raises(PathRefusedError) as refused:
            place.resolve(path)
        assert refused.value.escapes
    with pytest.raises((PathRefusedError, FileNotFoundError)):
        place.open(place.resolve("loop"))


def test_the_folder_itself_may_be_a_link_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "a.txt").write_text("there")
    (tmp_path / "output").symlink_to(tmp_path / "disk")
    place = Place(tmp_path / "output")
    with place.open(place.resolve("a.txt")) as file:
        assert file.read() == b"there"


def test_a_sibling_whose_name_begins_like_the_folders_is_outside(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output-secret").mkdir()
    (tmp_path / "output" / "link").symlink_to(tmp_path / "output-secret")
    with pytest.raises(PathRefusedError):
        Place(tmp_path / "output").resolve("link")


def test_a_link_that_is_put_there_after_the_check_leads_nowhere(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a.txt").write_text("inside")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.txt").write_text("secret")
    place = Place(root)
    checked = place.resolve("sub/a.txt")
    (root / "sub" / "a.txt").unlink()
    (root / "sub" / "a.txt").symlink_to(tmp_path / "secret" / "a.txt")
    with pytest.raises(FileNotFoundError):
        place.open(checked)
    (root / "sub" / "a.txt").unlink()
    (root / "sub").rmdir()
    (root / "sub").symlink_to(tmp_path / "secret")
    with pytest.raises(FileNotFoundError):
        place.open(checked)


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder", "absent"):
        with pytest.raises(FileNotFoundError):
            Place(tmp_path).open(Place(tmp_path).resolve(name))


PIECES = st.sampled_from(
    [
        "..",
        ".",
        "/",
        "\\",
        ":",
        "C:",
        "~",
        "\0",
        "%2e",
        "NUL",
        "a",
        "b.png",
        " ",
        "．",
        "∕",
        "\ud800",
    ]
)
NAMES = st.lists(PIECES | st.text(max_size=4), max_size=8).map("".join)


@settings(max_examples=500, deadline=None)
@given(NAMES)
@example("..\\..\\x")
@example("%2e%2e/x")
def test_whatever_is_asked_for_is_inside_or_refused(name: str) -> None:
    root = os.path.realpath(os.curdir)
    try:
        found = Place(Path(root)).resolve(name)
    except PathRefusedError:
        return
    assert os.path.commonpath([root, str(found)]) == root
    parts = split_path(name)
    assert all(part not in ("", ".", "..") and "\\" not in part for part in parts)


@given(st.text(string.ascii_letters + string.digits + "_-() ", min_size=1, max_size=40))
def test_letters_digits_and_a_suffix_are_always_a_name(stem: str) -> None:
    name = f"_{stem}.png"
    assert check_name(name) == name

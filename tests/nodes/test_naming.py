"""File names from prefixes with tokens."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.naming import Facts, fill_in, format_date, split

_WHEN = datetime(2026, 3, 7, 9, 5, 4)


def _facts(**widgets: str) -> Facts:
    return Facts(_WHEN, 640, 480, lambda node, widget: widgets.get(f"{node}_{widget}"))


@pytest.mark.parametrize(
    ("prefix", "filled"),
    [
        ("plain", "plain"),
        ("%date:yyyy-MM-dd hh-mm-ss%", "2026-03-07 09-05-04"),
        ("%date:d.M.yy h-m-s%", "7.3.26 9-5-4"),
        ("%date:yyyy/MM%/cat", "2026/03/cat"),
        ("%width%x%height%", "640x480"),
        ("%year%%month%%day%-%hour%%minute%%second%", "20260307-090504"),
        ("seed %KSampler.seed%", "seed 42"),
        ("%Loader.name%", "sd_one"),
        ("50%_%width%", "50%_640"),
        ("100% sure", "100% sure"),
        ("%batch_num%", "%batch_num%"),
    ],
)
def test_tokens_become_what_they_stand_for(prefix: str, filled: str) -> None:
    facts = _facts(KSampler_seed="42", Loader_name="sd/one")

    assert fill_in(prefix, facts) == (filled, ())


def test_a_token_that_nothing_is_known_about_stays_and_is_reported() -> None:
    assert fill_in("a%No.thing%b", _facts()) == ("a%No.thing%b", ("%No.thing%",))


@pytest.mark.parametrize(("pattern", "text"), [("yyyyMMdd", "20260307"), ("hh:mm", "09:05")])
def test_a_date_is_written_as_its_pattern_says(pattern: str, text: str) -> None:
    assert format_date(pattern, _WHEN) == text


@pytest.mark.parametrize(
    ("name", "folders", "stem"),
    [
        ("cat", (), "cat"),
        ("animals/cat", ("animals",), "cat"),
        ("animals\\small/cat", ("animals", "small"), "cat"),
        ("./a//b/", ("a", "b"), ""),
        ('what?*<>|:"', (), "what_______"),
        ("ends. /x", ("ends_",), "x"),
        ("nul/COM1.png", ("_nul",), "_COM1.png"),
        ("console/auxiliary", ("console",), "auxiliary"),
        ("tab\tbell\x07", (), "tab_bell_"),
        ("../up", ("..",), "up"),
        ("猫/貓 咪", ("猫",), "貓 咪"),
    ],
)
def test_a_prefix_becomes_folders_and_a_stem(
    name: str, folders: tuple[str, ...], stem: str
) -> None:
    assert split(name) == (folders, stem)


def test_a_long_name_is_cut_between_characters() -> None:
    _, stem = split("é" * 500)

    assert stem == "é" * 100


@given(st.text())
def test_no_prefix_makes_a_name_that_windows_refuses(prefix: str) -> None:
    folders, stem = split(prefix)

    for part in (*folders, f"{stem}_00001_.png"):
        assert not set('<>:"/\\|?*').intersection(part)
        assert part == ".." or not part.endswith((".", " "))
        assert len(part.encode()) <= 220

"""Whom a server lets in, by what it was told at its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.errors import InputError
from app.serving.access import grant
from app.serving.wishes import Wishes

if TYPE_CHECKING:
    from pathlib import Path

ANYWHERE = ("0.0.0.0",)


def test_this_machine_needs_no_token_and_others_get_one_that_is_new_each_time() -> None:
    for hosts in (("127.0.0.1",), ("localhost", "::1"), ("127.0.0.2",)):
        access = grant(Wishes(hosts=hosts))
        assert (access.security.token, access.made) == ("", False)
    for hosts in (ANYWHERE, ("::",), ("127.0.0.1", "192.168.1.5"), ("name.example",)):
        first, second = grant(Wishes(hosts=hosts)), grant(Wishes(hosts=hosts))
        assert first.made
        assert len(first.security.token) > 40
        assert first.security.token != second.security.token


def test_a_token_that_is_given_is_asked_for_here_too() -> None:
    access = grant(Wishes(token="a-good-one"))
    assert (access.security.token, access.made) == ("a-good-one", False)


def test_only_beyond_this_machine_any_address_is_a_name_for_it() -> None:
    names = Wishes(allowed_hosts=("Safe.example",))
    assert not grant(names).security.hosts.allow("192.168.1.5:8188")
    assert grant(names).security.hosts.allow("safe.example")
    assert grant(Wishes(hosts=ANYWHERE)).security.hosts.allow("192.168.1.5:8188")
    assert not grant(Wishes(hosts=ANYWHERE)).security.hosts.allow("rebound.example")


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ({"token": "short"}, "at least 8"),
        ({"token": "with a blank"}, "without spaces"),
        ({"token": "schlüssel-mit-ü"}, "--token"),
        ({"token": "line\r\nbreaks-it"}, "--token"),
        ({"token": "long-enough", "no_token": True}, "does not go with"),
        ({"allowed_hosts": ("safe.example:80",)}, "without port"),
        ({"allowed_hosts": ("http://safe.example",)}, "--allow-host"),
        ({"allowed_hosts": ("",)}, "--allow-host"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wishes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        grant(Wishes(**wishes))


def test_a_token_file_that_holds_none_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for content in (b"", b"short", b"\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(InputError, match="--token-file"):
            grant(Wishes(token_file=file))
        assert file.read_bytes() == content
    with pytest.raises(InputError, match="given twice"):
        grant(Wishes(token="long-enough", token_file=file))
    with pytest.raises(InputError, match="cannot be read"):
        grant(Wishes(token_file=tmp_path))

"""Records: what is known of a result without its values, proof against damage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.cache import Inner
from graph.files import FileStamp
from graph.records import DamagedRecordError, pack, unpack
from graph.result_index import Row
from tests.support.stub_codec import entry, key

if TYPE_CHECKING:
    from graph.cache import Entry


def _row(made: Entry, size: int = 0) -> Row:
    record = pack(key(1), made)
    assert record is not None
    return Row(key(1), record, made.seconds, size)


def test_all_but_the_values_comes_back() -> None:
    made = replace(
        entry("a", "b", ui={"images": [{"filename": "ä.png", "type": "output"}]}),
        files=(FileStamp(Path("/somewhere/ä.png"), 5, 1_700_000_000_123_456_789),),
        inner=(Inner("5.0.1", "Save", {"a": [1]}, (FileStamp(Path("/b.png"), 1, 2),)),),
        reads=(FileStamp(Path("/c.png"), 3, 4),),
    )
    assert unpack(_row(made)) == replace(made, values=None)
    for part in (replace(entry(), reads=made.reads), replace(entry(), inner=made.inner)):
        assert unpack(_row(part)) == part


def test_values_can_be_fetched_if_they_take_room() -> None:
    assert unpack(_row(entry("a"), size=4096)).stored
    assert not unpack(_row(entry("a"), size=0)).stored


def test_a_node_without_outputs_has_its_values_at_once() -> None:
    made = unpack(_row(entry(ui={"text": ["done"]})))
    assert made.values == ()
    assert not made.stored


def test_a_name_that_is_no_text_comes_back() -> None:
    made = replace(entry(), files=(FileStamp(Path("/\udcff.png"), 1, 2),))
    assert unpack(_row(made)).files == made.files


@pytest.mark.parametrize("ui", [{"picture": b"bytes"}, {"text": "x" * 2**21}])
def test_what_json_cannot_say_or_not_briefly_has_no_record(ui: dict[str, object]) -> None:
    assert pack(key(1), entry("a", ui=ui)) is None


def test_something_that_contains_itself_has_no_record() -> None:
    ring: list[object] = []
    ring.append(ring)
    assert pack(key(1), entry("a", ui={"ring": ring})) is None


def test_a_record_cut_short_anywhere_is_damaged() -> None:
    row = _row(entry("a", ui={"text": ["done"]}))
    for length in range(len(row.record)):
        with pytest.raises(DamagedRecordError):
            unpack(replace(row, record=row.record[:length]))


def test_a_record_with_any_byte_changed_is_damaged() -> None:
    row = _row(entry("a", ui={"text": ["done"]}))
    for place in range(len(row.record)):
        changed = bytearray(row.record)
        changed[place] ^= 0x20
        with pytest.raises(DamagedRecordError):
            unpack(replace(row, record=bytes(changed)))


def test_the_record_of_another_key_is_damaged() -> None:
    with pytest.raises(DamagedRecordError):
        unpack(replace(_row(entry("a")), key=key(2)))

"""What a long step shows."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

from app.bootstrap import status as module
from app.bootstrap.status import Status

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_within_a_second_how_much_of_a_download_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "pip-unpack-x1"
    folder.mkdir()
    (folder / "torch.whl").write_bytes(bytes(3_000_000))
    terminal = Terminal()
    with Status(tmp_path, terminal) as status:
        status.begin("downloading torch.whl", ("torch.whl", 12.0))
        time.sleep(0.9)
    assert "downloading torch.whl: 3 of 12 MB, 0 s" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[K")


def test_a_log_gets_whole_lines_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOG_SECONDS", 0.1)
    log = io.StringIO()
    with Status(tmp_path, log) as status:
        status.say("hello")
        status.begin("installing")
        time.sleep(0.35)
    lines = log.getvalue().splitlines()
    assert lines[0] == "hello"
    assert lines[1] == "  installing, 0 s"
    assert "\x1b" not in log.getvalue()

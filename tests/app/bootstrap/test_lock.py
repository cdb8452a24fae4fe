"""Two first runs at once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from app.bootstrap.lock import exclusive
from app.bootstrap.start import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys, time, pathlib
from app.bootstrap.lock import exclusive
with exclusive(pathlib.Path(sys.argv[1]), lambda: None):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
    print("let go", flush=True)
"""


def hold(path: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(path), str(seconds)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_the_second_process_waits_until_the_first_is_done(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lock"
    waited: list[bool] = []
    with hold(path, 0.5) as holder, exclusive(path, lambda: waited.append(True)):
        assert waited == [True]
        assert holder.stdout is not None
        assert holder.stdout.read() == "let go\n"


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold(path, 60) as holder:
        holder.kill()
        holder.wait()
    waited: list[bool] = []
    with exclusive(path, lambda: waited.append(True)):
        assert waited == []


def test_a_free_lock_is_taken_without_waiting(tmp_path: Path) -> None:
    waited: list[bool] = []
    with exclusive(tmp_path / "lock", lambda: waited.append(True)):
        assert waited == []

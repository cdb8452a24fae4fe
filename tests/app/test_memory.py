"""Memory: how much there is, and running out of it."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from app import memory
from app.bootstrap.start import ROOT

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a limit")


def test_the_memory_of_this_machine_is_known() -> None:
    total = memory.total()
    assert total is not None
    assert 10**8 < total < 10**14


@needs_linux
def test_beyond_the_limit_an_allocation_fails_instead_of_the_process_being_killed() -> None:
    script = (
        "from app import memory; memory.limit()\n"
        "try:\n    bytearray(memory.total() * 4)\n"
        "except MemoryError as error:\n    print(memory.ran_out(error))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@needs_linux
def test_a_limit_that_is_lower_already_is_kept() -> None:
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_DATA, (10**9, 10**9));"
        "from app import memory; memory.limit(); print(resource.getrlimit(resource.RLIMIT_DATA))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"({10**9}, {10**9})\n"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to …"), True),
        (RuntimeError("shapes do not match"), False),
        (ValueError("out of memory"), False),
        (None, False),
    ],
)
def test_running_out_of_memory_is_told_from_other_errors(
    error: BaseException | None, expected: bool
) -> None:
    assert memory.ran_out(error) is expected

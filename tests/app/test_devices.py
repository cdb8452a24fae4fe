"""The choice of a device."""

from __future__ import annotations

import os

import pytest
import torch

from app import devices
from app.errors import InputError


def test_auto_takes_the_fastest_device_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_only_the_processor", lambda: False)
    answers = {"cuda": True, "mps": True}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: answers["cuda"])
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: answers["mps"])
    chosen = []
    for name in ("", "cuda", "mps"):
        answers[name] = False
        chosen.append(devices.resolve("auto"))
    assert chosen == ["cuda:0", "mps", "cpu"]


def test_a_device_that_is_not_there_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(InputError, match=r"--device cuda:3: torch 2.* it sees .*cpu"):
        devices.resolve("cuda:3")


def test_the_processor_is_always_there_with_its_memory() -> None:
    cpu = devices.available()[-1]
    assert (cpu.name, cpu.dtype) == ("cpu", "float32")
    assert devices.resolve("cpu") == "cpu"


def test_threads_sleep_while_they_wait_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    devices.load_torch()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    devices.load_torch()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"

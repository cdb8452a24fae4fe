"""Which build of torch which machine gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.bootstrap import torch_build
from app.bootstrap.errors import BootstrapError
from app.bootstrap.torch_build import Gpu, choose

if TYPE_CHECKING:
    from pathlib import Path

H200 = Gpu("NVIDIA H200", (9, 0), (13, 0))
OLD_CARD = Gpu("GeForce GTX 1080", (6, 1), (13, 0))
OLD_DRIVER = Gpu("Tesla T4", (7, 5), (12, 4))
ANCIENT_DRIVER = Gpu("Tesla T4", (7, 5), (11, 4))
BLACKWELL_OLD_DRIVER = Gpu("GeForce RTX 5090", (12, 0), (12, 8))


@pytest.mark.parametrize(
    ("system", "machine", "gpu", "requirement", "folder"),
    [
        ("Linux", "x86_64", None, "torch==2.13.0+cpu", "cpu"),
        ("Linux", "aarch64", None, "torch==2.13.0+cpu", "cpu"),
        ("Linux", "x86_64", H200, "torch==2.13.0+cu130", "cu130"),
        ("Linux", "x86_64", OLD_CARD, "torch==2.13.0+cu126", "cu126"),
        ("Linux", "x86_64", OLD_DRIVER, "torch==2.13.0+cu126", "cu126"),
        ("Linux", "x86_64", ANCIENT_DRIVER, "torch==2.13.0+cpu", "cpu"),
        ("Linux", "x86_64", BLACKWELL_OLD_DRIVER, "torch==2.13.0+cpu", "cpu"),
        ("Windows", "AMD64", None, "torch==2.13.0", ""),
        ("Windows", "AMD64", H200, "torch==2.13.0+cu130", "cu130"),
        ("Darwin", "arm64", None, "torch==2.13.0", ""),
    ],
)
def test_the_build_follows_the_system_the_gpu_and_its_driver(
    system: str, machine: str, gpu: Gpu | None, requirement: str, folder: str
) -> None:
    build = choose("2.13.0", system, machine, gpu, "auto")
    assert (build.requirement, build.folder) == (requirement, folder)


def test_a_plain_linux_box_can_never_get_the_cuda_build() -> None:
    build = choose("2.13.0", "Linux", "x86_64", None, "auto")
    assert build.requirement.endswith("+cpu")
    assert not build.plain_will_do


def test_a_driver_that_is_too_old_is_said() -> None:
    assert "update the driver" in choose("2.13.0", "Linux", "x86_64", ANCIENT_DRIVER, "auto").reason


@pytest.mark.parametrize(
    ("wish", "requirement"),
    [
        ("cpu", "torch==2.13.0+cpu"),
        ("cu132", "torch==2.13.0+cu132"),
        ("pypi", "torch==2.13.0"),
    ],
)
def test_a_wish_overrules_the_machine(wish: str, requirement: str) -> None:
    assert choose("2.13.0", "Linux", "x86_64", H200, wish).requirement == requirement


def test_an_unknown_wish_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BootstrapError, match="'cu99'; expected one of auto, cpu, cu126"):
        choose("2.13.0", "Linux", "x86_64", None, "cu99")


def test_an_intel_mac_is_told_that_there_is_no_build() -> None:
    with pytest.raises(BootstrapError, match="Intel"):
        choose("2.13.0", "Darwin", "x86_64", None, "auto")


def test_the_gpu_is_read_from_what_nvidia_smi_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "nvidia-smi"
    script.write_text(
        '#!/bin/sh\n[ $# = 0 ] && echo "CUDA Version: 13.0" || echo "NVIDIA H200, 9.0"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert torch_build.find_gpu() == H200


@pytest.mark.parametrize("body", ["exit 9", "echo no devices were found"])
def test_a_driver_without_a_gpu_counts_as_none(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "nvidia-smi"
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert torch_build.find_gpu() is None


def test_no_nvidia_smi_means_no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert torch_build.find_gpu() is None

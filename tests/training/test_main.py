from pathlib import Path

import pytest
from safetensors import safe_open

from training.__main__ import main

TINY = ["--scenes", "4", "--vae-steps", "1", "--decoder-steps", "1", "--denoiser-steps", "1"]


def run(folder: Path, *arguments: str) -> int:
    checkpoint = ["--checkpoint", str(folder / "starter.safetensors")]
    return main([*arguments, "--output", str(folder / "run"), *checkpoint])


def test_all_stages_end_in_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "all", *TINY) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'starter.safetensors'}\n"
    kept = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert kept == ["autoencoder.pt", "decoder.pt", "denoiser.pt"]
    with safe_open(tmp_path / "starter.safetensors", "pt") as file:
        assert file.metadata()["safelight.family"] == "starter"


def test_one_stage_can_be_run_alone_and_is_not_repeated(tmp_path: Path) -> None:
    assert run(tmp_path, "vae", *TINY) == 0
    checkpoint = tmp_path / "run" / "autoencoder.pt"
    made = checkpoint.stat().st_mtime_ns
    assert run(tmp_path, "vae", *TINY) == 0
    assert checkpoint.stat().st_mtime_ns == made
    assert not (tmp_path / "starter.safetensors").exists()


def test_going_on_with_other_settings_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "vae", *TINY) == 0
    assert run(tmp_path, "vae", *TINY, "--seed", "5") == 2
    assert "seed 0" in capsys.readouterr().err


def test_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(tmp_path, "unet")

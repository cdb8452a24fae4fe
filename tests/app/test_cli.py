"""Reading the command line, and how a command ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from app import cli, options
from app.bootstrap.errors import BootstrapError
from app.commands import models
from app.errors import CommandError, InputError
from app.sizes import size
from graph.errors import FormatError, NodeFailed

if TYPE_CHECKING:
    import argparse


def test_options_become_settings() -> None:
    arguments = [
        *("run", "w.json", "--cpu", "--debug"),
        *("--base-directory", "b", "--output-directory", "o"),
        *("--models-directory", "m", "--models-directory", "n"),
        *("--extra-model-paths-config", "e.yaml"),
    ]
    made = options.settings(cli.build_parser().parse_args(arguments))
    assert made.base == Path("b").absolute()
    assert made.folder("input") == Path("b/input").absolute()
    assert made.folder("output") == Path("o").absolute()
    assert made.model_roots() == (Path("m").absolute(), Path("n").absolute())
    assert made.extra_model_paths == (Path("e.yaml"),)
    assert (made.device, made.debug) == ("cpu", True)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ([], ["serve"]),
        (["--port", "1"], ["serve", "--port", "1"]),
        (["serve", "--cpu"], ["serve", "--cpu"]),
        (["nodes"], ["nodes"]),
        (["--help"], ["--help"]),
        (["-h"], ["-h"]),
        (["--version"], ["--version"]),
    ],
)
def test_options_without_a_command_are_a_servers(given: list[str], meant: list[str]) -> None:
    assert list(cli.with_command(given)) == meant


@pytest.mark.parametrize(
    ("text", "device"), [("auto", "auto"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("mps", "mps")]
)
def test_a_device_is_read(text: str, device: str) -> None:
    arguments = cli.build_parser().parse_args(["run", "w.json", "--device", text])
    assert options.settings(arguments).device == device


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("x"), 1),
        (InputError("x"), 2),
        (BootstrapError("x"), 1),
        (FormatError("x"), 2),
        (NodeFailed("1", "K", "", "x"), 1),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(_: argparse.Namespace) -> NoReturn:
        raise error

    monkeypatch.setattr(models, "execute", fail)
    monkeypatch.setattr("app.terminal.forget_output", lambda: None)
    assert cli.main(["models"]) == code
    assert "Traceback" not in capfd.readouterr().err


def test_an_error_that_follows_an_interrupt_is_an_interrupt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def swallow(_: argparse.Namespace) -> NoReturn:
        import signal

        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise NodeFailed("1", "Load", "", "could not import") from None
        raise AssertionError("nobody was interrupted")

    monkeypatch.setattr(models, "execute", swallow)
    assert cli.main(["models"]) == 130


def test_a_wrong_option_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["nodes", "--wrong"])
    assert ended.value.code == 2
    assert capfd.readouterr().err == (
        "safelight: unrecognized arguments: --wrong; 'main.py --help' lists what there is\n"
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "?"),
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (999_960, "1.0 MB"),
        (41_400_000, "41.4 MB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_sizes_are_written_for_people(count: int | None, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize("debug", [False, True])
def test_a_fault_of_ours_is_said_as_one_and_shows_its_traceback_only_when_asked(
    debug: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def stumble(_arguments: object) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli.COMMANDS["models"], "execute", stumble)

    assert cli.main(["models", *(["--debug"] if debug else [])]) == 1

    shown = capfd.readouterr().err
    assert "Safelight's fault: ZeroDivisionError: division by zero" in shown
    assert ("Traceback" in shown) is debug

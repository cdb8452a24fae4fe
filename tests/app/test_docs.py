"""The documentation says what there is: every command, every option, and the README's commands."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from app.bootstrap.start import ROOT
from app.bootstrap.torch_build import CHOICES
from app.cli import COMMANDS, build_parser

CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
SERVER = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def subparser(name: str) -> argparse.ArgumentParser:
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            found = action.choices[name]
            assert isinstance(found, argparse.ArgumentParser)
            return found
    raise AssertionError("there are no commands")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    assert f"\n## {name}\n" in CLI
    assert f"main.py {name}" in README
    for action in subparser(name)._actions:
        for option in action.option_strings:
            if option not in ("-h", "--help"):
                where = SERVER if name == "serve" else CLI
                assert re.search(rf"`{option}\b|[\s\[]{option}\b", where), option


def test_every_documented_option_exists() -> None:
    existing = {
        option
        for name in COMMANDS
        for action in subparser(name)._actions
        for option in action.option_strings
    } | {"--help", "--version"}
    assert set(re.findall(r"--[a-z][a-z0-9_-]+", CLI + SERVER)) <= existing


def test_every_way_to_choose_torch_is_documented() -> None:
    for choice in CHOICES:
        assert f"`{choice}`" in CLI


@pytest.mark.parametrize(
    "line", [line for line in README.splitlines() if line.startswith("python3 main.py")]
)
def test_the_commands_of_the_readme_are_understood(line: str) -> None:
    arguments = build_parser().parse_args(shlex.split(line)[2:])
    assert arguments.command in {None, *COMMANDS}  # without one it serves
    assert (ROOT / getattr(arguments, "workflow", "workflows")).exists()


def test_the_two_commands_of_the_readme_exist_as_written() -> None:
    assert "\npython3 main.py run workflows/txt2img.json\n" in README
    assert "\n./scripts/test\n" in README
    assert (ROOT / "scripts" / "test").stat().st_mode & 0o111
    assert "scripts/test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

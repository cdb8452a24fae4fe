"""The command line: reads the arguments, sees to the installation, runs the command.

Only the standard library is imported until a command runs, so that `--help` answers at once, and
on a machine that has nothing else. Every error ends here as one sentence and an exit code;
`--debug` shows the traceback.
"""

from __future__ import annotations

import argparse
import traceback
from typing import TYPE_CHECKING, NoReturn, Protocol

from app import terminal
from app.bootstrap import start
from app.bootstrap.errors import BootstrapError
from app.commands import cache, doctor, models, nodes, run, serve, validate
from app.errors import CommandError, InputError
from app.interrupts import Interrupts
from app.version import VERSION
from graph.errors import GraphError, NodeFailed

if TYPE_CHECKING:
    from collections.abc import Sequence


class Command(Protocol):
    """What each module in `app.commands` offers. The first line of its docstring is its summary."""

    EPILOG: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Describe the command's options."""

    def execute(self, arguments: argparse.Namespace) -> int:
        """Do it, and return the exit code."""
        ...


COMMANDS: dict[str, Command] = {
    "serve": serve,
    "run": run,
    "validate": validate,
    "nodes": nodes,
    "models": models,
    "cache": cache,
    "doctor": doctor,
}
_DEFAULT = "serve"
_EPILOG = (
    "'main.py COMMAND --help' explains a command; docs/cli.md explains all of them."
    " Without a command it serves."
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one sentence, without a page of usage before it."""

    def error(self, message: str) -> NoReturn:
        """End the process with a sentence and exit code 2."""
        terminal.complain(f"{message}; '{self.prog} --help' lists what there is")
        self.exit(InputError.exit_code)


def build_parser() -> Parser:
    """Describe every command and option."""
    parser = Parser(
        prog="main.py",
        description="Safelight runs node-graph workflows of diffusion models.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"safelight {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        command = commands.add_parser(
            name, help=summary, description=summary, allow_abbrev=False, epilog=module.EPILOG
        )
        module.add_arguments(command)
    return parser


def with_command(argv: Sequence[str]) -> Sequence[str]:
    """Return a command line with a command: options without one are a server's, as in ComfyUI."""
    if argv and (not argv[0].startswith("-") or argv[0] in ("-h", "--help", "--version")):
        return argv
    return (_DEFAULT, *argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    import sys

    argv = with_command(sys.argv[1:] if argv is None else argv)
    terminal.prepare()
    arguments = build_parser().parse_args(argv)
    with Interrupts() as interrupts, terminal.reserved():
        try:
            start.ensure(argv)
            return COMMANDS[arguments.command].execute(arguments)
        except (CommandError, BootstrapError, GraphError) as error:
            if not interrupts.pressed:
                return _fail(error, debug=arguments.debug)
        except KeyboardInterrupt:
            pass
        except BrokenPipeError:
            terminal.forget_output()
            return 141
        except Exception as error:  # noqa: BLE001 - the last border before the user
            if not interrupts.pressed:
                return _break(error, debug=arguments.debug)
    terminal.complain("interrupted")
    return 130


def _break(error: Exception, *, debug: bool) -> int:
    """Say that Safelight itself is at fault."""
    if debug:
        traceback.print_exception(error)
    terminal.complain(
        f"this should not happen, and is Safelight's fault: {type(error).__name__}: {error}"
        + ("" if debug else "; run it again with --debug and report what it shows")
    )
    return CommandError.exit_code


def _fail(error: CommandError | BootstrapError | GraphError, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    terminal.complain(str(error))
    if isinstance(error, BootstrapError | NodeFailed):
        return CommandError.exit_code
    return error.exit_code if isinstance(error, CommandError) else InputError.exit_code

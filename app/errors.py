"""The errors that end a command: each is one sentence for the person at the terminal.

Exit codes: 0 done, 1 a node failed or the machine could not do it, 2 the input was wrong,
130 interrupted.
"""

from __future__ import annotations


class CommandError(Exception):
    """The command could not do its work."""

    exit_code = 1


class InputError(CommandError):
    """What was given is wrong: an option, a file, a workflow."""

    exit_code = 2

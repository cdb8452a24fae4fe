"""The sub-commands, one module each: `add_arguments(parser)` and `execute(arguments) -> int`."""

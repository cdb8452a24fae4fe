"""The command line: python3 main.py COMMAND. See app/cli.py.

Every Python there is can read this file, so that one that is too old says so in a sentence.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  an old Python is exactly whom this is for
    sys.exit(
        "safelight: Python 3.11 or newer is needed, and this is Python {}.{} ({}). "  # noqa: UP032
        "Install a newer one and start with it, for example: python3.12 main.py".format(
            sys.version_info[0], sys.version_info[1], sys.executable
        )
    )

try:
    from app.cli import main
except KeyboardInterrupt:
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())

"""`python -m app.bootstrap NAME [EXTRA…]` makes an environment ready; `scripts/test` calls it."""

from __future__ import annotations

import sys

from app.bootstrap.environment import Environment
from app.bootstrap.errors import BootstrapError
from app.bootstrap.install import make_ready
from app.bootstrap.start import ROOT


def main(arguments: list[str]) -> int:
    """Make the environment named first, with the extras named after it, ready."""
    name, *extras = arguments
    try:
        make_ready(Environment(ROOT, name, tuple(extras)))
    except BootstrapError as error:
        sys.stderr.write(f"safelight: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nsafelight: interrupted; the same command goes on from here\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

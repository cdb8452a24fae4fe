"""`main.py serve` with workers over stub nodes: `python -m tests.server.stub_main OPTIONS`."""

from __future__ import annotations

import sys

from app import options, terminal
from app.cli import build_parser
from app.commands.serve import wishes
from app.serving.server import serve
from tests.server.stub_workshop import make_workshop

if __name__ == "__main__":
    terminal.prepare()
    arguments = build_parser().parse_args(["serve", *sys.argv[1:]])
    sys.exit(serve(options.settings(arguments), wishes(arguments), make_workshop))

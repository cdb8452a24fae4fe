"""Serve the editor, and ComfyUI's protocol for its clients; the command where none is given.

Options are those of ComfyUI, so that scripts which start it start this as well.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from app import options
from app.comfy_flags import add_ignored, ignored_among
from app.serving.wishes import HISTORY, LOOPBACK, PORT, UPLOAD, Wishes

EPILOG = "docs/server.md explains all of it, and which options of ComfyUI mean nothing here"
_ANYWHERE = "0.0.0.0,::"  # what ComfyUI's --listen means without an address
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_PREVIEWS = ("none", "auto", "latent2rgb", "taesd")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    _add_listening(parser)
    _add_access(parser)
    _add_results(parser)
    options.add_device(parser)
    parser.add_argument(
        "--cuda-device",
        dest="device",
        metavar="N",
        type=_cuda,
        help="the same as --device cuda:N",
    )
    options.add_cache(parser)
    options.add_packs(parser)
    options.add_folders(parser)
    options.add_debug(parser)
    add_ignored(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    from app.serving.server import serve

    return serve(options.settings(arguments), wishes(arguments))


def wishes(arguments: argparse.Namespace) -> Wishes:
    """Make of the options what the server goes by."""
    return Wishes(
        hosts=tuple(host.strip() for host in arguments.listen.split(",") if host.strip()),
        port=arguments.port,
        token=arguments.token,
        token_file=arguments.token_file,
        no_token=arguments.no_token,
        allowed_hosts=tuple(arguments.allow_host),
        tls_key=arguments.tls_keyfile,
        tls_certificate=arguments.tls_certfile,
        upload=arguments.max_upload_size,
        history=arguments.history_size,
        auto_launch=arguments.auto_launch,
        previews_for_all=arguments.preview_method is not None,
        log_level=arguments.verbose,
        ignored=ignored_among(arguments),
    )


def _add_listening(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("server")
    group.add_argument(
        "--listen",
        metavar="IP",
        nargs="?",
        default=LOOPBACK,
        const=_ANYWHERE,
        help=f"addresses to listen on, joined by commas (default: {LOOPBACK}; without one: all)",
    )
    group.add_argument(
        "--port", metavar="N", type=_port, default=PORT, help=f"0 for any (default: {PORT})"
    )
    group.add_argument("--tls-keyfile", metavar="FILE", type=Path, help="the key for HTTPS")
    group.add_argument("--tls-certfile", metavar="FILE", type=Path, help="the certificate")
    group.add_argument(
        "--max-upload-size",
        metavar="MB",
        type=_megabytes,
        default=UPLOAD,
        help=f"the largest file that clients may send (default: {UPLOAD:g})",
    )
    group.add_argument("--auto-launch", action="store_true", help="open a browser")
    group.add_argument(
        "--disable-auto-launch", dest="auto_launch", action="store_false", help="open none"
    )
    group.add_argument(
        "--verbose",
        metavar="LEVEL",
        nargs="?",
        choices=_LEVELS,
        default="INFO",
        const="DEBUG",
        help="the least that is worth a line of log; DEBUG logs each request (default: INFO)",
    )


def _add_access(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("who may come in")
    group.add_argument(
        "--token",
        metavar="TOKEN",
        default="",
        help="what clients must show (default: none on this machine, else one that is printed)",
    )
    group.add_argument(
        "--token-file", metavar="FILE", type=Path, help="holds the token; made if there is none"
    )
    group.add_argument(
        "--no-token", action="store_true", help="ask nobody for a token, wherever it listens"
    )
    group.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a name that browsers may call this server by; may be given again",
    )


def _add_results(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("pictures and results")
    group.add_argument(
        "--preview-method",
        choices=_PREVIEWS,
        help="pictures in the making: none, or for all clients (default: for those that can read"
        " them)",
    )
    group.add_argument(
        "--disable-metadata", action="store_true", help="save pictures without their workflow"
    )
    group.add_argument(
        "--history-size",
        metavar="N",
        type=_count,
        default=HISTORY,
        help=f"remember the last N jobs that ended; 0 for all (default: {HISTORY})",
    )
    kept = group.add_mutually_exclusive_group()
    kept.add_argument(
        "--cache-lru",
        dest="cache_results",
        metavar="N",
        type=_count,
        help="keep the results of N nodes in memory (default: as many as there is room for)",
    )
    kept.add_argument(
        "--cache-none", action="store_true", help="keep no results at all: every node runs"
    )


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, a number from 0 to 65535")
    return number


def _megabytes(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        size = 0.0
    if not 0.001 <= size <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of megabytes, such as 100")
    return size


def _count(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number, such as 50")
    return int(text) or None  # 0 is ComfyUI's word for no such limit


def _cuda(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of a GPU, such as 0")
    return f"cuda:{int(text)}"

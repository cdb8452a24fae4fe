"""ComfyUI's options that mean nothing here: accepted, so that launch scripts work, and said so."""

from __future__ import annotations

import argparse

SWITCHES = (
    *("--async-offload", "--cache-classic", "--cpu-vae", "--cuda-malloc", "--deterministic"),
    *("--disable-api-nodes", "--disable-async-offload", "--disable-cuda-malloc"),
    *("--disable-dynamic-vram", "--disable-ipex-optimize", "--disable-manager-ui"),
    *("--disable-mmap", "--disable-pinned-memory", "--disable-smart-memory", "--disable-xformers"),
    *("--dont-print-server", "--dont-upcast-attention", "--enable-compress-response-body"),
    *("--enable-manager", "--enable-manager-legacy-ui", "--force-channels-last"),
    *("--force-non-blocking", "--force-upcast-attention", "--fp16-text-enc", "--fp32-text-enc"),
    *("--bf16-text-enc", "--fp64-unet", "--fp8_e4m3fn-text-enc", "--fp8_e4m3fn-unet"),
    *("--fp8_e5m2-text-enc", "--fp8_e5m2-unet", "--fp8_e8m0fnu-unet", "--gpu-only", "--highvram"),
    *("--log-stdout", "--lowvram", "--mmap-torch-files", "--multi-user", "--normalvram"),
    *("--novram", "--supports-fp8-compute", "--use-flash-attention"),
    *("--use-pytorch-cross-attention", "--use-quad-cross-attention", "--use-sage-attention"),
    *("--use-split-cross-attention", "--windows-standalone-build"),
)
WITH_VALUES: dict[str, int | str] = {
    "--cache-ram": "?",
    "--comfy-api-base": 1,
    "--database-url": 1,
    "--default-device": 1,
    "--default-hashing-function": 1,
    "--directml": "?",
    "--enable-cors-header": "?",
    "--fast": "*",
    "--front-end-root": 1,
    "--front-end-version": 1,
    "--oneapi-device-selector": 1,
    "--preview-size": 1,
    "--reserve-vram": 1,
}
"""With how many values they come, as argparse counts."""
PRECISIONS = {
    "--force-fp32": ("precision", "fp32"),
    "--force-fp16": ("precision", "fp16"),
    "--fp32-unet": ("precision", "fp32"),
    "--fp16-unet": ("precision", "fp16"),
    "--bf16-unet": ("precision", "bf16"),
    "--fp32-vae": ("vae_precision", "fp32"),
    "--fp16-vae": ("vae_precision", "fp16"),
    "--bf16-vae": ("vae_precision", "bf16"),
}
"""Those that are other words for ours."""


class _Ignored(argparse.Action):
    """Notes that it was given."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        _values: object,
        option_string: str | None = None,
    ) -> None:
        """Note it."""
        given = ignored_among(namespace)
        namespace.ignored = (*given, option_string) if option_string else given


def add_ignored(parser: argparse.ArgumentParser) -> None:
    """Add them all, without a line in the help."""
    for name, (dest, value) in PRECISIONS.items():
        parser.add_argument(
            name, dest=dest, action="store_const", const=value, help=argparse.SUPPRESS
        )
    counts: dict[str, int | str] = {**dict.fromkeys(SWITCHES, 0), **WITH_VALUES}
    for name, count in counts.items():
        parser.add_argument(
            name, dest="ignored", action=_Ignored, nargs=count, default=(), help=argparse.SUPPRESS
        )


def ignored_among(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Return those that were given, in order."""
    return tuple(getattr(arguments, "ignored", ()))

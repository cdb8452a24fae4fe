"""What a run is to know about its surroundings: one frozen value, made from the command line.

All folders lie under the base directory, the project's own unless `--base-directory` moves it; each
can be put elsewhere on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bootstrap.start import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Folders, device and cache.

    Attributes:
        base: Where the folders lie that are not named here.
        input: Pictures and latents that workflows load; None for `input` in `base`. The other
            folders likewise.
        output: Where results are saved.
        temp: Where previews are saved.
        user: The user's own settings and workflows.
        cache: What is kept between runs and can be thrown away.
        models: Folders that hold `checkpoints`, `loras`, …; the first is searched first. Empty for
            `models` in `base`.
        extra_model_paths: Files in the form of ComfyUI's `extra_model_paths.yaml`.
        device: `auto`, `cpu`, `cuda:N` or `mps`.
        precision: In which models compute: `auto`, `fp32`, `bf16` or `fp16`.
        vae_precision: In which autoencoders do; `auto` is `fp32`.
        cache_disk: Bytes that results may take on the disk; 0 keeps none there; None for a modest
            part of what is free.
        custom_nodes_enabled: Whether node packs are loaded.
        custom_nodes_whitelist: Those that are loaded all the same, by the names of their folders.
        cache_results: How many results are kept in memory; None for as many as there is room for.
        preview_method: How pictures in the making are drawn: `none`, `latent2rgb`, or through a
            TAESD decoder where there is one, with `auto` and `taesd`.
        metadata: Whether pictures carry the workflow that made them.
        debug: Whether errors come with their traceback.
    """

    base: Path = ROOT
    input: Path | None = None
    output: Path | None = None
    temp: Path | None = None
    user: Path | None = None
    cache: Path | None = None
    models: tuple[Path, ...] = ()
    extra_model_paths: tuple[Path, ...] = ()
    device: str = "auto"
    precision: str = "auto"
    vae_precision: str = "auto"
    cache_disk: int | None = None
    custom_nodes_enabled: bool = True
    custom_nodes_whitelist: tuple[str, ...] = ()
    cache_results: int | None = None
    preview_method: str = "auto"
    metadata: bool = True
    debug: bool = False

    def folder(self, name: str) -> Path:
        """Return the absolute path of `input`, `output`, `temp`, `user`, `cache` or another."""
        chosen: Path | None = getattr(self, name, None)
        return (chosen or self.base / name).expanduser().absolute()

    @property
    def precisions(self) -> tuple[str, str]:
        """Both precisions: pictures made in others are other pictures."""
        return self.precision, self.vae_precision

    def model_roots(self) -> tuple[Path, ...]:
        """Return the absolute paths of the folders that hold model folders."""
        roots = self.models or (self.base / "models",)
        return tuple(root.expanduser().absolute() for root in roots)

"""Load whole models: a checkpoint in the original single-file layout, or a diffusers folder.

Both end in the same objects. Which family a checkpoint is and how wide and deep its parts are is
read from the tensors (`families.py`, `shapes.py`); the starter model takes the very path that
SD 1.5 takes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from diffusion import families
from diffusion.errors import DiffusionError
from diffusion.families import (
    autoencoder_family,
    family_for,
    found,
    recognise,
    text_prefixes,
)
from diffusion.model import DiffusionModel
from diffusion.modules import Placement
from diffusion.overrides import PREDICTIONS
from diffusion.parameterisation import Prediction, stable_diffusion
from diffusion.shapes import uses_diffusers_names
from diffusion.text_encoder import (
    TextEncoder,
    text_encoder_from_config,
    text_encoder_from_original,
)
from diffusion.unet import UNet, unet_from_config, unet_from_original
from diffusion.vae import VAE, vae_from_config, vae_from_diffusers, vae_from_original
from diffusion.weights import Weights, read_json, read_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from torch import Tensor

    from diffusion.family import Family

    OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The parts of a loaded model.

    Attributes:
        model: The denoising network with its units.
        clip: Its text encoder; None where the file has none.
        vae: Its autoencoder; None where the file has none.
    """

    model: DiffusionModel
    clip: TextEncoder | None
    vae: VAE | None


class _Progress:
    """Counts bytes of tensors; those that no module wants are counted at the end."""

    def __init__(self, parts: Iterable[Mapping[str, Tensor]], report: OnProgress | None) -> None:
        self._total = sum(tensor.nbytes for part in parts for tensor in part.values())
        self._done = 0
        self._report = report

    def add(self, size: int) -> None:
        self._done += size
        if self._report:
            self._report(self._done, self._total)

    def finish(self) -> None:
        if self._done < self._total:
            self.add(self._total - self._done)


@dataclass(frozen=True)
class _Loader:
    """Where parts go, and who is told."""

    source: str
    device: torch.device
    dtype: torch.dtype
    progress: _Progress

    def place(self, part: str, *, dtype: torch.dtype | None = None) -> Placement:
        what = f"the {part} of {self.source}"
        return Placement(what, self.device, dtype or self.dtype, self.progress.add)

    def checkpoint(
        self, network: UNet, family: Family, clip: TextEncoder | None, vae: VAE | None
    ) -> Checkpoint:
        expected = family.latents.channels
        if network.channels != expected:
            raise DiffusionError(
                f"{self.source} has a UNet of {network.channels} input channels where "
                f"{expected} were expected: inpainting and depth models are not read so far"
            )
        self.progress.finish()
        model = DiffusionModel(
            network=network,
            parameterisation=stable_diffusion(family.prediction),
            latent_format=family.latents,
            family=family.name,
            device=self.device,
            dtype=self.dtype,
            native_size=family.native_size,
        )
        return Checkpoint(model, clip, vae)


def default_dtype(device: torch.device) -> torch.dtype:
    """What models compute in unless told otherwise: float32 on a CPU, float16 on a GPU."""
    return torch.float32 if device.type == "cpu" else torch.float16


def load_checkpoint(
    path: Path,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    on_progress: OnProgress | None = None,
) -> Checkpoint:
    """Load a `.safetensors` checkpoint or a diffusers folder.

    Args:
        path: The file, or the folder with `unet/`, `text_encoder/` and `vae/`.
        device: Where the weights go.
        dtype: What UNet and text encoder compute in; by default what suits the device. The
            autoencoder computes in float32, where float16 overflows.
        on_progress: Told of bytes done and in all; may raise to cancel.

    Raises:
        DiffusionError: The file is missing, damaged, refused, incomplete or of an unknown family.
    """
    device = torch.device(device)
    dtype = dtype or default_dtype(device)
    if path.is_dir():
        return _load_folder(path, device, dtype, on_progress)
    weights = read_weights(path)
    family = recognise(weights)
    text = weights.under(*text_prefixes()).tensors
    unet = weights.under(families.UNET).tensors
    vae = weights.under(families.VAE).tensors
    loader = _Loader(path.name, device, dtype, _Progress((unet, text, vae), on_progress))
    network = unet_from_original(unet, family, loader.place("UNet"))
    clip, autoencoder = None, None
    if text:
        clip = text_encoder_from_original(text, family, loader.place("text encoder"))
    if vae:
        place = loader.place("autoencoder", dtype=torch.float32)
        autoencoder = vae_from_original(vae, family.vae_groups, place)
    return loader.checkpoint(network, family, clip, autoencoder)


def load_vae(
    path: Path,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    on_progress: OnProgress | None = None,
) -> VAE:
    """Load an autoencoder alone, in either layout, or out of a checkpoint.

    Raises:
        DiffusionError: As for `load_checkpoint`.
    """
    weights = read_weights(path)
    tensors = weights.under(families.VAE).tensors or weights.tensors
    if "decoder.conv_in.weight" not in tensors:
        raise DiffusionError(f"{path.name} has no autoencoder: {found(weights)}")
    progress = _Progress([tensors], on_progress)
    place = _Loader(path.name, torch.device(device), dtype, progress).place("autoencoder")
    groups = autoencoder_family(weights).vae_groups
    load = vae_from_diffusers if uses_diffusers_names(tensors) else vae_from_original
    vae = load(tensors, groups, place)
    progress.finish()
    return vae


def _load_folder(
    folder: Path, device: torch.device, dtype: torch.dtype, on_progress: OnProgress | None
) -> Checkpoint:
    parts = {name: _folder_part(folder / name) for name in ("unet", "text_encoder", "vae")}
    unet, text, vae = parts["unet"], parts["text_encoder"], parts["vae"]
    if unet is None:
        raise DiffusionError(
            f"the folder {folder} has no unet/config.json, so it is no diffusers model"
        )
    progress = _Progress((part[1].tensors for part in parts.values() if part), on_progress)
    loader = _Loader(folder.name, device, dtype, progress)
    family = family_for(_context(unet[0]), folder.name, {})
    family = replace(family, prediction=_prediction(folder / "scheduler", family.prediction))
    network = unet_from_config(unet[1].tensors, unet[0], loader.place("UNet"))
    clip = text and text_encoder_from_config(
        _unprefixed(text[1].tensors), text[0], loader.place("text encoder")
    )
    place = loader.place("autoencoder", dtype=torch.float32)
    autoencoder = vae and vae_from_config(vae[1].tensors, vae[0], place)
    return loader.checkpoint(network, family, clip, autoencoder)


def _folder_part(folder: Path) -> tuple[dict[str, Any], Weights] | None:
    """The configuration and weights of one module of a diffusers folder."""
    if not (folder / "config.json").is_file():
        return None
    files = sorted(folder.glob("*.safetensors"), key=lambda path: len(path.name))
    if not files:
        raise DiffusionError(f"{folder} has a config.json and no .safetensors file")
    # Of several variants (`….fp16.safetensors`) the shortest name is the main one.
    return read_json(folder / "config.json"), read_weights(files[0])


def _unprefixed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix("text_model."): tensor for name, tensor in tensors.items()}


def _context(config: Mapping[str, Any]) -> int:
    width = config.get("cross_attention_dim", 0)
    return int(width if isinstance(width, int) else 0)


def _prediction(folder: Path, default: Prediction) -> Prediction:
    path = folder / "scheduler_config.json"
    if not path.is_file():
        return default
    name = str(read_json(path).get("prediction_type", ""))
    return PREDICTIONS.get(name, default)

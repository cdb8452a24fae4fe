"""Load a diffusers folder: a subfolder for each part, with its configuration beside the weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from diffusion.assembly import Checkpoint, assembled_model
from diffusion.autoencoders import vae_from_config
from diffusion.clip import Clip, clip_from_config
from diffusion.errors import DiffusionError
from diffusion.families import recognise
from diffusion.layouts import clip_tensors
from diffusion.overrides import PREDICTIONS
from diffusion.predictions import parameterisation_of, sd_levels
from diffusion.site import Loading, Site
from diffusion.text_encoder import TextEncoder
from diffusion.unet import unet_from_config
from diffusion.weights import Weights, read_folder_weights, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from diffusion.family import Family, TextKind
    from diffusion.parameterisation import Parameterisation, Prediction
    from diffusion.site import OnProgress


@dataclass(frozen=True)
class _Part:
    """One module of a folder."""

    config: Mapping[str, Any]
    weights: Weights

    @classmethod
    def of(cls, folder: Path) -> _Part | None:
        """Read a subfolder; None if it is not there."""
        if not (folder / "config.json").is_file():
            return None
        return cls(read_json(folder / "config.json"), read_folder_weights(folder))


def load_folder(
    folder: Path,
    site: Site,
    *,
    prediction: Prediction | None = None,
    on_progress: OnProgress | None = None,
) -> Checkpoint:
    """Load a diffusers folder; the arguments are those of `load_checkpoint`.

    Raises:
        DiffusionError: There is no UNet in it, or a part is damaged, incomplete or unknown.
    """
    unet, vae = _Part.of(folder / "unet"), _Part.of(folder / "vae")
    if unet is None:
        raise DiffusionError(
            f"the folder {folder} has no unet/config.json, so it is no diffusers model"
        )
    whole = replace(unet.weights, source=folder.name, metadata={})
    family = recognise(whole.tensors, whole)
    text = {kind: _Part.of(folder / _folder_of(kind)) for kind in family.text}
    found = [part.weights.tensors for part in (unet, vae, *text.values()) if part]
    loading = Loading.of(folder.name, site, on_progress, *found)
    dtype = site.dtype(whole.tensors)
    network = unet_from_config(whole.tensors, unet.config, loading.place("UNet", dtype))
    meaning = _meaning(folder, whole, family)
    if prediction:
        meaning = replace(meaning, prediction=prediction)
    model = assembled_model(network, family, meaning, loading, dtype)
    encoders = tuple(_clip(kind, part, loading) for kind, part in text.items() if part)
    clip = TextEncoder(encoders, site.embeddings)
    autoencoder = None
    if vae:
        place = loading.place("autoencoder", site.vae_dtype())
        autoencoder = vae_from_config(vae.weights.tensors, vae.config, place)
    loading.progress.finish()
    return Checkpoint(model, clip if all(text.values()) else None, autoencoder)


def _folder_of(kind: TextKind) -> str:
    return "text_encoder_2" if kind.name == "g" else "text_encoder"


def _clip(kind: TextKind, part: _Part, loading: Loading) -> Clip:
    if kind.name == "h":
        # SD 2.x does not read the last layer, and its folders do not hold it.
        kind = replace(kind, layer=-1)
    tensors = clip_tensors(part.weights.tensors)
    what = _folder_of(kind).replace("text_encoder", "text encoder").replace("_", " ")
    place = loading.place(what, loading.site.dtype(tensors))
    return clip_from_config(tensors, part.config, kind, place)


def _meaning(folder: Path, whole: Weights, family: Family) -> Parameterisation:
    """What the scheduler's configuration says of the UNet's answers, or else the weights."""
    path = folder / "scheduler" / "scheduler_config.json"
    told = read_json(path) if path.is_file() else {}
    name = told.get("prediction_type")
    if name not in PREDICTIONS:
        return parameterisation_of(whole, whole.tensors, family)
    return sd_levels(
        PREDICTIONS[str(name)], zero_terminal_snr=told.get("rescale_betas_zero_snr") is True
    )

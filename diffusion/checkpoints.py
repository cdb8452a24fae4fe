"""Load whole models: a checkpoint in the original single-file layout, or a diffusers folder.

Both end in the same objects. Which family a checkpoint is and how wide and deep its parts are is
read from the tensors (`families.py`, `shapes.py`); the starter model takes the very path that
SD 1.5 takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffusion.assembly import Checkpoint, model_from, text_encoder_from, unet_tensors
from diffusion.autoencoders import vae_from_original
from diffusion.configs import configured_prediction
from diffusion.families import VAE, recognise
from diffusion.layouts import clip_tensors
from diffusion.model_folders import load_folder
from diffusion.site import Loading, Site
from diffusion.weights import read_weights

if TYPE_CHECKING:
    from pathlib import Path

    from diffusion.parameterisation import Prediction
    from diffusion.site import OnProgress


def load_checkpoint(
    path: Path,
    site: Site | None = None,
    *,
    prediction: Prediction | None = None,
    on_progress: OnProgress | None = None,
) -> Checkpoint:
    """Load a checkpoint file or a diffusers folder.

    Args:
        path: The file, or the folder with `unet/`, `text_encoder/` and `vae/`.
        site: Where its parts go; the CPU unless told.
        prediction: What its UNet answers, where that is known better than the file, or the `.yaml`
            beside it, tells.
        on_progress: Told of bytes done and in all; may raise to cancel.

    Raises:
        DiffusionError: The file is missing, damaged, refused, incomplete or of an unknown family.
    """
    site = site or Site()
    if path.is_dir():
        return load_folder(path, site, prediction=prediction, on_progress=on_progress)
    prediction = prediction or configured_prediction(path)
    weights = read_weights(path)
    unet = unet_tensors(weights)
    family = recognise(unet, weights)
    text = {kind.name: clip_tensors(weights.under(*kind.prefixes).tensors) for kind in family.text}
    vae = weights.under(VAE).tensors
    loading = Loading.of(path.name, site, on_progress, unet, *text.values(), vae)
    model = model_from(weights, unet, family, loading, prediction=prediction)
    clip = text_encoder_from(text, family, loading) if any(text.values()) else None
    autoencoder = None
    if vae:
        place = loading.place("autoencoder", site.vae_dtype())
        autoencoder = vae_from_original(vae, family.vae_groups, place)
    loading.progress.finish()
    return Checkpoint(model, clip, autoencoder)

"""The list of all built-in nodes."""

from graph.registry import Registry
from nodes import conditioning, image_files, latent, latent_files, loaders, sampling, vae

BUILTIN = (
    loaders.load_checkpoint,
    loaders.vae_loader,
    conditioning.clip_text_encode,
    conditioning.clip_set_last_layer,
    latent.empty_latent_image,
    latent.latent_from_batch,
    latent.latent_upscale,
    latent_files.save_latent,
    latent_files.load_latent,
    sampling.k_sampler,
    sampling.k_sampler_advanced,
    vae.vae_decode,
    vae.vae_encode,
    image_files.load_image,
    image_files.save_image,
    image_files.preview_image,
)


def register_builtin(registry: Registry) -> None:
    """Add every built-in node to a registry."""
    for function in BUILTIN:
        registry.add(function)

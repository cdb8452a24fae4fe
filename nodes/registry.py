"""The list of all built-in nodes."""

from graph.registry import Registry
from nodes import (
    conditioning,
    image_files,
    latent,
    latent_arithmetic,
    latent_batches,
    latent_compositing,
    latent_files,
    latent_transforms,
    loaders,
    sampling,
    vae,
)

BUILTIN = (
    loaders.load_checkpoint,
    loaders.vae_loader,
    conditioning.clip_text_encode,
    conditioning.clip_set_last_layer,
    latent.empty_latent_image,
    latent.latent_from_batch,
    latent.latent_upscale,
    latent_batches.repeat_latent_batch,
    latent_batches.latent_batch,
    latent_transforms.latent_upscale_by,
    latent_transforms.latent_flip,
    latent_transforms.latent_rotate,
    latent_transforms.latent_crop,
    latent_compositing.latent_composite,
    latent_compositing.latent_composite_masked,
    latent_compositing.latent_blend,
    latent_arithmetic.latent_add,
    latent_arithmetic.latent_subtract,
    latent_arithmetic.latent_multiply,
    latent_arithmetic.latent_interpolate,
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

"""The list of all built-in nodes."""

from graph.registry import Registry
from nodes import (
    conditioning,
    image_basics,
    image_effects,
    image_files,
    image_scaling,
    inpainting,
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
    inpainting.set_latent_noise_mask,
    inpainting.vae_encode_for_inpaint,
    inpainting.image_pad_for_outpaint,
    latent_files.save_latent,
    latent_files.load_latent,
    sampling.k_sampler,
    sampling.k_sampler_advanced,
    vae.vae_decode,
    vae.vae_encode,
    image_files.load_image,
    image_files.save_image,
    image_files.preview_image,
    image_basics.empty_image,
    image_basics.image_invert,
    image_basics.image_crop,
    image_basics.image_batch,
    image_basics.image_from_batch,
    image_scaling.image_scale,
    image_scaling.image_scale_by,
    image_scaling.image_scale_to_total_pixels,
    image_effects.image_blend,
    image_effects.image_blur,
    image_effects.image_sharpen,
    image_effects.image_quantize,
)


def register_builtin(registry: Registry) -> None:
    """Add every built-in node to a registry."""
    for function in BUILTIN:
        registry.add(function)

"""The UNet that answers what noise is in a latent: diffusers' module behind `Network`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from diffusion.errors import DiffusionError
from diffusion.layouts import unet_name
from diffusion.modules import Placement, assemble, reading
from diffusion.packing import pack_layers
from diffusion.prompt_attention import PromptMemory
from diffusion.residency import in_use
from diffusion.shapes import unet_layers, unet_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from diffusion.family import Family


class UNet:
    """A `UNet2DConditionModel` called as sampling calls a network.

    Attributes:
        module: The diffusers module, for patches that need its parts.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self._prompts = PromptMemory()

    @property
    def channels(self) -> int:
        """Channels that go in: those of a latent, and more where a model sees a mask, too."""
        return int(self._config.in_channels)

    @property
    def context(self) -> int:
        """Width of the prompt embeddings that it attends to."""
        return int(self._config.cross_attention_dim)

    @property
    def vector(self) -> int:
        """Width of what it is told besides the prompt; 0 for nothing."""
        told = self._config.addition_embed_type == "text_time"
        return int(self._config.projection_class_embeddings_input_dim) if told else 0

    @property
    def _config(self) -> Any:  # noqa: ANN401 - diffusers types it loosely
        config: Any = self.module.config
        return config

    def __call__(
        self, x: Tensor, timestep: Tensor, context: Tensor, /, *, vector: Tensor | None = None
    ) -> Tensor:
        """Answer the raw prediction.

        Args:
            x: Scaled noisy latent [B, C, h, w], and the further channels of an inpainting model.
            timestep: [B].
            context: Prompt embeddings [B, tokens, width].
            vector: What else the prompt says, [B, width], for models that are told it.

        Raises:
            DiffusionError: The embeddings are not of the width that this UNet attends to, or
                something else does not fit it.
        """
        self._check(x, context, vector)
        with in_use(self.module):
            known = self._prompts.known(context) if context.device.type == "cpu" else None
            answer = self.module(
                x.contiguous(memory_format=torch.channels_last),
                timestep,
                known.context if known else context,
                cross_attention_kwargs={"known": known},
                added_cond_kwargs={"vector": vector},
                return_dict=False,
            )
        prediction: Tensor = answer[0]
        return prediction

    def _check(self, x: Tensor, context: Tensor, vector: Tensor | None) -> None:
        if context.shape[-1] != self.context:
            raise DiffusionError(
                f"the prompt was encoded {context.shape[-1]} wide, but this model attends to "
                f"{self.context}: use the text encoder that belongs to the model"
            )
        if x.shape[1] != self.channels:
            raise DiffusionError(
                f"this model sees {self.channels} channels, and {x.shape[1]} came: an inpainting "
                "model needs its mask and picture (InpaintModelConditioning), others take none"
            )
        width = 0 if vector is None else vector.shape[-1]
        if self.vector and width != self.vector:
            raise DiffusionError(
                f"this model is told {self.vector} numbers besides the prompt, and {width} came: "
                "use the text encoder that belongs to the model"
            )


def unet_from_tensors(
    tensors: Mapping[str, Tensor],
    family: Family,
    placement: Placement,
) -> UNet:
    """Build a UNet from its tensors in the original layout, or under diffusers' names.

    Args:
        tensors: `input_blocks.0.0.weight` and so on, or `conv_in.weight` and so on.
        family: Tells what shapes cannot.
        placement: Where it goes.
    """
    with reading(placement.what):
        if "conv_in.weight" not in tensors:
            layers = unet_layers(tensors, placement.what)
            tensors = {new: t for old, t in tensors.items() if (new := unet_name(old, layers))}
        shape = unet_shape(
            tensors,
            what=placement.what,
            head_width=family.unet_head_width,
            norm_groups=family.unet_groups,
        )
    return unet_from_config(tensors, shape, placement)


def unet_from_config(
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    placement: Placement,
) -> UNet:
    """Build a UNet from tensors under diffusers' names and its configuration."""
    # Importing diffusers takes seconds, and those who only sample have no need of it.
    from diffusion.unet_module import VectorUNet  # noqa: PLC0415

    def make() -> VectorUNet:
        module: VectorUNet = VectorUNet.from_config(dict(config)).hasten()
        if placement.storage is not None:
            nn.Module.to(module, placement.dtype)  # diffusers' own `to` warns for no reason
            module.enable_layerwise_casting(placement.storage, placement.dtype)
        elif placement.device.type == "cpu":
            pack_layers(module, placement.dtype)
        return module

    return UNet(assemble(make, tensors, placement))

"""The UNet that answers what noise is in a latent: diffusers' module behind `Network`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffusion.errors import DiffusionError
from diffusion.layouts import unet_name
from diffusion.modules import Placement, assemble, reading
from diffusion.shapes import unet_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

    from diffusion.family import Family


class UNet:
    """A `UNet2DConditionModel` called as sampling calls a network.

    Attributes:
        module: The diffusers module, for patches that need its parts.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module

    @property
    def channels(self) -> int:
        """Channels that go in: those of a latent, and more where a model sees a mask, too."""
        config: Any = self.module.config
        return int(config.in_channels)

    def __call__(
        self, x: Tensor, timestep: Tensor, context: Tensor, /, *, vector: Tensor | None = None
    ) -> Tensor:
        """Answer the raw prediction.

        Args:
            x: Scaled noisy latent [B, C, h, w].
            timestep: [B].
            context: Prompt embeddings [B, tokens, width].
            vector: What else the prompt says, [B, width], for models that take it.

        Raises:
            DiffusionError: The embeddings are not of the width that this UNet attends to.
        """
        config: Any = self.module.config
        if context.shape[-1] != config.cross_attention_dim:
            raise DiffusionError(
                f"the prompt was encoded {context.shape[-1]} wide, but this model attends to "
                f"{config.cross_attention_dim}: use the text encoder that belongs to the model"
            )
        answer = self.module(x, timestep, context, class_labels=vector, return_dict=False)
        prediction: Tensor = answer[0]
        return prediction


def unet_from_original(
    tensors: Mapping[str, Tensor],
    family: Family,
    placement: Placement,
) -> UNet:
    """Build a UNet from tensors in the original layout.

    Args:
        tensors: Without the `model.diffusion_model.` prefix.
        family: Tells what shapes cannot.
        placement: Where it goes.
    """
    with reading(placement.what):
        shape = unet_shape(
            tensors,
            what=placement.what,
            head_width=family.unet_head_width,
            norm_groups=family.unet_groups,
        )
    layers = shape["layers_per_block"]
    renamed = {new: t for old, t in tensors.items() if (new := unet_name(old, layers))}
    return unet_from_config(renamed, shape, placement)


def unet_from_config(
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    placement: Placement,
) -> UNet:
    """Build a UNet from tensors under diffusers' names and its configuration."""
    # Importing diffusers takes seconds, and those who only sample have no need of it.
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel  # noqa: PLC0415

    def make() -> nn.Module:
        module: nn.Module = UNet2DConditionModel.from_config(dict(config))
        return module

    return UNet(assemble(make, tensors, placement))

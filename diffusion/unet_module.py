"""diffusers' UNet, told what there is besides the prompt in one vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


class VectorUNet(UNet2DConditionModel):  # type: ignore[misc]
    """Takes `added_cond_kwargs={"vector": …}` where SDXL's UNet makes its vector itself.

    diffusers puts pooled embedding and sizes together in the UNet; made outside (`told` of a
    `DiffusionModel`), the same code serves base, refiner and whatever else is told something.
    """

    def get_aug_embed(
        self,
        emb: Tensor,
        encoder_hidden_states: Tensor,  # noqa: ARG002 - diffusers gives it by name
        added_cond_kwargs: Mapping[str, Tensor],
    ) -> Tensor | None:
        """What is added to the timestep's embedding, [B, width]; None for most models."""
        if self.config.addition_embed_type != "text_time":
            return None
        vector = added_cond_kwargs["vector"]
        added: Tensor = self.add_embedding(vector.to(emb.dtype))
        return added

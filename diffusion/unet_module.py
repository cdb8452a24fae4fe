"""diffusers' UNet, told what there is besides the prompt in one vector, and a little faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffusers.models.activations import GEGLU
from diffusers.models.attention_processor import Attention
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from diffusion.packing import GatedLinear
from diffusion.prompt_attention import PromptAttention

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

    def hasten(self) -> VectorUNet:
        """Leave out what only costs time; the answers stay the same to rounding."""
        for layer in self.modules():
            if type(layer) is Transformer2DModel:
                layer.__class__ = PixelTransformer
            elif type(layer) is Attention:
                layer.set_processor(PromptAttention())
            elif type(layer) is GEGLU:
                layer.__class__ = OneLayer
                layer.proj.__class__ = GatedLinear
        return self


class OneLayer(GEGLU):  # type: ignore[misc]
    """A gated layer whose projection does the gating, too."""

    def forward(self, hidden_states: Tensor) -> Tensor:
        """Multiply [..., in] into [..., out]."""
        gated: Tensor = self.proj(hidden_states)
        return gated


class PixelTransformer(Transformer2DModel):  # type: ignore[misc]
    """Transformer blocks over the pixels of a picture whose channels lie side by side.

    diffusers copies the answer into another order, which the next layer has to undo.
    """

    def _get_output_for_continuous_inputs(
        self,
        hidden_states: Tensor,
        residual: Tensor,
        batch_size: int,
        height: int,
        width: int,
        inner_dim: int,
    ) -> Tensor:
        if self.use_linear_projection:
            hidden_states = self.proj_out(hidden_states)
        pixels = hidden_states.reshape(batch_size, height, width, inner_dim).permute(0, 3, 1, 2)
        answer: Tensor = pixels if self.use_linear_projection else self.proj_out(pixels)
        return answer + residual

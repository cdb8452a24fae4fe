"""What a weights file is, for messages about what it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffusion.weights import Weights

# The first pattern that some tensor's name matches tells the kind.
_KINDS = (
    (r"lora_(unet|te\d?)_|.*\.lora_(down|up|A|B)\.|.*\.hada_w1_a|.*\.lokr_w1", "a LoRA"),
    (r"control_model\.|zero_convs\.|controlnet_cond_embedding\.", "a ControlNet"),
    (r"(model\.diffusion_model\.)?joint_blocks\.", "an SD 3 model"),
    (r"(model\.diffusion_model\.)?double_blocks\.", "a Flux model"),
    (r".*\.time_stack\.", "a Stable Video Diffusion model"),
    (r"ip_adapter\.|image_proj\.", "an IP-Adapter"),
    (r"(model\.)?body\.0\.rdb1|model\.1\.sub\.|conv_first\.", "an upscale model"),
    (r"string_to_param|emb_params|clip_[lg]$", "a textual-inversion embedding"),
    (r"(encoder|decoder)\.(layers\.)?\d+\.(conv\.\d+\.)?(weight|bias)$", "a TAESD autoencoder"),
    (r"model\.diffusion_model\.|(input|down)_blocks\.", "a UNet of an unknown kind"),
    (r"(first_stage_model\.)?decoder\.conv_in\.", "an autoencoder (VAE)"),
    (r"vision_model\.|visual\.", "an image encoder"),
    (r"encoder\.block\.\d+\.layer\.|.*\.SelfAttention\.", "a T5 text encoder"),
    (r"(.*\.)?(token_embedding|resblocks)\b", "a text encoder"),
)


def kind_of(weights: Weights) -> str | None:
    """What kind of file it is, "a LoRA" for instance; None where the names tell nothing."""
    for pattern, kind in _KINDS:
        matches = re.compile(pattern).match
        if any(matches(name) for name in weights.tensors):
            return kind
    return None


def found(weights: Weights) -> str:
    """What a file holds, for messages about what it does not."""
    tops = sorted({name.split(".")[0] for name in weights.tensors})
    shown = ", ".join(tops[:6]) + (", …" if len(tops) > 6 else "")
    return f"its {len(weights.tensors)} tensors are under {shown}" if tops else "it has no tensors"

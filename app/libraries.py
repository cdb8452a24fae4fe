"""The large libraries that nodes import when they run, imported before several nodes run at once.

Two threads that import parts of one library can each find the other's half; and the first picture
does not come sooner for it.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING

from app import devices
from graph.definition import Lane

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from graph.definition import NodeDefinition


def load_for(definition: NodeDefinition) -> None:
    """Import what a node will import when it runs."""
    if definition.lane is Lane.ACCELERATOR:
        load_all()
    else:
        _load_torch()


def inference() -> AbstractContextManager[object]:
    """Return what keeps torch from recording gradients while it is entered."""
    torch = sys.modules.get("torch")
    return nullcontext() if torch is None else torch.inference_mode()


@cache
def _load_torch() -> None:
    devices.load_torch()


@cache
def load_all() -> None:
    """Import torch and what models are made with."""
    _load_torch()
    # These load their parts when they are first asked for them, which takes seconds.
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel  # noqa: F401
    from transformers import CLIPTextModel  # noqa: F401

    import diffusion.checkpoints  # noqa: F401

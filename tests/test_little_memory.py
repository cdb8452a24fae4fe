"""Memory runs out in the middle of a node: it is tried again with less, to the same picture.

What fails is a real allocation, far larger than any memory, which torch refuses whenever a module
is asked for more at once than there is said to be room for.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook

from app.session import Session
from app.settings import Settings
from graph.events import Event, NodeWarning

_SIDE = 256


@contextmanager
def _no_room(for_: Callable[[nn.Module, Tensor], bool]) -> Iterator[None]:
    """Let modules fail as they do without memory."""

    def refuse(module: nn.Module, inputs: tuple[object, ...]) -> None:
        if inputs and isinstance(inputs[0], Tensor) and for_(module, inputs[0]):
            torch.empty(2**60)

    hook = register_module_forward_pre_hook(refuse)
    try:
        yield
    finally:
        hook.remove()


def _whole_pictures(module: nn.Module, _input: Tensor) -> bool:
    return type(module).__name__ in {"Decoder", "Encoder"}


def _both_prompts_at_once(module: nn.Module, latents: Tensor) -> bool:
    return type(module).__name__ == "VectorUNet" and len(latents) > 1


def _node(kind: str, **inputs: object) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


_PROMPT = {
    "load": _node("LoadCheckpoint", ckpt_name="starter.safetensors"),
    "text": _node("CLIPTextEncode", text="a red heart on a blue background", clip=["load", 1]),
    "none": _node("CLIPTextEncode", text="", clip=["load", 1]),
    "drawn": _node("LoadImage", image="example.png"),
    "scaled": _node(
        "ImageScale",
        image=["drawn", 0],
        upscale_method="bicubic",
        width=_SIDE,
        height=_SIDE,
        crop="center",
    ),
    "mask": _node("SolidMask", value=0.0, width=_SIDE, height=_SIDE),
    "encode": _node("VAEEncode", pixels=["scaled", 0], vae=["load", 2]),
    "encode for inpainting": _node(
        "VAEEncodeForInpaint",
        pixels=["scaled", 0],
        vae=["load", 2],
        mask=["mask", 0],
        grow_mask_by=0,
    ),
    "sample": _node(
        "KSampler",
        model=["load", 0],
        seed=1,
        steps=2,
        cfg=3.0,
        sampler_name="euler",
        scheduler="normal",
        positive=["text", 0],
        negative=["none", 0],
        latent_image=["encode", 0],
        denoise=0.3,
    ),
}


def _picture(folder: Path, latents: str) -> tuple[np.ndarray, dict[str, str]]:
    """What latents show, and the nodes that ran out of memory on the way with what was said."""
    decode = _node("VAEDecode", samples=[latents, 0], vae=["load", 2])
    save = _node("SaveImage", images=["decode", 0], filename_prefix="x")
    workflow = folder / "workflow.json"
    workflow.write_text(json.dumps({**_PROMPT, "decode": decode, "save": save}))
    settings = Settings(device="cpu", output=folder / "output", cache_disk=0, cache_results=0)
    said: dict[str, str] = {}

    def listen(event: Event) -> None:
        if isinstance(event, NodeWarning):
            said[event.node_id] = event.text

    with closing(Session(settings)) as session:
        session.run(session.load(workflow), on_event=listen)
    newest = max((folder / "output").glob("*.png"))
    with Image.open(newest) as image:
        return np.asarray(image.convert("RGB"), np.float64), said


@pytest.mark.parametrize("latents", ["encode", "encode for inpainting"])
def test_a_picture_that_does_not_fit_goes_through_the_autoencoder_in_tiles(
    tmp_path: Path, latents: str
) -> None:
    roomy, nothing = _picture(tmp_path, latents)
    with _no_room(_whole_pictures):
        tight, said = _picture(tmp_path, latents)

    assert nothing == {}
    assert said.keys() == {latents, "decode"}
    assert all("memory" in text and "trying once more with less" in text for text in said.values())
    assert 0.0 < np.abs(tight - roomy).mean() <= 1.0


def test_prompts_that_do_not_fit_together_are_asked_about_one_by_one(tmp_path: Path) -> None:
    roomy, _ = _picture(tmp_path, "sample")
    with _no_room(_both_prompts_at_once):
        tight, said = _picture(tmp_path, "sample")

    assert said.keys() == {"sample"}
    assert np.abs(tight - roomy).max() <= 1.0

"""Prompts for SDXL and its refiner, which are told sizes beside the words."""

from typing import Annotated

from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Float, Int, String
from nodes.checks import required
from nodes.types import Clip, Conditioning

Side = Annotated[int, Int(0, 16384)]
Prompt = Annotated[str, String(multiline=True, dynamic_prompts=True)]


@node("CLIPTextEncodeSDXL", category="advanced/conditioning", lane=Lane.ACCELERATOR)
def clip_text_encode_sdxl(
    clip: Clip | None,
    width: Side = 1024,
    height: Side = 1024,
    crop_w: Side = 0,
    crop_h: Side = 0,
    target_width: Side = 1024,
    target_height: Side = 1024,
    *,
    text_g: Prompt,
    text_l: Prompt,
) -> Conditioning:
    """Turn a prompt into conditioning for SDXL, with a text for each of its encoders.

    Args:
        clip: The text encoder of the model.
        width: Of the picture that this one is a part of, in pixels: larger ones had more detail.
        height: Likewise.
        crop_w: Pixels cut off at the left of that picture.
        crop_h: Pixels cut off at its top; 0 keeps subjects in the frame.
        target_width: Of the picture to make.
        target_height: Likewise.
        text_g: The prompt for the larger encoder.
        text_l: The prompt for the smaller encoder; usually the same.
    """
    encoder = required(clip, "clip", "text encoder")
    tokens = {**encoder.tokenise(text_g), "l": encoder.tokenise(text_l).get("l", [])}
    embeddings, pooled = encoder.encode_tokens(tokens)
    told = {
        "pooled_output": pooled,
        "width": width,
        "height": height,
        "crop_w": crop_w,
        "crop_h": crop_h,
        "target_width": target_width,
        "target_height": target_height,
    }
    return [[embeddings, told]]


@node("CLIPTextEncodeSDXLRefiner", category="advanced/conditioning", lane=Lane.ACCELERATOR)
def clip_text_encode_sdxl_refiner(
    ascore: Annotated[float, Float(0.0, 1000.0, step=0.01)] = 6.0,
    width: Side = 1024,
    height: Side = 1024,
    *,
    text: Prompt,
    clip: Clip | None,
) -> Conditioning:
    """Turn a prompt into conditioning for the SDXL refiner.

    Args:
        ascore: How beautiful the picture should be; training pictures were rated up to 10.
        width: Of the picture in pixels.
        height: Likewise.
        text: The prompt.
        clip: The text encoder of the refiner.
    """
    encoder = required(clip, "clip", "text encoder")
    embeddings, pooled = encoder.encode_tokens(encoder.tokenise(text))
    told = {"pooled_output": pooled, "aesthetic_score": ascore, "width": width, "height": height}
    return [[embeddings, told]]

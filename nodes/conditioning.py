"""Nodes that turn words into what steers a model."""

from typing import Annotated

from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Int, String
from nodes.checks import required
from nodes.embedding_files import embeddings_named
from nodes.types import Clip, Conditioning


@node(
    "CLIPTextEncode",
    category="conditioning",
    display_name="CLIP Text Encode (Prompt)",
    lane=Lane.ACCELERATOR,
)
def clip_text_encode(
    text: Annotated[str, String(multiline=True, dynamic_prompts=True, reads=embeddings_named)],
    clip: Clip | None,
) -> Conditioning:
    """Turn a prompt into conditioning: what the picture should show, or what it should not.

    Args:
        text: The prompt. (word) and (word:1.3) weigh more; embedding:NAME is a word that was
            learned from pictures.
        clip: The text encoder of the model.
    """
    return required(clip, "clip", "text encoder").encode(text)


@node("CLIPSetLastLayer", category="conditioning", display_name="CLIP Set Last Layer")
def clip_set_last_layer(
    clip: Clip | None, stop_at_clip_layer: Annotated[int, Int(-24, -1, step=1)] = -1
) -> Clip:
    """Stop the text encoder early ("clip skip").

    Args:
        clip: The text encoder.
        stop_at_clip_layer: The layer to stop at, counted from the end: −1 is the last, −2 the one
            before it.
    """
    return required(clip, "clip", "text encoder").with_skip(stop_at_clip_layer)

"""The node for prompts as AUTOMATIC1111's web UI writes them."""

from typing import Annotated

from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Int, String
from nodes.checks import required
from nodes.embedding_files import embeddings_named
from nodes.types import Clip, Conditioning


@node(
    "CLIPTextEncodeA1111",
    category="conditioning/prompt",
    display_name="CLIP Text Encode (A1111)",
    lane=Lane.ACCELERATOR,
)
def clip_text_encode_a1111(
    text: Annotated[str, String(multiline=True, reads=embeddings_named)],
    clip: Clip | None,
    steps: Annotated[int, Int(1, 10000)] = 20,
) -> Conditioning:
    r"""Turn a prompt in the syntax of AUTOMATIC1111's web UI into conditioning.

    Args:
        text: (a) weighs 1.1 times, [a] 1/1.1 times, (a:1.3) 1.3 times. [a:b:8] is a for 8 steps,
            then b; [a:b:0.4] for 0.4 of them; [b:8] and [a::8] leave one out. [a|b] takes turns. a
            AND b :0.8 guides towards both. BREAK starts a new chunk. \( is a parenthesis.
        clip: The text encoder of the model.
        steps: How many steps the picture takes: the same number as at the sampler.
    """
    from diffusion.webui_prompts import encode_webui

    return encode_webui(required(clip, "clip", "text encoder"), text, steps)

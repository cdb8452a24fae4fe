"""The node that makes the choices in a prompt."""

import math
from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Int, String
from nodes.wildcards import WildcardFiles


def _state_of_files(text: str | None = None, seed: int | None = None) -> float | None:  # noqa: ARG001
    """Nothing without wildcards; their files are read each time."""
    return math.nan if text is None or "__" in text else None


@node(
    "DynamicPrompt",
    category="conditioning/prompt",
    display_name="Dynamic Prompt",
    fingerprint=_state_of_files,
)
def dynamic_prompt(
    ctx: NodeContext,
    text: Annotated[str, String(multiline=True)] = "",
    seed: Annotated[int, Int(0, 2**64 - 1, control_after_generate=True)] = 0,
) -> Annotated[str, String()]:
    r"""Choose among the alternatives in a prompt: {a|b}, and lines of wildcard files: __name__.

    Args:
        ctx: What the engine offers.
        text: {a|b} is one of both, {2::a|b} takes a twice as often, {2$$a|b|c} is two of them,
            {1-2$$ and $$a|b|c} one or two joined by " and ". __name__ is a line of
            user/wildcards/name.txt, where * stands for any letters. \{ is a brace. Lines that start
            with # are left out.
        seed: The same seed makes the same choices.
    """
    from diffusion.prompting.dynamic import resolve

    return resolve(text, seed, WildcardFiles(ctx.folders))

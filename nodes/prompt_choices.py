"""The node that makes the choices in a prompt."""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Int, String
from nodes.wildcards import WildcardFiles, wildcards_named


@node(
    "DynamicPrompt",
    category="conditioning/prompt",
    display_name="Dynamic Prompt",
)
def dynamic_prompt(
    ctx: NodeContext,
    text: Annotated[str, String(multiline=True, reads=wildcards_named)] = "",
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

"""What output nodes have in common: names from prefixes, numbered files, and a word to the editor.

`prompt` and `workflow` travel with each file as JSON, under the names that ComfyUI uses.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from graph.context import NodeContext
from graph.result import NodeOutput
from graph.sockets import Hidden
from nodes.naming import Facts, fill_in
from nodes.saving import Series, Write
from nodes.widget_lookup import find_widget

Place = Literal["output", "temp"]
Prompt: TypeAlias = Annotated[Mapping[str, object] | None, Hidden.PROMPT]
ExtraPngInfo: TypeAlias = Annotated[Mapping[str, object] | None, Hidden.EXTRA_PNGINFO]


def notes(ctx: NodeContext, prompt: Prompt, extra_pnginfo: ExtraPngInfo) -> dict[str, str]:
    """What goes into a file beside its content: `prompt` and each of the extras, as JSON.

    Nothing does where the user wants it so.
    """
    if not ctx.service("metadata", True):
        return {}
    texts = {} if prompt is None else {"prompt": json.dumps(prompt)}
    return texts | {name: json.dumps(value) for name, value in (extra_pnginfo or {}).items()}


def series(
    ctx: NodeContext,
    place: Place,
    prefix: str,
    suffix: str,
    size: tuple[int, int],
    prompt: Prompt,
    extra_pnginfo: ExtraPngInfo,
) -> Series:
    """The row of files that a prefix names, its tokens filled in.

    Args:
        ctx: What the engine offers.
        place: Which folder they go to.
        prefix: What the person typed.
        suffix: With its dot.
        size: Width and height in pixels, for `%width%` and `%height%`.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else travels with the run.

    Raises:
        NodeInputError: The prefix leads out of that folder.
    """

    def widget(node: str, name: str) -> str | None:
        return find_widget(node, name, prompt, extra_pnginfo)

    facts = Facts(datetime.now(), *size, widget)
    filled, unknown = fill_in(prefix, facts)
    for token in unknown:
        ctx.warn(f"filename_prefix asks for {token}, but the workflow has no such node or input")
    root = ctx.folders.output if place == "output" else ctx.folders.temp
    # Waiting for the disk takes longer than anything else about a preview, which nobody keeps.
    return Series.of(root, filled, suffix, lasting=place == "output")


def save(series: Series, writers: Sequence[Write], place: Place, key: str) -> NodeOutput:
    """Write files, and tell the editor under a key of its own (`images`, `latents`)."""
    paths = series.save(writers)
    shown = [
        {"filename": path.name, "subfolder": series.subfolder, "type": place} for path in paths
    ]
    return NodeOutput(ui={key: shown}, files=tuple(paths))

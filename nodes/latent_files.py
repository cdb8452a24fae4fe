"""Nodes that keep latents in ComfyUI's `.latent` files.

Such a file is in safetensors format: `latent_tensor`, an empty `latent_format_version_0`, and
`prompt` and `workflow` in the metadata. A file without the version is older, and holds latents in
SD 1.x's model units.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from graph.context import NodeContext
from graph.decorator import node
from graph.errors import NodeInputError
from graph.result import NodeOutput
from graph.sockets import InputFile, String
from nodes.checks import blaming
from nodes.latent import PIXELS
from nodes.outputs import ExtraPngInfo, Prompt, notes, save, series
from nodes.types import Latent

if TYPE_CHECKING:
    import torch

TENSOR = "latent_tensor"
VERSION = "latent_format_version_0"
OLD_FACTOR = 1.0 / 0.18215


@node("SaveLatent", category="_for_testing", display_name="SaveLatent", output_node=True)
def save_latent(
    ctx: NodeContext,
    samples: Latent,
    filename_prefix: Annotated[str, String()] = "latents/ComfyUI",
    *,
    prompt: Prompt = None,
    extra_pnginfo: ExtraPngInfo = None,
) -> NodeOutput:
    """Save a batch of latents in the output folder, to go on from later.

    Args:
        ctx: What the engine offers.
        samples: The latents.
        filename_prefix: What comes before the number, as for Save Image.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else goes into the file, the editor's document above all.
    """
    tensor = samples["samples"]
    size = (tensor.shape[-1] * PIXELS, tensor.shape[-2] * PIXELS)
    row = series(ctx, "output", filename_prefix, ".latent", size, prompt, extra_pnginfo)
    writer = partial(_write_latent, tensor, notes(ctx, prompt, extra_pnginfo))
    return save(row, [writer], "output", "latents")


@node("LoadLatent", category="_for_testing", display_name="LoadLatent")
def load_latent(
    ctx: NodeContext, latent: Annotated[str, InputFile("latent", upload=False)]
) -> Latent:
    """Load latents that SaveLatent saved.

    Args:
        ctx: What the engine offers.
        latent: A .latent file in the input folder.
    """
    path = ctx.folders.input_path(latent, outside=ctx.allow_outside_inputs)
    with blaming("latent"):
        return {"samples": read_latent(path)}


def read_latent(path: Path) -> "torch.Tensor":
    """Read a `.latent` file.

    Returns:
        Float32 [B, C, h, w] in LATENT units.

    Raises:
        NodeInputError: It is none, or damaged.
    """
    import safetensors
    from safetensors.torch import load_file

    try:
        tensors = load_file(path)
    except FileNotFoundError as error:
        raise NodeInputError(f"{path} does not exist: choose a latent that does") from error
    except (safetensors.SafetensorError, OSError) as error:
        raise NodeInputError(
            f"{path.name} is no complete .latent file ({error}): save the latents again"
        ) from error
    if TENSOR not in tensors:
        raise NodeInputError(f"{path.name} holds no '{TENSOR}': choose a file SaveLatent made")
    return tensors[TENSOR].float() * (1.0 if VERSION in tensors else OLD_FACTOR)


def _write_latent(tensor: "torch.Tensor", texts: dict[str, str], file: BinaryIO) -> None:
    import torch
    from safetensors.torch import save as to_bytes

    held = {TENSOR: tensor.detach().cpu().contiguous(), VERSION: torch.tensor([])}
    file.write(to_bytes(held, metadata=texts))

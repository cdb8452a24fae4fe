"""Nodes that load models from the folders below `models/`.

What they give is kept by the engine's cache, so a model is loaded once.
"""

from typing import TYPE_CHECKING, Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.sockets import ModelFile
from nodes.checks import blaming
from nodes.types import Clip, Model, Vae

if TYPE_CHECKING:
    from diffusion.site import Site


@node(
    "LoadCheckpoint",
    category="loaders",
    display_name="Load Checkpoint",
    aliases=("CheckpointLoaderSimple",),
    lane=Lane.ACCELERATOR,
)
def load_checkpoint(
    ctx: NodeContext, ckpt_name: Annotated[str, ModelFile("checkpoints")]
) -> tuple[Model, Clip | None, Vae | None]:
    """Load a checkpoint: the model that makes pictures, its text encoder and its autoencoder.

    Args:
        ctx: What the engine offers.
        ckpt_name: A file below models/checkpoints.
    """
    from diffusion import checkpoints

    path = ctx.folders.model_path("checkpoints", ckpt_name)
    with blaming("ckpt_name"):
        loaded = checkpoints.load_checkpoint(path, site_of(ctx), on_progress=ctx.progress)
    # What the file lacks is missed by the node that needs it, which can say so.
    return loaded.model, loaded.clip, loaded.vae


@node("VAELoader", category="loaders", display_name="Load VAE", lane=Lane.ACCELERATOR)
def vae_loader(ctx: NodeContext, vae_name: Annotated[str, ModelFile("vae")]) -> Vae:
    """Load an autoencoder, to use another than the checkpoint's own.

    Args:
        ctx: What the engine offers.
        vae_name: A file below models/vae.
    """
    from diffusion.parts import load_vae

    path = ctx.folders.model_path("vae", vae_name)
    with blaming("vae_name"):
        return load_vae(path, site_of(ctx), on_progress=ctx.progress)


def site_of(ctx: NodeContext, device: str = "") -> "Site":
    """Where a node's models go, as the application has it.

    Args:
        ctx: What the engine offers.
        device: Another than the run's.
    """
    import torch

    from diffusion.precision import Precision
    from diffusion.residency import Residency
    from diffusion.site import Site

    residency = ctx.service("residency")
    return Site(
        device=torch.device(device or ctx.device),
        precision=Precision(str(ctx.service("precision", "auto"))),
        vae_precision=Precision(str(ctx.service("vae_precision", "auto"))),
        residency=residency if isinstance(residency, Residency) else None,
    )

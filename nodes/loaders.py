"""Nodes that load models from the folders below `models/`.

What they give is kept by the engine's cache, so a model is loaded once.
"""

from typing import TYPE_CHECKING, Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Combo, ModelFile
from nodes.checks import blaming
from nodes.configs import config_of
from nodes.embedding_files import embeddings_in
from nodes.types import Clip, Model, Vae

if TYPE_CHECKING:
    from diffusion.site import Site

# Of the original repositories; a file's own names and numbers tell all of it but two things.
CONFIGS = (
    "anything_v3.yaml",
    "v1-inference.yaml",
    "v1-inference_clip_skip_2.yaml",
    "v1-inference_clip_skip_2_fp16.yaml",
    "v1-inference_fp16.yaml",
    "v1-inpainting-inference.yaml",
    "v2-inference-v.yaml",
    "v2-inference-v_fp32.yaml",
    "v2-inference.yaml",
    "v2-inference_fp32.yaml",
    "v2-inpainting-inference.yaml",
)


@node(
    "LoadCheckpoint",
    category="loaders",
    display_name="Load Checkpoint",
    aliases=("CheckpointLoaderSimple",),
    lane=Lane.ACCELERATOR,
)
def load_checkpoint(
    ctx: NodeContext,
    ckpt_name: Annotated[str, ModelFile("checkpoints", reads=config_of)],
) -> tuple[Model, Clip | None, Vae | None]:
    """Load a checkpoint: the model that makes pictures, its text encoder and its autoencoder.

    Args:
        ctx: What the engine offers.
        ckpt_name: A file below models/checkpoints. A .yaml of its name beside it may say whether it
            predicts noise or velocities.
    """
    from diffusion import checkpoints

    path = ctx.folders.model_path("checkpoints", ckpt_name)
    with blaming("ckpt_name"):
        loaded = checkpoints.load_checkpoint(path, site_of(ctx), on_progress=ctx.progress)
    # What the file lacks is missed by the node that needs it, which can say so.
    return loaded.model, loaded.clip, loaded.vae


@node(
    "CheckpointLoader",
    category="advanced/loaders",
    display_name="Load Checkpoint With Config (DEPRECATED)",
    lane=Lane.ACCELERATOR,
    deprecated=True,
)
def checkpoint_loader(
    ctx: NodeContext,
    config_name: Annotated[str, Combo(CONFIGS)],
    ckpt_name: Annotated[str, ModelFile("checkpoints")],
) -> tuple[Model, Clip | None, Vae | None]:
    """Load a checkpoint as its configuration says; Load Checkpoint finds out by itself.

    Args:
        ctx: What the engine offers.
        config_name: Tells noise from velocities, and whether the text encoder stops early.
        ckpt_name: A file below models/checkpoints.
    """
    from diffusion.checkpoints import load_checkpoint as load
    from diffusion.parameterisation import Prediction

    path = ctx.folders.model_path("checkpoints", ckpt_name)
    prediction = Prediction.V if "inference-v" in config_name else Prediction.EPS
    with blaming("ckpt_name"):
        loaded = load(path, site_of(ctx), prediction=prediction, on_progress=ctx.progress)
    clip = loaded.clip
    if clip is not None and "clip_skip_2" in config_name:
        clip = clip.with_skip(-2)
    return loaded.model, clip, loaded.vae


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
    manager = residency() if callable(residency) else None
    return Site(
        device=torch.device(device or ctx.device),
        precision=Precision(str(ctx.service("precision", "auto"))),
        vae_precision=Precision(str(ctx.service("vae_precision", "auto"))),
        residency=manager if isinstance(manager, Residency) else None,
        embeddings=embeddings_in(ctx.folders),
    )

"""Nodes that load the parts of a model from files of their own, and models in other forms."""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.errors import NodeInputError
from graph.sockets import Combo, ModelFile, Trait
from nodes.checks import blaming
from nodes.loaders import site_of
from nodes.types import Clip, Model, Vae

CLIP_TYPES = (
    "stable_diffusion",
    "stable_cascade",
    "sd3",
    "stable_audio",
    "mochi",
    "ltxv",
    "pixart",
    "cosmos",
    "lumina2",
    "wan",
    "hidream",
    "chroma",
    "ace",
    "omnigen2",
    "qwen_image",
    "hunyuan_image",
)
DUAL_CLIP_TYPES = ("sdxl", "sd3", "flux", "hunyuan_video", "hidream", "hunyuan_image")
_KNOWN_TYPES = ("stable_diffusion", "sdxl")
WEIGHT_DTYPES = ("default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2")

ClipFile = Annotated[str, ModelFile("clip")]
Where = Annotated[str | None, Combo(("default", "cpu")), Trait.ADVANCED]


@node(
    "UNETLoader",
    category="advanced/loaders",
    display_name="Load Diffusion Model",
    lane=Lane.ACCELERATOR,
)
def unet_loader(
    ctx: NodeContext,
    unet_name: Annotated[str, ModelFile("diffusion_models")],
    weight_dtype: Annotated[str, Combo(WEIGHT_DTYPES)],
) -> Model:
    """Load the network of a model from a file of its own.

    Args:
        ctx: What the engine offers.
        unet_name: A file below models/diffusion_models.
        weight_dtype: What its weights are kept in; 8 bits halve their memory and cost precision
            and time.
    """
    from diffusion.parts import load_unet

    path = ctx.folders.model_path("diffusion_models", unet_name)
    with blaming("unet_name"):
        return load_unet(path, site_of(ctx), storage=weight_dtype, on_progress=ctx.progress)


@node("CLIPLoader", category="advanced/loaders", display_name="Load CLIP", lane=Lane.ACCELERATOR)
def clip_loader(
    ctx: NodeContext,
    clip_name: ClipFile,
    type: Annotated[str, Combo(CLIP_TYPES)],  # noqa: A002 - the name that workflows have
    device: Where = None,
) -> Clip:
    """Load a text encoder from a file of its own: SD 1.x's, SD 2.x's or the SDXL refiner's.

    Args:
        ctx: What the engine offers.
        clip_name: A file below models/clip.
        type: The kind of model that it is for.
        device: Where it computes; `cpu` leaves room on the GPU.
    """
    return _load_clip(ctx, {"clip_name": clip_name}, type, device)


@node("DualCLIPLoader", category="advanced/loaders", lane=Lane.ACCELERATOR)
def dual_clip_loader(
    ctx: NodeContext,
    clip_name1: ClipFile,
    clip_name2: ClipFile,
    type: Annotated[str, Combo(DUAL_CLIP_TYPES)],  # noqa: A002 - the name that workflows have
    device: Where = None,
) -> Clip:
    """Load the two text encoders of SDXL from files of their own.

    Args:
        ctx: What the engine offers.
        clip_name1: A file below models/clip.
        clip_name2: The other one; the order does not matter.
        type: The kind of model that they are for.
        device: Where they compute; `cpu` leaves room on the GPU.
    """
    names = {"clip_name1": clip_name1, "clip_name2": clip_name2}
    return _load_clip(ctx, names, type, device)


def _load_clip(ctx: NodeContext, names: dict[str, str], kind: str, device: str | None) -> Clip:
    if kind not in _KNOWN_TYPES:
        raise NodeInputError(
            f"input 'type': text encoders of the kind '{kind}' are not read so far; Safelight "
            f"reads {' and '.join(_KNOWN_TYPES)}"
        )
    from diffusion.parts import load_text_encoder

    paths = [ctx.folders.model_path("clip", name) for name in names.values()]
    site = site_of(ctx, "cpu" if device == "cpu" else "")
    with blaming("', '".join(names)):
        return load_text_encoder(paths, site, on_progress=ctx.progress)


@node(
    "DiffusersLoader",
    category="advanced/loaders/deprecated",
    lane=Lane.ACCELERATOR,
)
def diffusers_loader(
    ctx: NodeContext, model_path: Annotated[str, ModelFile("diffusers")]
) -> tuple[Model, Clip | None, Vae | None]:
    """Load a model in diffusers' layout, a folder with a subfolder for each part.

    Args:
        ctx: What the engine offers.
        model_path: A folder below models/diffusers.
    """
    from diffusion.checkpoints import load_checkpoint

    path = ctx.folders.model_path("diffusers", model_path)
    with blaming("model_path"):
        loaded = load_checkpoint(path, site_of(ctx), on_progress=ctx.progress)
    return loaded.model, loaded.clip, loaded.vae

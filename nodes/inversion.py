"""The node that turns a picture back into the noise it would be made from."""

from typing import Annotated

from diffusion.names import SCHEDULER_NAMES
from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Combo, Float, Int
from nodes.types import Conditioning, Latent, Model
from nodes.watching import watched


@node(
    "DDIMInversion",
    category="sampling/inversion",
    display_name="DDIM Inversion",
    lane=Lane.ACCELERATOR,
    thrifty=True,
)
def ddim_inversion(
    ctx: NodeContext,
    model: Model,
    positive: Conditioning,
    latent_image: Latent,
    steps: Annotated[int, Int(1, 10000)] = 50,
    cfg: Annotated[float, Float(0.0, 100.0, step=0.1, round=0.01)] = 1.0,
    *,
    scheduler: Annotated[str, Combo(SCHEDULER_NAMES)],
    denoise: Annotated[float, Float(0.0, 1.0, step=0.01)] = 1.0,
    refinements: Annotated[int, Int(0, 20)] = 2,
    negative: Conditioning | None = None,
) -> Latent:
    """Find the noise that a picture would be made from, to make it again or with another prompt.

    Sample from it without adding noise (KSampler (Advanced), or SamplerCustom), with the sampler
    euler and the same steps and scheduler.

    Args:
        ctx: What the engine offers.
        model: The model that denoises.
        positive: What the picture shows.
        latent_image: The picture.
        steps: More steps bring it back more exactly and take longer.
        cfg: How strongly the prompt is followed; at 1 the picture comes back exactly.
        scheduler: How the noise levels are spread over the steps.
        denoise: How far back to go; less than 1 keeps more of the picture. Sample with the same.
        refinements: How often each step is corrected; each takes as long as the step.
        negative: What the picture does not show; needed where cfg is not 1.
    """
    from diffusion.inversion import invert

    with watched(ctx, model) as run:
        samples = invert(
            model,
            positive,
            negative,
            latent_image,
            steps=steps,
            schedule=scheduler,
            cfg=cfg,
            denoise=denoise,
            refinements=refinements,
            on_step=run.on_step,
            journal=run.journal,
        )
    kept = {key: value for key, value in latent_image.items() if key != "noise_mask"}
    return {**kept, "samples": samples}

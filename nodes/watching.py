"""What every node that samples gives the user: previews, a way to stop it, and a way to go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.context import Journal, NodeContext
from nodes.types import Model

if TYPE_CHECKING:
    import torch

    from diffusion.driver import Step
    from diffusion.latents import LatentFormat


@dataclass(frozen=True, eq=False)
class LatentPreview:
    """A step's guess of the finished picture, drawn only when somebody looks.

    Attributes:
        denoised: [B, C, h, w] in model units.
        units: Knows the colours that latents stand for.
    """

    denoised: "torch.Tensor"
    units: "LatentFormat"

    def __call__(self) -> "torch.Tensor | None":
        """The first picture, [1, h, w, 3] in 0..1; None where the colours are unknown."""
        return self.units.preview(self.denoised[:1])


@dataclass(frozen=True, eq=False)
class Watched:
    """What sampling is handed while it is watched.

    Attributes:
        on_step: Tells the run of each step.
        journal: Where a run that was killed goes on; None if nothing outlives this process.
    """

    on_step: "Callable[[Step], None]"
    journal: Journal | None


@contextmanager
def watched(ctx: NodeContext, model: Model) -> Iterator[Watched]:
    """Watch over sampling: it is told of, can be cancelled within a step, and resumed.

    The journal goes by the recipe, so a node must sample as its inputs say and not otherwise.

    Args:
        ctx: What the engine offers.
        model: The model that is asked; its units say how previews look.
    """
    from diffusion.interruption import interruptible
    from diffusion.thrift import thrifty

    def report(step: "Step") -> None:
        ctx.progress(step.step, step.total, LatentPreview(step.denoised, model.latent_format))

    with interruptible(ctx.check_cancelled), thrifty(ctx.thrifty):
        yield Watched(report, ctx.journal())

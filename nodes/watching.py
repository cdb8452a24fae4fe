"""What every node that samples gives the user: previews, a way to stop it, and a way to go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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
        glass: Draws it better; None where there is no such thing.
    """

    denoised: "torch.Tensor"
    units: "LatentFormat"
    glass: "Glass | None" = None

    def __call__(self) -> "torch.Tensor | None":
        """The first picture, [1, H, W, 3] in 0..1; None where the colours are unknown."""
        first = self.denoised[:1]
        picture = self.glass.look(first) if self.glass is not None else None
        return self.units.preview(first) if picture is None else picture


class Glass:
    """A TAESD decoder that is loaded when somebody first looks through it.

    Args:
        ctx: Told if it cannot be loaded.
        path: Where it is.
        channels: Of the latents to be looked at.
    """

    def __init__(self, ctx: NodeContext, path: Path, channels: int) -> None:
        self._ctx = ctx
        self._path = path
        self._channels = channels
        self._module: torch.nn.Module | None = None
        self._broken = False

    def look(self, latents: "torch.Tensor") -> "torch.Tensor | None":
        """Decode latents in model units to pictures [B, H, W, 3] in 0..1; None if it is broken."""
        import torch

        from diffusion.errors import DiffusionError
        from diffusion.tiny_autoencoders import load_tiny_decoder

        if self._broken:
            return None
        try:
            if self._module is None:
                self._module = load_tiny_decoder(self._path, self._channels).to(latents.device)
        except DiffusionError as error:
            self._broken = True
            self._ctx.warn(f"previews are rough: {error}")
            return None
        with torch.inference_mode():
            pixels: torch.Tensor = self._module(latents.float())
        return ((pixels.movedim(1, -1) + 1.0) / 2.0).clamp(0.0, 1.0)


def find_glass(ctx: NodeContext, units: "LatentFormat") -> Glass | None:
    """Return the decoder for a family, if previews are to be drawn through it and it is there."""
    if not units.tiny or ctx.service("preview_method", "auto") not in {"auto", "taesd"}:
        return None
    for name in ctx.folders.model_names("vae_approx"):
        if Path(name).name.startswith(f"{units.tiny}_decoder."):
            return Glass(ctx, ctx.folders.model_path("vae_approx", name), units.channels)
    return None


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

    units = model.latent_format
    glass = find_glass(ctx, units)

    def report(step: "Step") -> None:
        ctx.progress(step.step, step.total, LatentPreview(step.denoised, units, glass))

    with interruptible(ctx.check_cancelled), thrifty(ctx.thrifty):
        yield Watched(report, ctx.journal())

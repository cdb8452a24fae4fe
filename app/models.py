"""What nodes that load models are handed: in which precision, and who keeps weights on devices."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings
    from diffusion.residency import Residency


class ModelRoom:
    """Where the weights of all loaded models live; made when the first one comes.

    So that torch is imported by whoever loads a model and by nobody before.
    """

    @cached_property
    def residency(self) -> Residency:
        """Who decides which weights are on which device."""
        from diffusion.residency import Residency, cuda_budget

        return Residency(cuda_budget)

    def free(self) -> None:
        """Send all weights away that no node uses now; they come back when they are needed."""
        if "residency" in self.__dict__:
            self.residency.unload_all()

    def services(self, settings: Settings) -> dict[str, object]:
        """Return what nodes may ask for."""
        return {
            "precision": settings.precision,
            "vae_precision": settings.vae_precision,
            "metadata": settings.metadata,
            "preview_method": settings.preview_method,
            "residency": lambda: self.residency,
        }

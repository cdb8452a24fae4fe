"""Where the parts of a model go, in which precision, and who is told while they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from diffusion.modules import Placement
from diffusion.precision import Precision, compute_dtype, stored_dtype

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from diffusion.embeddings import Embeddings
    from diffusion.residency import Residency

    OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Site:
    """A device and how models compute there.

    Attributes:
        device: Where weights go.
        precision: Of UNets and text encoders.
        vae_precision: Of autoencoders; `auto` is float32, since float16 overflows in SDXL's.
        residency: Who decides when weights are on the device; None to stay for good.
        embeddings: Those that prompts may name; None where there are none to be had.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    precision: Precision = Precision.AUTO
    vae_precision: Precision = Precision.AUTO
    residency: Residency | None = None
    embeddings: Embeddings | None = None

    def dtype(self, tensors: Mapping[str, Tensor]) -> torch.dtype:
        """What a UNet or text encoder of these tensors computes in."""
        return compute_dtype(self.precision, self.device, stored_dtype(tensors.values()))

    def vae_dtype(self) -> torch.dtype:
        """What an autoencoder computes in."""
        wish = Precision.FP32 if self.vae_precision is Precision.AUTO else self.vae_precision
        return compute_dtype(wish, self.device)


class Progress:
    """Counts bytes of tensors; those that no module wants are counted at the end.

    Args:
        total: Bytes of all tensors.
        report: Told of bytes done and in all, at each hundredth; may raise to cancel.
    """

    def __init__(self, total: int, report: OnProgress | None) -> None:
        self._total = total
        self._done = 0
        self._told = -1
        self._report = report

    def add(self, size: int) -> None:
        """Count a tensor."""
        self._done += size
        # Models have thousands of tensors, most of them small: nobody wants to hear of each.
        share = 100 * self._done // self._total if self._total else 0
        if self._report and share > self._told:
            self._told = share
            self._report(self._done, self._total)

    def finish(self) -> None:
        """Count whatever was left over."""
        if self._done < self._total:
            self.add(self._total - self._done)


@dataclass(frozen=True)
class Loading:
    """One file being loaded.

    Attributes:
        source: How messages call the file.
        site: Where its parts go.
        progress: Counts its bytes.
    """

    source: str
    site: Site
    progress: Progress

    @classmethod
    def of(
        cls,
        source: str,
        site: Site,
        report: OnProgress | None,
        *parts: Mapping[str, Tensor],
    ) -> Loading:
        """Begin to load parts of a file."""
        total = sum(tensor.nbytes for part in parts for tensor in part.values())
        return cls(source, site, Progress(total, report))

    def place(self, part: str, dtype: torch.dtype) -> Placement:
        """Where a part goes; `part` is its name in messages, "UNet" for instance."""
        what = f"the {part} of {self.source}"
        return Placement(what, self.site.device, dtype, self.progress.add, self.site.residency)

"""The starter model drawing a picture in a worker that is killed on the way."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

import safelight
from app.bootstrap.start import ROOT
from app.settings import Settings
from app.worker import make_workshop
from graph.backends.process import ProcessBackend
from graph.backends.protocol import Done, JobRequest, Outcome
from graph.events import Event, NodeProgress

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

STEPS = 12
SAMPLER = "euler_ancestral"
TXT2IMG = ROOT / "workflows" / "txt2img.json"


def settings(base: Path) -> Settings:
    """Folders of their own, and results in memory only, so that a new worker knows none."""
    return Settings(output=base / "output", cache=base / "cache", cache_disk=0, device="cpu")


def prompt(seed: int) -> dict[str, Any]:
    """The text-to-picture workflow, with a sampler that draws fresh noise at each step."""
    nodes: dict[str, Any] = safelight.load(TXT2IMG).document.prompt
    for node in nodes.values():
        if node["class_type"] == "KSampler":
            node["inputs"] |= {"seed": seed, "steps": STEPS, "sampler_name": SAMPLER}
    return nodes


@dataclass
class Studio:
    """A server with one worker.

    Attributes:
        base: Where its folders are.
        steps: What the sampler told during the last run.
    """

    base: Path
    steps: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.backend = ProcessBackend(make_workshop, settings(self.base))

    def draw(
        self,
        seed: int,
        at_step: Callable[[int], None] | None = None,
        at_load: Callable[[], None] | None = None,
    ) -> Outcome:
        """Run the workflow, calling functions when the sampler tells of a step, the loader of some.

        Args:
            seed: Another picture.
            at_step: Given the number of each step.
            at_load: Called again and again while the model is loaded.
        """
        self.steps = []

        def listen(event: Event) -> None:
            if not isinstance(event, NodeProgress):
                return
            if event.class_type == "KSampler":
                self.steps.append(event.value)
                if at_step is not None:
                    at_step(event.value)
            elif at_load is not None:
                at_load()

        return self.backend.run(JobRequest(f"draw {seed}", prompt(seed)), listen)

    def cancel(self, seed: int) -> None:
        """Cancel the run that draws a picture."""
        self.backend.cancel(f"draw {seed}")

    def drawn(self, seed: int) -> Pixels:
        """Run the workflow to its end; the pixels of the picture."""
        outcome = self.draw(seed)
        assert isinstance(outcome, Done), outcome
        return self.newest()

    def newest(self) -> Pixels:
        """The pixels of the picture that was saved last."""
        with Image.open(self.newest_file()) as picture:
            return np.asarray(picture)

    def newest_file(self) -> Path:
        """The picture that was saved last."""
        files = (self.base / "output").glob("*.png")
        return max(files, key=lambda path: path.stat().st_mtime_ns)

    def end_worker(self, number: signal.Signals) -> None:
        """Send the worker's process a signal."""
        pid = self.backend.worker_pid
        if pid is not None:
            os.kill(pid, number)

    def files(self) -> set[Path]:
        """All files in its folders, as far as they do not come and go with a database."""
        found = (path for path in self.base.rglob("*") if path.is_file())
        return {path for path in found if ".sqlite" not in path.name}

    def journals(self) -> list[Path]:
        """The journals there are."""
        return list((self.base / "cache" / "resume").glob("*"))

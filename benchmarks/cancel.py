"""How long a cancelled job goes on: while a checkpoint is read, loaded, and in a sampling step.

    python -m benchmarks.cancel [--sd15] [--size 64] [--times 5]

Each job runs in a worker process, as the server has it, and is cancelled at a random moment of the
part that is measured; the figure is the time from `cancel` until the outcome is there. The starter
model is too small to tell much; `--sd15` writes random weights of SD 1.5's shape (2.1 GB) to a
temporary folder first. Last comes what asking costs: a forward pass with and without its hooks.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

import safelight
from app.bootstrap.start import ROOT
from app.settings import Settings
from app.worker import make_workshop
from benchmarks.random_checkpoint import write_random_sd15
from diffusion.checkpoints import load_checkpoint
from diffusion.interruption import heed_interruption, interruptible
from graph.backends.process import ProcessBackend
from graph.backends.protocol import CancelledOutcome, JobRequest
from graph.events import JobStarted, NodeProgress, NodeStarted

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.events import Event

STARTER = ROOT / "models" / "checkpoints" / "starter.safetensors"
LOADING, BEYOND_A_STEP = 0.5, 0.1
_STEPS = 1000


class Bench:
    """One worker over folders of its own.

    Args:
        base: An empty folder.
        checkpoint: The model.
        size: Pixels of a side.
    """

    def __init__(self, base: Path, checkpoint: Path, size: int) -> None:
        self._random = random.Random(0)
        prompt: dict[str, Any] = safelight.load(ROOT / "workflows" / "txt2img.json").document.prompt
        self._prompt = prompt
        for node in prompt.values():
            match node["class_type"]:
                case "KSampler":
                    node["inputs"]["steps"] = _STEPS
                case "EmptyLatentImage":
                    node["inputs"] |= {"width": size, "height": size}
                case "LoadCheckpoint" | "CheckpointLoaderSimple":
                    node["inputs"]["ckpt_name"] = checkpoint.name
        models = base / "models" / "checkpoints"
        models.mkdir(parents=True)
        (models / checkpoint.name).symlink_to(checkpoint)
        self._settings = Settings(base=base, cache_disk=0, device="cpu")
        self.reading = self.loading = 0.0
        self._start()

    def cancel_after(self, kind: type[Event], class_type: str, longest: float) -> float:
        """Run, and cancel at a random moment after something was told; seconds until the end."""
        uttered = 0.0
        begun = False

        def cancel() -> None:
            nonlocal uttered
            uttered = time.perf_counter()
            self.backend.cancel("bench")

        def listen(event: Event) -> None:
            nonlocal begun
            about = getattr(event, "class_type", "")
            if not begun and isinstance(event, kind) and about == class_type:
                begun = True
                Timer(self._random.uniform(0, longest), cancel).start()

        outcome = self.backend.run(JobRequest("bench", self._prompt), listen)
        ended = time.perf_counter()
        assert isinstance(outcome, CancelledOutcome), outcome
        return ended - uttered

    def start_anew(self, *, forgetful: bool) -> None:
        """Start another worker, which has loaded nothing; a forgetful one reads the file anew."""
        self.backend.close()
        if forgetful:
            shutil.rmtree(self._settings.folder("cache"), ignore_errors=True)
        self._start()

    def _start(self) -> None:
        self.backend = ProcessBackend(make_workshop, self._settings, grace=60.0)
        problem = self.backend.wait(120)
        assert not problem, problem
        # What the server loads in the background is there before the first job of most people.
        self.backend.ask("warm", seconds=120)

    def seconds_per_step(self) -> float:
        """How long steps take, the first two apart; notes how long the rest takes, too."""
        moments: dict[str, float] = {}
        steps: list[float] = []

        def listen(event: Event) -> None:
            about = f"{type(event).__name__} {getattr(event, 'class_type', '')}"
            moments[about] = time.perf_counter()
            if about == "NodeProgress KSampler":
                steps.append(moments[about])
                if len(steps) == 6:
                    self.backend.cancel("bench")

        self.backend.run(JobRequest("bench", self._prompt), listen)
        loader = "LoadCheckpoint"
        self.reading = moments[f"NodeStarted {loader}"] - moments["JobStarted "]
        self.loading = moments[f"NodeFinished {loader}"] - moments[f"NodeStarted {loader}"]
        return (steps[5] - steps[1]) / 4


@dataclass(frozen=True)
class Price:
    """What it costs that a forward pass can be stopped.

    Attributes:
        forward: Seconds of a pass.
        asked: How often it asks whether to go on.
        answer: Seconds that asking once takes, the hook included.
    """

    forward: float
    asked: int
    answer: float


def price(checkpoint: Path, size: int) -> Price:
    """Measure a forward pass of the UNet, and what a hook adds to a module that does nothing."""
    network: Any = load_checkpoint(checkpoint).model.network
    x, moment = torch.zeros(2, 4, size // 8, size // 8), torch.full((2,), 500.0)
    context = torch.zeros(2, 77, int(network.module.config.cross_attention_dim))
    asked: list[None] = []
    with torch.inference_mode(), interruptible(lambda: asked.append(None)):
        network(x, moment, context)
        often = len(asked)
        forward = _seconds(lambda: network(x, moment, context), times=3)
    plain, hooked = (nn.Sequential(nn.Identity()) for _ in range(2))
    heed_interruption(nn.Sequential(nn.ModuleList([hooked])))
    with interruptible(lambda: None):
        answer = _seconds(lambda: hooked(x), 10_000) - _seconds(lambda: plain(x), 10_000)
    return Price(forward, often, answer)


def _seconds(function: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        function()
    return (time.perf_counter() - began) / times


def measure(checkpoint: Path, size: int, times: int) -> int:
    """Measure everything for one checkpoint; answers how many bars were missed."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), checkpoint, size)
        step = bench.seconds_per_step()
        steps = [bench.cancel_after(NodeProgress, "KSampler", step) for _ in range(times)]
        loads, reads = [], []
        for _ in range(times):
            bench.start_anew(forgetful=False)
            loads.append(bench.cancel_after(NodeStarted, "LoadCheckpoint", bench.loading))
        for _ in range(times):
            bench.start_anew(forgetful=True)
            reads.append(bench.cancel_after(JobStarted, "", bench.reading))
        bench.backend.close()
    cost = price(checkpoint, size)
    print(f"{checkpoint.name} at {size}×{size} pixels; a step takes {step:.3f} s")
    missed = _print("in a sampling step", steps, step + BEYOND_A_STEP)
    missed += _print("while the file is read", reads, LOADING)
    missed += _print("while it is loaded", loads, LOADING)
    share = cost.asked * cost.answer / cost.forward
    print(
        f"a forward pass takes {cost.forward * 1e3:.1f} ms and asks {cost.asked} times, which "
        f"takes {cost.asked * cost.answer * 1e6:.0f} µs: {share:.3%}"
    )
    return missed


def _print(when: str, seconds: list[float], bar: float) -> int:
    longest, middle = max(seconds), statistics.median(seconds)
    verdict = "ok" if longest <= bar else "MISSED"
    print(f"cancelled {when}: {middle:.3f} s, at most {longest:.3f}; bar {bar:.3f} {verdict}")
    return int(longest > bar)


def main() -> int:
    """Measure; answers how many bars were missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sd15", action="store_true", help="random weights of SD 1.5's shape")
    parser.add_argument("--checkpoint", type=Path, help="this model")
    parser.add_argument("--size", type=int, help="pixels of a side")
    parser.add_argument("--times", type=int, default=5, help="jobs to cancel of each kind")
    options = parser.parse_args()
    if not options.sd15:
        checkpoint = (options.checkpoint or STARTER).absolute()
        return measure(checkpoint, options.size or 64, options.times)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "random_sd15.safetensors"
        write_random_sd15(checkpoint)
        return measure(checkpoint, options.size or 256, options.times)


if __name__ == "__main__":
    sys.exit(main())

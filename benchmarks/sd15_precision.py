"""A step in bfloat16 against one in float32, on random weights of SD 1.5's shape.

    python -m benchmarks.sd15_precision [--rounds 3] [--steps 2] [--size 256]

Short runs of both alternate in one process; trust the ratios. Bars, on a CPU with bfloat16 dot
products: half of the time at 256 pixels, 0.7 of it at 512.
"""

import argparse
import statistics
import time
from itertools import pairwise

import torch

from benchmarks.random_checkpoint import random_sd15
from diffusion.assembly import Checkpoint
from diffusion.checkpoints import load_checkpoint
from diffusion.driver import Step
from diffusion.precision import Precision
from diffusion.sampling import sample
from diffusion.site import Site

BARS = {256: 0.5, 512: 0.7}


def step_seconds(checkpoint: Checkpoint, steps: int, size: int) -> list[float]:
    """What each step of a run takes, without the first, which warms up."""
    assert checkpoint.clip is not None
    positive, negative = (checkpoint.clip.encode(text) for text in ("a red fox", "blurry"))
    ends: list[float] = []

    def note(_step: Step) -> None:
        ends.append(time.perf_counter())

    sample(
        checkpoint.model,
        positive,
        negative,
        {"samples": torch.zeros(1, 4, size // 8, size // 8)},
        seed=0,
        steps=steps + 1,
        cfg=7.0,
        sampler="euler",
        schedule="normal",
        on_step=note,
    )
    return [end - before for before, end in pairwise(ends)]


def main() -> None:
    """Alternate, and print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs in each precision")
    parser.add_argument("--steps", type=int, default=2, help="steps of a run")
    parser.add_argument("--size", type=int, default=256, help="pixels of a side")
    options = parser.parse_args()
    models = {
        precision: load_checkpoint(random_sd15(), Site(precision=precision))
        for precision in (Precision.FP32, Precision.BF16)
    }
    taken: dict[Precision, list[float]] = {precision: [] for precision in models}
    for _ in range(options.rounds):
        for precision, checkpoint in models.items():
            taken[precision] += step_seconds(checkpoint, options.steps, options.size)
    full, half = (statistics.median(seconds) for seconds in taken.values())
    bar = BARS.get(options.size)
    verdict = "" if bar is None else f", bar {bar}: {'met' if half / full <= bar else 'MISSED'}"
    print(
        f"{options.size} pixels: fp32 {full:.3f} s a step, bf16 {half:.3f} s, "
        f"ratio {half / full:.3f}{verdict}"
    )


if __name__ == "__main__":
    main()

"""Time that sampling spends outside the model: sampler, noise, guidance and driver.

Run it as `python -m benchmarks.sampler_arithmetic [NAME…]`. One 64×64 latent of four channels, 20
Karras steps, cfg 4; the network is a product, its time is taken off. Medians of several runs, per
step, of the processor time of one thread, which other programs disturb little. Bars: 1 ms a step,
10 ms for samplers that draw from a Brownian path.
"""

import statistics
import sys
import time

import torch
from torch import Tensor

from diffusion.latents import SD15_LATENTS
from diffusion.model import DiffusionModel
from diffusion.names import SAMPLER_NAMES
from diffusion.parameterisation import stable_diffusion
from diffusion.samplers.registry import NoiseKind, find_sampler
from diffusion.sampling import sample

STEPS, RUNS = 20, 7
BAR_MS, BROWNIAN_BAR_MS = 1.0, 10.0
_PROMPT: list[tuple[Tensor, dict[str, object]]] = [(torch.full((1, 77, 8), 0.5), {})]


class TimedNetwork:
    """A network that costs next to nothing and knows how much that was."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, x: Tensor, timestep: Tensor, context: Tensor, /) -> Tensor:  # noqa: ARG002
        """Answer half of x."""
        start = time.thread_time()
        answer = x * 0.5
        self.seconds += time.thread_time() - start
        return answer


def run_once(name: str) -> float:
    """Milliseconds a step of one run, without the network."""
    network = TimedNetwork()
    model = DiffusionModel(
        network=network,
        parameterisation=stable_diffusion(),
        latent_format=SD15_LATENTS,
        family="SD 1.x",
        device=torch.device("cpu"),
        dtype=torch.float32,
    )
    start = time.thread_time()
    sample(
        model,
        _PROMPT,
        _PROMPT,
        {"samples": torch.zeros(1, 4, 64, 64)},
        seed=1,
        steps=STEPS,
        cfg=4.0,
        sampler=name,
        schedule="karras",
    )
    return 1000.0 * (time.thread_time() - start - network.seconds) / STEPS


def main(names: list[str]) -> int:
    """Print the table; the exit status says whether every sampler keeps to its bar."""
    torch.set_num_threads(1)
    slow = 0
    print(f"{'sampler':32} {'ms a step':>10} {'bar':>6}")
    for name in names or SAMPLER_NAMES:
        brownian = find_sampler(name).noise is NoiseKind.BROWNIAN
        bar = BROWNIAN_BAR_MS if brownian else BAR_MS
        run_once(name)
        taken = statistics.median(run_once(name) for _ in range(RUNS))
        slow += taken > bar
        print(f"{name:32} {taken:10.3f} {bar:6.1f}{'  over' if taken > bar else ''}")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A step of ours against a step of plain diffusers, on the same weights of SD 1.5's shape.

    python -m benchmarks.sd15_step [--rounds 5] [--steps 4] [--size 256]

Ours is the whole way that KSampler takes (`diffusion.sampling.sample`: guidance, sampler, reports);
theirs is the loop of a diffusers pipeline (guidance in a batch of two, EulerDiscreteScheduler). One
step of theirs follows each step of ours in one process, so that whatever else the machine does
slows both; trust the ratios, not the seconds. On a busy machine the ratio of processor time with
OMP_NUM_THREADS=1 is the steadiest. The weights are random (2.1 GB, made once in cache/).
"""

import argparse
import statistics
import time
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from torch import Tensor, nn

from benchmarks.random_checkpoint import random_sd15
from diffusion.assembly import Checkpoint
from diffusion.checkpoints import load_checkpoint
from diffusion.driver import Step
from diffusion.sampling import sample

BAR = 1.0
_CFG = 7.0


class PlainDiffusers:
    """The loop of a diffusers pipeline, one step at a time.

    Args:
        unet: Its UNet.
        prompts: Embeddings of the negative and the positive prompt, [2, tokens, width].
        steps: Steps of a run.
        size: Height and width of the latent.
    """

    def __init__(self, unet: nn.Module, prompts: Tensor, steps: int, size: int) -> None:
        self._unet = unet
        self._prompts = prompts
        self._scheduler = EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"
        )
        self._scheduler.set_timesteps(steps)
        noise = torch.randn(1, 4, size, size, generator=torch.Generator().manual_seed(0))
        self._latents = noise * self._scheduler.init_noise_sigma

    @torch.no_grad()
    def step(self, number: int) -> None:
        """Do the step of that number, from 0."""
        timestep = self._scheduler.timesteps[number]
        both = self._scheduler.scale_model_input(torch.cat([self._latents] * 2), timestep)
        answer = self._unet(both, timestep, encoder_hidden_states=self._prompts, return_dict=False)
        negative, positive = answer[0].chunk(2)
        guided = negative + _CFG * (positive - negative)
        self._latents = self._scheduler.step(guided, timestep, self._latents).prev_sample


class Moment(NamedTuple):
    """Seconds of wall time and of processor time."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Self:
        """This moment."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, earlier: "Moment") -> "Moment":
        """What has passed."""
        return Moment(self.wall - earlier.wall, self.cpu - earlier.cpu)


@dataclass
class Race:
    """What each step took on both sides."""

    ours: list[Moment] = field(default_factory=list)
    theirs: list[Moment] = field(default_factory=list)

    def run(self, checkpoint: Checkpoint, unet: nn.Module, steps: int, size: int) -> None:
        """Sample once, with a step of theirs after each step of ours."""
        assert checkpoint.clip is not None
        positive, negative = (checkpoint.clip.encode(text) for text in ("a red fox", "blurry"))
        prompts = torch.cat([negative[0][0], positive[0][0]])
        plain = PlainDiffusers(unet, prompts, steps, size)
        began = Moment.now()

        def their_turn(step: Step) -> None:
            nonlocal began
            ended = Moment.now()
            self.ours.append(ended.since(began))
            # Sampling is in inference mode; a pipeline only goes without gradients.
            with torch.inference_mode(mode=False):
                plain.step(step.step - 1)
            began = Moment.now()
            self.theirs.append(began.since(ended))

        sample(
            checkpoint.model,
            positive,
            negative,
            {"samples": torch.zeros(1, 4, size, size)},
            seed=0,
            steps=steps,
            cfg=_CFG,
            sampler="euler",
            schedule="normal",
            on_step=their_turn,
        )

    def ratio(self, clock: str) -> float:
        """Median of ours over median of theirs."""
        return self._median(self.ours, clock) / self._median(self.theirs, clock)

    def report(self) -> str:
        """Medians of a step and their ratios."""
        return "; ".join(
            f"{clock}: ours {self._median(self.ours, clock):.3f} s, diffusers "
            f"{self._median(self.theirs, clock):.3f} s, ratio {self.ratio(clock):.3f}"
            for clock in Moment._fields
        )

    @staticmethod
    def _median(moments: list[Moment], clock: str) -> float:
        return float(statistics.median(getattr(moment, clock) for moment in moments))


def plain_unet(network: object, dtype: torch.dtype = torch.float32) -> nn.Module:
    """A UNet as diffusers makes it, with the weights of ours."""
    ours = getattr(network, "module", None)
    assert isinstance(ours, nn.Module)
    with torch.device("meta"):
        module: nn.Module = UNet2DConditionModel.from_config(ours.config)
    # Some weights of ours are as the file has them, since they are computed with in blocks.
    state = {name: tensor.to(dtype).contiguous() for name, tensor in ours.state_dict().items()}
    module.load_state_dict(state, assign=True)
    return module.eval()


def main() -> None:
    """Race and print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs on each side")
    parser.add_argument("--steps", type=int, default=4, help="steps of a run")
    parser.add_argument("--size", type=int, default=256, help="pixels of a side")
    options = parser.parse_args()
    checkpoint = load_checkpoint(random_sd15())
    unet = plain_unet(checkpoint.model.network)
    Race().run(checkpoint, unet, 1, options.size // 8)  # both sides warm up
    race = Race()
    for number in range(options.rounds):
        race.run(checkpoint, unet, options.steps, options.size // 8)
        print(f"after {number + 1} runs, medians of a step: {race.report()}", flush=True)
    print(f"bar {BAR}: {'met' if race.ratio('wall') <= BAR else 'MISSED'} (wall)")


if __name__ == "__main__":
    main()

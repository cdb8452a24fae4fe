"""The loop that both stages of training share: schedule, one step, checkpoints, progress.

Everything random in a step comes from a generator seeded with (seed, step). So a run that was
stopped and resumed from its last checkpoint goes on exactly as if it had never stopped, without
any random state on disk.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm import tqdm

from training.averages import MovingAverage
from training.errors import TrainingError

Loss = Callable[[int, torch.Generator], Tensor]


@dataclass(frozen=True)
class Schedule:
    """The learning rate over a run: warm-up, level, then a straight line to zero.

    Attributes:
        steps: Length of the run.
        peak: The level rate.
        warm_up: Steps until it is reached.
        falling: Part of the run over which it falls to zero.
    """

    steps: int
    peak: float
    warm_up: int
    falling: float

    def rate(self, step: int) -> float:
        """Learning rate of a step, counted from 0."""
        rising = min(1.0, (step + 1) / self.warm_up)
        left = (self.steps - step) / (self.steps * self.falling)
        return self.peak * rising * min(1.0, left)


@dataclass(frozen=True)
class Fit:
    """One stage of training.

    Attributes:
        name: Its name in the progress bar and in messages.
        modules: What is trained, by the name under which a checkpoint keeps it.
        loss: The loss of a step; draws all its randomness from the generator.
        schedule: Length and learning rates.
        seed: Of every random choice.
        settings: What a checkpoint must agree in before the run goes on from it.
        average: Running mean of the parameters to keep up to date, if one is wanted.
        weight_decay: Of AdamW.
        clip: Largest norm of the gradient.
    """

    name: str
    modules: Mapping[str, nn.Module]
    loss: Loss
    schedule: Schedule
    seed: int
    settings: Mapping[str, int | float]
    average: MovingAverage | None = None
    weight_decay: float = 0.01
    clip: float = 1.0

    def run(self, checkpoint: Path, *, every: int = 200) -> list[float]:
        """Train to the end of the schedule, from the checkpoint if there is one.

        Args:
            checkpoint: Where the run is kept; written every so many steps and at the end.
            every: Steps between two checkpoints.

        Returns:
            The loss of each step made now.

        Raises:
            TrainingError: If the checkpoint belongs to another run.
        """
        optimizer = torch.optim.AdamW(
            self._parameters(), self.schedule.peak, (0.9, 0.99), weight_decay=self.weight_decay
        )
        first = self._resume(checkpoint, optimizer)
        losses = []
        todo = range(first, self.schedule.steps)
        bar = tqdm(todo, self.name, self.schedule.steps, initial=first, mininterval=1)
        for step in bar:
            losses.append(self._step(step, optimizer))
            recent = losses[-100:]
            bar.set_postfix(loss=f"{sum(recent) / len(recent):.4f}", refresh=False)
            if (step + 1) % every == 0 or step + 1 == self.schedule.steps:
                self._save(checkpoint, optimizer, step + 1)
        return losses

    def _step(self, step: int, optimizer: torch.optim.Optimizer) -> float:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        for group in optimizer.param_groups:
            group["lr"] = self.schedule.rate(step)
        loss = self.loss(step, generator)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters(), self.clip)
        optimizer.step()
        if self.average is not None:
            self.average.update(step)
        return loss.item()

    def _parameters(self) -> list[nn.Parameter]:
        return [weight for module in self.modules.values() for weight in module.parameters()]

    def _resume(self, checkpoint: Path, optimizer: torch.optim.Optimizer) -> int:
        if not checkpoint.exists():
            return 0
        state = torch.load(checkpoint, weights_only=True)
        if state["settings"] != dict(self.settings):
            raise TrainingError(
                f"{checkpoint} was made with {_told(state['settings'])}, this run is to have "
                f"{_told(self.settings)}: go on with the former, or choose another output folder."
            )
        for name, module in self.modules.items():
            module.load_state_dict(state["modules"][name])
        optimizer.load_state_dict(state["optimizer"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        return int(state["step"])

    def _save(self, checkpoint: Path, optimizer: torch.optim.Optimizer, step: int) -> None:
        state = {
            "step": step,
            "settings": dict(self.settings),
            "modules": {name: module.state_dict() for name, module in self.modules.items()},
            "optimizer": optimizer.state_dict(),
            "average": self.average.state_dict() if self.average is not None else {},
        }
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        unfinished = checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(checkpoint)


def _told(settings: Mapping[str, int | float]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())

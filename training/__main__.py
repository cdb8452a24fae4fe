"""`python -m training`: train the starter model on this computer and write its checkpoint.

An hour on two CPU cores. A run that was stopped goes on from its last checkpoint when the same
command is given again.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from training.autoencoder import AutoencoderRecipe
from training.decoder import DecoderRecipe
from training.denoiser import DenoiserRecipe
from training.errors import TrainingError
from training.stages import Stages

STAGES = ("vae", "denoiser", "decoder", "export", "all")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as told; the exit code."""
    options = _parser().parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    stages = Stages(
        options.output,
        options.scenes,
        AutoencoderRecipe(steps=options.vae_steps, seed=options.seed),
        DenoiserRecipe(steps=options.denoiser_steps, seed=options.seed),
        DecoderRecipe(steps=options.decoder_steps, seed=options.seed),
    )
    try:
        _run(options.stage, stages, options.checkpoint)
    except TrainingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _run(stage: str, stages: Stages, checkpoint: Path) -> None:
    if stage == "vae":
        _ = stages.autoencoder
    elif stage == "denoiser":
        _ = stages.denoiser
    elif stage == "decoder":
        _ = stages.refined
    else:
        stages.export(checkpoint)
        sys.stdout.write(f"{checkpoint}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument(
        "stage",
        choices=STAGES,
        nargs="?",
        default="all",
        help="how far to go; earlier stages that are not finished yet are trained first",
    )
    parser.add_argument("--output", type=Path, default=Path("output/training"), metavar="DIR")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        default=Path("output/training/starter.safetensors"),
        metavar="FILE",
        help="what export writes (default: %(default)s)",
    )
    parser.add_argument("--scenes", type=int, default=50_000, metavar="N")
    parser.add_argument("--vae-steps", type=int, default=AutoencoderRecipe.steps, metavar="N")
    parser.add_argument("--denoiser-steps", type=int, default=DenoiserRecipe.steps, metavar="N")
    parser.add_argument("--decoder-steps", type=int, default=DecoderRecipe.steps, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="0: torch's choice")
    return parser


if __name__ == "__main__":
    sys.exit(main())

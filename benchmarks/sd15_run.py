"""A whole run of ours against one of a plain diffusers pipeline: time with loading, peak memory.

    python -m benchmarks.sd15_run [--rounds 3] [--steps 4] [--size 256]

Each run is a process of its own: start, load (SD 1.5's shape, random weights stored in float16,
computed in float32), encode two prompts, sample with euler at cfg 7, decode. Ours reads the single
file; theirs reads the same weights from a diffusers folder, which is made once in cache/ (2.1 GB)
and deleted with --clean. Runs alternate; trust the ratios of medians, and on a busy machine those
of processor time. Peak memory is what the system says of the process, mapped files included.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from torch import nn

from app.devices import prepare
from benchmarks.random_checkpoint import random_sd15

TIME_BAR, MEMORY_BAR = 1.03, 1.1
_PROMPTS = ("blurry", "a red fox")
_CFG = 7.0


def ours(steps: int, size: int) -> None:
    """Run once with our own code, in the environment that the application makes."""
    from diffusion.checkpoints import load_checkpoint
    from diffusion.sampling import sample

    checkpoint = load_checkpoint(random_sd15())
    assert checkpoint.clip is not None
    assert checkpoint.vae is not None
    negative, positive = (checkpoint.clip.encode(text) for text in _PROMPTS)
    latents = sample(
        checkpoint.model,
        positive,
        negative,
        {"samples": torch.zeros(1, 4, size // 8, size // 8)},
        seed=0,
        steps=steps,
        cfg=_CFG,
        sampler="euler",
        schedule="normal",
    )
    assert checkpoint.vae.decode(latents).isfinite().all()


def theirs(steps: int, size: int) -> None:
    """Run once with a plain diffusers pipeline."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import (
        StableDiffusionPipeline,
    )
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
    from transformers import CLIPTextModel

    from diffusion.tokens import tokenise

    folder = diffusers_folder()
    text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32)
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32),
        text_encoder=text_encoder,
        tokenizer=None,
        unet=UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    with torch.no_grad():
        ids = [[[token.id for token in chunk] for chunk in tokenise(text)] for text in _PROMPTS]
        negative, positive = (text_encoder(torch.tensor(i)).last_hidden_state for i in ids)
    pictures = pipeline(
        prompt_embeds=positive,
        negative_prompt_embeds=negative,
        width=size,
        height=size,
        num_inference_steps=steps,
        guidance_scale=_CFG,
        generator=torch.Generator().manual_seed(0),
        output_type="pt",
    ).images
    assert pictures.isfinite().all()


def diffusers_folder() -> Path:
    """The random checkpoint as a diffusers folder, written when first needed."""
    folder = random_sd15().with_name("random_sd15_diffusers")
    if not folder.is_dir():
        from diffusion.checkpoints import load_checkpoint

        checkpoint = load_checkpoint(random_sd15())
        assert checkpoint.clip is not None
        parts = {
            "unet": getattr(checkpoint.model.network, "module", None),
            "text_encoder": checkpoint.clip.parts[0].module,
            "vae": getattr(checkpoint.vae, "module", None),
        }
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        for name, module in parts.items():
            assert isinstance(module, nn.Module)
            module.half().save_pretrained(unfinished / name)  # type: ignore[operator]
        unfinished.rename(folder)
    return folder


def _measured(side: str, steps: int, size: int) -> dict[str, float]:
    """Seconds of wall and processor time, and bytes of memory at the peak, of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.sd15_run", "--side", side]
    code = [*command, "--steps", str(steps), "--size", str(size)]
    done = subprocess.run(code, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, **json.loads(done.stdout)}


def _peak() -> int:
    """The most memory that this process had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Race and print medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs on each side")
    parser.add_argument("--steps", type=int, default=4, help="steps of a run")
    parser.add_argument("--size", type=int, default=256, help="pixels of a side")
    parser.add_argument("--clean", action="store_true", help="delete the diffusers folder at last")
    parser.add_argument("--side", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side == "ours":
        prepare()
    if options.side:
        (ours if options.side == "ours" else theirs)(options.steps, options.size)
        print(json.dumps({"memory": _peak()}))
        return
    diffusers_folder()
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
    for number in range(options.rounds):
        for side, found in runs.items():
            found.append(_measured(side, options.steps, options.size))
        print(f"after {number + 1} runs: {_report(runs)}", flush=True)
    if options.clean:
        shutil.rmtree(diffusers_folder())


def _report(runs: dict[str, list[dict[str, float]]]) -> str:
    parts = []
    for what, bar in (("wall", TIME_BAR), ("cpu", TIME_BAR), ("memory", MEMORY_BAR)):
        mine, other = (statistics.median(run[what] for run in runs[side]) for side in runs)
        parts.append(f"{what}: {mine:.4g} / {other:.4g} = {mine / other:.3f} (bar {bar})")
    return "; ".join(parts)


if __name__ == "__main__":
    main()

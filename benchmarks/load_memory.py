"""Memory that loading takes: anonymous memory at its peak against the size of the weights.

    python -m benchmarks.load_memory [CHECKPOINT]

Without a file, one of SD 1.5's shape is made (2.1 GB in cache/). Weights are counted in the dtype
they are computed in. Pages of the mapped file are the system's to drop and are not counted. Linux
only: the numbers are the kernel's.
"""

import json
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

# What the loaders import takes memory that no checkpoint is to blame for.
import diffusers.models.autoencoders.autoencoder_kl
import diffusers.models.unets.unet_2d_condition  # noqa: F401
import transformers.models.clip.modeling_clip  # noqa: F401
from torch import nn

from benchmarks.random_checkpoint import random_sd15
from diffusion.checkpoints import load_checkpoint

BAR = 1.25


class AnonymousMemory:
    """Watches the anonymous memory of this process while a block runs.

    Attributes:
        peak: The most there was beyond what there was at the beginning, in bytes.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(_anonymous(),))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self, before: int) -> None:
        while not self._over.is_set():
            self.peak = max(self.peak, _anonymous() - before)
            time.sleep(0.002)
        self.peak = max(self.peak, _anonymous() - before)


def _anonymous() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def _numbers(module: object) -> int:
    if not isinstance(module, nn.Module):
        return 0
    return sum(tensor.numel() for tensor in module.state_dict().values())


def measure(path: Path) -> dict[str, Any]:
    """Load a checkpoint; bytes of the peak and of the weights, and the seconds it took."""
    with AnonymousMemory() as memory:
        began = time.perf_counter()
        checkpoint = load_checkpoint(path)
        seconds = time.perf_counter() - began
    clips = checkpoint.clip.parts if checkpoint.clip else ()
    owners = (checkpoint.model.network, *clips, checkpoint.vae)
    numbers = sum(_numbers(getattr(owner, "module", None)) for owner in owners)
    weights = numbers * checkpoint.model.dtype.itemsize
    return {"peak": memory.peak, "weights": weights, "seconds": seconds}


def main() -> None:
    """Measure and print one JSON object."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else random_sd15()
    result = measure(path)
    ratio = result["peak"] / result["weights"]
    print(json.dumps(result | {"ratio": round(ratio, 3), "bar": BAR, "met": ratio <= BAR}))


if __name__ == "__main__":
    main()

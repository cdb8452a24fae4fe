"""The lists of names, which nodes read without torch."""

import json
import subprocess
import sys
from pathlib import Path

from diffusion.names import SAMPLER_NAMES, SCHEDULER_NAMES


def test_the_names_are_there_without_torch() -> None:
    code = "import sys, diffusion.names; print('torch' in sys.modules)"

    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )

    assert done.stdout.strip() == "False"


def test_no_name_is_listed_twice() -> None:
    assert len(set(SAMPLER_NAMES)) == len(SAMPLER_NAMES) == 43
    assert len(set(SCHEDULER_NAMES)) == len(SCHEDULER_NAMES) == 9
    assert json.dumps(SAMPLER_NAMES)

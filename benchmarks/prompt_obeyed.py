"""Is the prompt obeyed? Sixty prompts through `workflows/txt2img.json`, marked without any model.

Run it as `python -m benchmarks.prompt_obeyed [--pictures DIR]` with the starter model in place. A
third of the prompts asks for combinations that training never showed. Bars: both colours right in
95 % of the pictures, the place in 90 %, the shape in 75 %; on the held-out third, no measure more
than 10 points below the rest. Exit code 1 when one is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

import safelight
from training.measure import Mark, Request, Score, mark, requests, score
from training.scenes import Picture

WORKFLOW = Path(__file__).parent.parent / "workflows" / "txt2img.json"
BARS = Score(colours=0.95, shape=0.75, place=0.90)
HELD_OUT_GAP = 0.10
# Parts of sixty and of twenty are compared, so the tenth may be missed by a rounding.
ROUNDING = 1e-9


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, mark and print; 0 if every bar is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prompt_obeyed")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="keep the pictures here")
    folder = parser.parse_args(arguments).pictures
    with tempfile.TemporaryDirectory() as passing:
        marked = draw_all(folder or Path(passing))
    rest = score(found for found in marked if not found.request.held_out)
    held_out = score(found for found in marked if found.request.held_out)
    print(table({"all 60": score(marked), "seen 40": rest, "held-out 20": held_out, "bar": BARS}))
    for found in marked:
        if not found.obeyed:
            print(f"  seed {found.request.seed}: {found.request.prompt}: {told(found)}")
    return 0 if met(score(marked), rest, held_out) else 1


def draw_all(folder: Path) -> list[Mark]:
    """Every request drawn as a user would have it drawn, and marked."""
    workflow = safelight.load(WORKFLOW)
    with safelight.Session(output_directory=folder, cache_disk=0) as session:

        def draw(request: Request) -> Picture:
            asked = workflow.set("Positive prompt.text", request.prompt)
            path = session.run(asked, seed=request.seed).paths[0]
            with Image.open(path) as image:
                return np.asarray(image.convert("RGB"))

        return [mark(request, draw(request)) for request in tqdm(requests(), leave=False)]


def met(everything: Score, rest: Score, held_out: Score) -> bool:
    """Whether every bar is met."""
    enough = all(asdict(everything)[name] >= bar for name, bar in asdict(BARS).items())
    gaps = [asdict(rest)[name] - asdict(held_out)[name] for name in asdict(rest)]
    return enough and max(gaps) <= HELD_OUT_GAP + ROUNDING


def table(rows: dict[str, Score]) -> str:
    """Scores in per cent, a line each."""
    lines = [f"{'':12}{'colours':>9}{'place':>9}{'shape':>9}"]
    for name, found in rows.items():
        parts = (found.colours, found.place, found.shape)
        lines.append(f"{name:12}" + "".join(f"{100 * part:8.1f}%" for part in parts))
    return "\n".join(lines)


def told(found: Mark) -> str:
    """What was wrong, in words."""
    right = {"ground": found.ground, "figure": found.figure, "shape": found.shape}
    wrong = [name for name, good in right.items() if not good]
    return ", ".join([*wrong, *(["place"] if found.place is False else [])]) + " wrong"


if __name__ == "__main__":
    sys.exit(main())

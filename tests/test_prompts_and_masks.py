"""Regional prompts, painting in and rebatching as workflows, from file to picture."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import safelight

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / "workflows"
RED, BLUE, YELLOW, WHITE = (220, 50, 47), (38, 90, 215), (250, 210, 50), (250, 250, 250)

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[safelight.Session]:
    """A session that keeps the starter loaded, with folders of its own."""
    base = tmp_path_factory.mktemp("base")
    with safelight.Session(
        device="cpu", base_directory=base, models_directory=ROOT / "models"
    ) as session:
        yield session


def _pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _looks(pixels: Pixels, colour: tuple[int, int, int]) -> bool:
    mean = pixels.reshape(-1, 3).mean(axis=0)
    return float(np.linalg.norm(mean - np.array(colour))) < 45.0


def test_regional_prompts_are_each_obeyed_in_their_area(session: safelight.Session) -> None:
    (path,) = session.run(safelight.load(WORKFLOWS / "regional_prompts.json")).paths

    pixels = _pixels(path)
    assert pixels.shape == (64, 128, 3)
    assert _looks(pixels[28:36, 28:36], RED)
    assert _looks(pixels[:6, :24], YELLOW)
    assert _looks(pixels[28:36, 92:100], BLUE)
    assert _looks(pixels[:6, 104:], WHITE)


def test_what_is_painted_in_joins_what_was_there(session: safelight.Session) -> None:
    paths = session.run(safelight.load(WORKFLOWS / "inpaint.json")).paths

    after, before = sorted((_pixels(path) for path in paths), key=lambda p: int(p.mean()))
    assert _looks(before[28:36, 11:19], RED)
    assert _looks(before[28:36, 44:52], WHITE)
    assert _looks(after[28:36, 11:19], RED)
    assert _looks(after[28:36, 44:52], BLUE)
    assert _looks(after[:6], WHITE)


def test_batches_are_cut_anew_on_their_way_through_a_workflow(
    session: safelight.Session, tmp_path: Path
) -> None:
    prompt = {
        "1": {
            "class_type": "EmptyImage",
            "inputs": {"width": 8, "height": 8, "batch_size": 5, "color": 0},
        },
        "2": {"class_type": "RebatchImages", "inputs": {"images": ["1", 0], "batch_size": 2}},
        "3": {"class_type": "ImageBatch", "inputs": {"image1": ["2", 0], "image2": ["2", 0]}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "x"}},
    }

    file = tmp_path / "rebatch.json"
    file.write_text(json.dumps(prompt), encoding="utf-8")

    paths = session.run(safelight.load(file)).paths

    assert len(paths) == 2 * 5

"""Pictures loaded as masks, and pictures made before."""

import numpy as np
import pytest
import torch
from PIL import Image

from graph.context import NodeContext
from graph.errors import MissingFileError
from graph.formats.api import parse_api
from graph.registry import Registry
from graph.validate import validate
from nodes.image_files import save_image
from nodes.image_loading import load_image_mask, load_image_output
from nodes.registry import register_builtin


def _levels(channels: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    return torch.randint(256, (1, 4, 6, channels), generator=generator) / 255


def _store(context: NodeContext, channels: int) -> torch.Tensor:
    levels = _levels(channels)
    pixels = (levels[0] * 255).round().numpy().astype(np.uint8)
    Image.fromarray(pixels).save(context.folders.input / "x.png")
    return levels


@pytest.mark.parametrize(("channel", "index"), [("red", 0), ("green", 1), ("blue", 2)])
def test_a_colour_is_a_mask_of_its_brightness(
    context: NodeContext, channel: str, index: int
) -> None:
    levels = _store(context, 3)

    torch.testing.assert_close(load_image_mask(context, "x.png", channel), levels[..., index])


def test_alpha_is_a_mask_of_what_is_transparent(context: NodeContext) -> None:
    levels = _store(context, 4)

    torch.testing.assert_close(load_image_mask(context, "x.png", "alpha"), 1.0 - levels[..., 3])


def test_without_alpha_nothing_is_transparent(context: NodeContext) -> None:
    _store(context, 3)

    assert float(load_image_mask(context, "x.png", "alpha").max()) == 0.0


@pytest.mark.parametrize("ending", ["", " [output]"])
def test_what_was_made_before_is_loaded(context: NodeContext, ending: str) -> None:
    (path,) = save_image(context, _levels(3), "trips/x").files

    pixels, mask = load_image_output(context, f"trips/{path.name}{ending}")

    torch.testing.assert_close(pixels, _levels(3))
    assert float(mask.max()) == 0.0


def test_a_picture_that_was_not_made_is_named_with_the_closest(context: NodeContext) -> None:
    save_image(context, _levels(3), "kitten")

    with pytest.raises(MissingFileError, match=r"kiten_00001_\.png.*output.*kitten_00001_\.png"):
        load_image_output(context, "kiten_00001_.png")


@pytest.mark.parametrize("name", ["ComfyUI_00001_.png", "ComfyUI_00001_.png [output]"])
def test_its_content_is_part_of_what_the_engine_goes_by(context: NodeContext, name: str) -> None:
    (path,) = save_image(context, _levels(3)).files
    registry = Registry()
    register_builtin(registry)
    nodes = {
        "1": {"class_type": "LoadImageOutput", "inputs": {"image": name}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }

    checked = validate(parse_api(nodes), registry, context.folders)

    assert checked.problems == ()
    assert checked.nodes["1"].paths == {"image": path}

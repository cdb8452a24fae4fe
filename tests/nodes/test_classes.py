"""The built-in nodes as packs call and extend them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import torch
from PIL import Image

import nodes as comfyui_nodes
from app.bootstrap.start import ROOT
from graph.context import NodeContext, current
from graph.errors import MissingFileError, NodeInputError
from graph.folders import Folders
from nodes import classes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NODES: Any = comfyui_nodes


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    """The folders of a node that runs."""
    found = Folders.under(tmp_path)
    token = current.set(NodeContext("1", found))
    yield found
    current.reset(token)


def test_packs_find_classes_by_name() -> None:
    mappings = NODES.NODE_CLASS_MAPPINGS
    assert mappings is NODES.NODE_CLASS_MAPPINGS
    assert mappings["KSampler"] is NODES.KSampler
    assert {"SaveImage", "VAEDecode", "CheckpointLoaderSimple"} <= mappings.keys()
    assert NODES.NODE_DISPLAY_NAME_MAPPINGS["SaveImage"] == "Save Image"
    assert NODES.MAX_RESOLUTION == 16384
    # Packs that other tests have loaded may be in it.
    assert isinstance(NODES.EXTENSION_WEB_DIRS, dict)


@pytest.mark.parametrize("name", ["Moon", "moon", "_moon", "__moon__"])
def test_what_is_not_there_is_missing(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'nodes' has no attribute '{name}'"):
        getattr(NODES, name)


def test_a_class_says_what_it_is(folders: Folders) -> None:
    made = NODES.KSampler
    inputs = made.INPUT_TYPES()
    assert inputs["required"]["model"][0] == "MODEL"
    kind, options = inputs["required"]["steps"]
    assert (kind, options["default"]) == ("INT", 20)
    names, _ = inputs["required"]["sampler_name"]
    assert "euler" in names
    assert NODES.SaveImage.INPUT_TYPES()["hidden"]["prompt"] == "PROMPT"
    assert (made.RETURN_TYPES, made.FUNCTION, made.OUTPUT_NODE) == (("LATENT",), "sample", False)
    assert callable(made.sample)


def test_files_are_listed_where_the_application_says(tmp_path: Path) -> None:
    (tmp_path / "models" / "vae").mkdir(parents=True)
    (tmp_path / "models" / "vae" / "x.pt").touch()
    before = classes._Offered.folders
    try:
        classes.offer(Folders.under(tmp_path))
        assert NODES.VAELoader.INPUT_TYPES()["required"]["vae_name"][0] == ["x.pt"]
        classes._Offered.folders = None
        with pytest.raises(NodeInputError):
            NODES.VAELoader.INPUT_TYPES()
    finally:
        classes._Offered.folders = before


def test_a_method_takes_inputs_by_place_and_by_name(folders: Folders) -> None:
    (latent,) = NODES.EmptyLatentImage().generate(64, 32, batch_size=2)
    assert latent["samples"].shape == (2, 4, 4, 8)
    (same,) = NODES.EmptyLatentImage().generate(width=64, height=32, batch_size=2, moon=1)
    assert torch.equal(same["samples"], latent["samples"])


def test_a_method_takes_no_more_than_there_is(folders: Folders) -> None:
    with pytest.raises(TypeError, match="EmptyLatentImage takes 3 inputs, and 4 were given"):
        NODES.EmptyLatentImage().generate(64, 32, 1, 5)


def test_a_saved_picture_is_told_of(folders: Folders) -> None:
    told = NODES.SaveImage().save_images(torch.zeros(1, 8, 8, 3), "cat", None, None)
    (image,) = told["ui"]["images"]
    assert image["type"] == "output"
    assert (folders.output / image["filename"]).is_file()


def test_a_class_can_be_extended_to_show_what_it_saves(folders: Folders) -> None:
    class Show(NODES.SaveImage):  # type: ignore[misc]
        def __init__(self) -> None:
            self.type = "temp"

        def show(self, images: torch.Tensor) -> Any:  # noqa: ANN401 - what ComfyUI's gives
            return self.save_images(images, "x", None)

    (image,) = Show().show(torch.zeros(1, 8, 8, 3))["ui"]["images"]
    assert image["type"] == "temp"
    assert not list(folders.output.glob("*"))


def test_what_shows_pictures_takes_what_saves_them_takes(folders: Folders) -> None:
    class Preview(NODES.PreviewImage):  # type: ignore[misc]
        pass

    preview = Preview()
    assert (preview.type, preview.output_dir) == ("temp", str(folders.temp))
    assert NODES.SaveImage().output_dir == str(folders.output)
    assert not Preview.INPUT_TYPES()["required"].keys() - {"images"}
    told = preview.save_images(torch.zeros(1, 8, 8, 3), "prefix", None, None)
    assert [image["type"] for image in told["ui"]["images"]] == ["temp"]


def test_files_that_a_called_node_reads_count_in_the_result_of_the_one_that_calls_it(
    folders: Folders,
) -> None:
    context = current.get()
    assert context is not None
    folders.input.mkdir()
    Image.new("RGB", (8, 8)).save(folders.input / "cat.png")
    NODES.LoadImage().load_image("cat.png")
    assert [stamp.path for stamp in context.read] == [folders.input / "cat.png"]
    NODES.EmptyImage().generate(8, 8)
    with pytest.raises(MissingFileError):
        NODES.LoadImage().load_image(image="dog.png")
    assert [stamp.path for stamp in context.read] == [folders.input / "cat.png"]


def test_a_node_that_needs_its_surroundings_runs_inside_a_node_only() -> None:
    with pytest.raises(NodeInputError, match="LoadImage can only be called while a node runs"):
        NODES.LoadImage().load_image("cat.png")


def test_looking_at_the_classes_loads_no_torch() -> None:
    script = "import nodes, sys; nodes.NODE_CLASS_MAPPINGS; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "torch" not in done.stdout.split()

"""The options of people's launch scripts, tried on a server in a process of its own."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from PIL import Image

from tests.server.running import server
from tests.support.workers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.running import Server

NODE = """
class {0}:
    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (), "run", "x", True

    @classmethod
    def INPUT_TYPES(cls):
        return {{"required": {{}}}}

    def run(self):
        return ()


NODE_CLASS_MAPPINGS = {{"{0}": {0}}}
"""
PATHS = """
elsewhere:
    base_path: shelf
    checkpoints: weights
    custom_nodes: packs
"""


def lay_out(place: Path) -> list[str]:
    """Fill folders, and name them in options."""
    for folder, name in (("custom_nodes", "Kept"), ("custom_nodes", "Left")):
        (place / "base" / folder).mkdir(parents=True, exist_ok=True)
        (place / "base" / folder / f"{name.lower()}.py").write_text(NODE.format(name))
    for folder in ("weights", "packs"):
        (place / "shelf" / folder).mkdir(parents=True)
    (place / "shelf" / "weights" / "other.safetensors").touch()
    (place / "shelf" / "packs" / "outer.py").write_text(NODE.format("Outer"))
    (place / "paths.yaml").write_text(PATHS)
    named = ("input", "output", "temp", "user")
    folders = [word for name in named for word in (f"--{name}-directory", str(place / name))]
    return [*folders, "--extra-model-paths-config", str(place / "paths.yaml")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flags")


@pytest.fixture(scope="module")
def it(place: Path) -> Iterator[Server]:
    options = [
        *lay_out(place),
        *("--disable-all-custom-nodes", "--whitelist-custom-nodes", "kept", "outer"),
        *("--cache-none", "--preview-method", "none", "--max-upload-size", "0.01"),
        *("--disable-metadata", "--verbose", "DEBUG", "--history-size", "2", "--auto-launch"),
    ]
    opened = place / "opened"
    browser = place / "browser.sh"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
    browser.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER", f"{browser} %s")
        with server(place / "base", *options) as made:
            made.wait_until_said("ready to run jobs", seconds=200)
            yield made


def show(output: str) -> dict[str, Any]:
    named = {"filename_prefix": "shown"} if output == "SaveImage" else {}
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
        "2": {"class_type": output, "inputs": {"images": ["1", 0], **named}},
    }


def test_models_and_packs_beside_the_file_of_more_paths_are_found(it: Server) -> None:
    assert it.ask("/models/checkpoints")[1] == ["other.safetensors"]
    nodes = it.ask("/object_info")[1]
    assert {"Kept", "Outer"} <= set(nodes)
    assert "Left" not in nodes


def test_the_browser_is_opened_at_the_servers_address(it: Server, place: Path) -> None:
    wait_for((place / "opened").is_file)
    wait_for(lambda: (place / "opened").read_text().strip() == it.url)


def test_larger_uploads_than_allowed_are_refused(it: Server) -> None:
    assert it.ask("/features")[1]["max_upload_size"] == int(0.01 * 2**20)
    assert it.ask("/userdata/large.txt", "x" * 20_000)[0] == 413


def test_files_go_where_they_are_told_to_without_their_workflow(it: Server, place: Path) -> None:
    Image.new("RGB", (16, 16), (200, 30, 30)).save(place / "input" / "a.png")
    jobs = [it.post(show(output)) for output in ("SaveImage", "PreviewImage", "SaveImage")]
    found = it.wait_for(jobs[2], seconds=280)[jobs[2]]
    (image,) = found["outputs"]["2"]["images"]
    content = it.ask(f"/view?{urlencode(image)}", raw=True)[1]
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.info == {}
    saved = sorted(path.name for path in (place / "output").iterdir())
    assert saved == ["shown_00001_.png", "shown_00002_.png"]
    assert [path.suffix for path in (place / "temp" / "temp").iterdir()] == [".png"]
    assert (place / "user" / "queue.sqlite").is_file()
    assert not (place / "base" / "output").exists()
    # Nothing was kept: the second picture was made anew.
    assert not any(node["cached"] for node in found["nodes"].values())


def test_the_history_ends_where_it_was_told_to(it: Server) -> None:
    jobs = []
    for _ in range(5):
        jobs.append(it.post({"1": {"class_type": "Kept", "inputs": {}}}))
        it.wait_for(jobs[-1], seconds=100)
    assert len(it.history()) <= 3
    assert jobs[0] not in it.history()


def test_each_request_is_logged_where_everything_is(it: Server) -> None:
    it.ask("/features")
    end = time.monotonic() + 20
    while not any("/features" in line for line in it.said):
        assert time.monotonic() < end, json.dumps(it.said[-20:])
        time.sleep(0.05)

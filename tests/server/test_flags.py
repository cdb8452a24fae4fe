"""The options of people's launch scripts, tried on a server in a process of its own."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from PIL import Image

from app.bootstrap.start import ROOT
from tests.server.listening import Ear
from tests.server.running import server
from tests.server.test_clients import workflow
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
    (place / "base" / "models" / "checkpoints").mkdir(parents=True)
    starter = "checkpoints/starter.safetensors"
    (place / "base" / "models" / starter).symlink_to(ROOT / "models" / starter)
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
    assert it.ask("/models/checkpoints")[1] == ["other.safetensors", "starter.safetensors"]
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


def test_with_no_cache_every_node_of_every_job_runs(it: Server, place: Path) -> None:
    for seed in (1, 2, 2):
        assert ran(it, seed) == NODES
    plan = it.ask("/plan", {"prompt": workflow(2, 1)})[1]["nodes"]
    assert not any(node["cached"] for node in plan.values())
    kept = [path for path in (place / "base" / "cache").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in kept) < 100_000, "nor is anything on the disk"


def test_with_a_cache_of_few_results_the_values_of_the_last_ones_are_kept(tmp_path: Path) -> None:
    options = ("--models-directory", str(ROOT / "models"), "--cache-lru", "6", "--cache-disk", "0")
    with server(tmp_path, *options) as few:
        assert ran(few, 1) == NODES
        sampled = {"EmptyLatentImage", "KSampler", "VAEDecode", "SaveImage"}
        assert ran(few, 2) == sampled, "of seven results the one that was used first is gone"
        assert ran(few, 2) == set(), "what is known of results is no result that counts"
        assert ran(few, 1) == set()


NODES = {
    *("LoadCheckpoint", "CLIPTextEncode", "EmptyLatentImage"),
    *("KSampler", "VAEDecode", "SaveImage"),
}


def ran(it: Server, seed: int) -> set[str]:
    """The classes of the nodes that run for a picture of the starter model, of one step."""
    job = it.post(workflow(seed, 1))
    entry = it.wait_for(job, seconds=280)[job]
    assert entry["status"]["completed"], entry["status"]
    return {node["class_type"] for node in entry["nodes"].values() if not node["cached"]}


def test_with_no_previews_no_client_gets_any(it: Server) -> None:
    """Not even one that says that it can read them; `test_clients` has them sent."""
    for announcing in (False, True):
        with Ear(it.url, "me", announcing=announcing) as ear:
            if announcing:
                ear.until(lambda _: "feature_flags" in ear.kinds)
            job = it.post(workflow(3 + announcing, 8), client_id="me")
            ear.until_over(job)
            assert len(ear.of("progress")) >= 8
            assert "picture" not in ear.kinds


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

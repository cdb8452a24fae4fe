"""The starter model behind a server, asked in the ways that ComfyUI's own examples ask."""

from __future__ import annotations

import io
import json
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from PIL import Image

import safelight
from app.bootstrap.start import ROOT
from tests.server.listening import Ear
from tests.server.running import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.running import Server


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--models-directory", str(ROOT / "models"), "--preview-method", "auto")
    with server(tmp_path_factory.mktemp("clients"), *options) as made:
        yield made


def workflow(seed: int = 1, steps: int = 8) -> dict[str, Any]:
    """The text-to-picture workflow in API format; most tests share what it makes."""
    nodes: dict[str, Any] = safelight.load(ROOT / "workflows" / "txt2img.json").document.prompt
    for node in nodes.values():
        if node["class_type"] == "KSampler":
            node["inputs"] |= {"seed": seed, "steps": steps}
    return nodes


def show(name: str, output: str) -> dict[str, Any]:
    """A workflow that needs no model: an input file, put out again."""
    named = {"filename_prefix": "shown"} if output == "SaveImage" else {}
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": name}},
        "2": {"class_type": output, "inputs": {"images": ["1", 0], **named}},
    }


def picture_of(it: Server, name: str, output: str) -> dict[str, Any]:
    """The same with a file that is there."""
    folder = it.base / "input"
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (16, 16), (200, 30, 30)).save(folder / name)
    return show(name, output)


def upload(it: Server, name: str, colour: tuple[int, int, int]) -> str:
    """Upload a picture as a form of parts, written by hand; what it is called then."""
    content = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(content, "PNG")
    head = f'--b\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'
    body = head.encode() + content.getvalue() + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with urlopen(Request(f"{it.url}/upload/image", body, headers), timeout=60) as answer:
        return str(json.loads(answer.read())["name"])


def send_as_a_form(it: Server, prompt: object, client: str | None = None) -> str:
    """Post as the examples do: urllib calls any body a form unless it is told otherwise."""
    about = {} if client is None else {"client_id": client}
    body = json.dumps({"prompt": prompt, **about}).encode()
    with urlopen(Request(f"{it.url}/prompt", data=body), timeout=60) as answer:
        return str(json.loads(answer.read())["prompt_id"])


def pictures(it: Server, entry: dict[str, Any]) -> list[bytes]:
    """Fetch all that a job made, by what its history says."""
    shown = [image for out in entry["outputs"].values() for image in out.get("images", [])]
    return [it.ask(f"/view?{urlencode(image)}", raw=True)[1] for image in shown]


def test_a_job_is_posted_waited_for_by_websocket_and_its_picture_fetched(it: Server) -> None:
    client = str(uuid.uuid4())
    with Ear(it.url, client) as ear:
        job = send_as_a_form(it, workflow(), client)
        ear.until_over(job, seconds=280)
        # Whoever hears the end can read the history.
        entry = it.history()[job]
    assert entry["status"]["status_str"] == "success"
    (content,) = pictures(it, entry)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (64, 64)
        assert json.loads(picture.info["prompt"]) == entry["prompt"][2]
    kinds = [kind for kind in ear.kinds if kind not in ("status", "picture")]
    assert kinds[0] == "execution_start"
    assert kinds[-1] == "executing"
    sampling = [data for data in ear.of("progress") if data["max"] == 8]
    assert [data["value"] for data in sampling] == [*range(1, 9)]
    # All clients get previews where --preview-method was given: a picture after eight bytes.
    glimpses = [said for said in ear.heard if isinstance(said, bytes)]
    assert glimpses
    for glimpse in glimpses:
        assert glimpse[:8] == b"\0\0\0\1\0\0\0\1"
        with Image.open(io.BytesIO(glimpse[8:])) as picture:
            assert picture.format == "JPEG"


def test_a_script_without_a_socket_posts_and_asks_for_the_history(it: Server) -> None:
    """As ComfyUI's simplest example, and those that poll."""
    job = send_as_a_form(it, picture_of(it, "basic.png", "SaveImage"))
    entry = it.wait_for(job, seconds=280)[job]
    assert entry["prompt"][1] == job
    assert it.ask(f"/history/{job}")[1] == {job: entry}
    (image,) = entry["outputs"]["2"]["images"]
    assert set(image) == {"filename", "subfolder", "type"}
    assert pictures(it, entry)[0].startswith(b"\x89PNG")


def test_pictures_come_by_websocket_from_a_script_that_announces_nothing(it: Server) -> None:
    """As ComfyUI's example for pictures without files: it takes what comes while a node runs."""
    client, node = str(uuid.uuid4()), ""
    came: list[tuple[str, bytes]] = []
    with Ear(it.url, client) as ear:
        job = send_as_a_form(it, picture_of(it, "sent.png", "SaveImageWebsocket"), client)
        for said in ear.until_over(job, seconds=280):
            if isinstance(said, bytes):
                came.append((node, said))
            elif said["type"] == "executing" and said["data"].get("prompt_id") == job:
                node = said["data"]["node"]
    ((node, content),) = came
    assert node == "2"
    assert content[:8] == b"\0\0\0\1\0\0\0\2"
    with Image.open(io.BytesIO(content[8:])) as picture:
        assert (picture.format, picture.getpixel((3, 3))) == ("PNG", (200, 30, 30))
    assert it.history()[job]["outputs"] == {}


def test_a_picture_is_uploaded_as_a_form_and_loaded(it: Server) -> None:
    name = upload(it, "mine.png", (10, 200, 10))
    assert upload(it, "mine.png", (10, 200, 10)) == name
    assert upload(it, "mine.png", (10, 10, 200)) == "mine (1).png"
    job = it.post(show(name, "PreviewImage"))
    (content,) = pictures(it, it.wait_for(job, seconds=280)[job])
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.getpixel((3, 3)) == (10, 200, 10)


def test_what_is_wrong_is_said_in_the_fields_that_scripts_read(it: Server) -> None:
    broken = workflow()
    key = next(key for key, node in broken.items() if node["class_type"] == "KSampler")
    broken[key]["inputs"] |= {"steps": 0, "sampler_name": "none such"}
    status, answer = it.ask("/prompt", {"prompt": broken, "client_id": "x"})
    assert (status, answer["error"]["type"]) == (400, "prompt_outputs_failed_validation")
    found = answer["node_errors"][key]
    assert found["class_type"] == "KSampler"
    assert {error["type"] for error in found["errors"]} == {
        "value_smaller_than_min",
        "value_not_in_list",
    }
    for error in found["errors"]:
        assert set(error) == {"type", "message", "details", "extra_info"}


def test_what_did_not_change_does_not_run_and_still_has_its_outputs(it: Server) -> None:
    first, second = (it.post(workflow()) for _ in range(2))
    found = it.wait_for(first, second, seconds=280)
    assert found[first]["outputs"] == found[second]["outputs"]
    status, plan = it.ask("/plan", {"prompt": workflow()})
    assert status == 200
    assert all(node["cached"] for node in plan["nodes"].values())


def test_the_value_behind_a_link_can_be_looked_at(it: Server) -> None:
    job = it.post(workflow())
    it.wait_for(job, seconds=280)
    decode = next(key for key, node in workflow().items() if node["class_type"] == "VAEDecode")
    status, value = it.ask(f"/value/{job}/{decode}/0")
    assert status == 200
    assert value["type"] == "IMAGE"
    assert value["shape"] == [1, 64, 64, 3]
    assert value["thumbnail"].startswith("data:image/")
    assert it.ask(f"/value/{job}/{decode}/9")[0] == 404
    assert it.ask(f"/value/{uuid.uuid4()}/{decode}/0")[0] == 404


def test_models_can_be_let_go_of_and_come_back(it: Server) -> None:
    assert it.ask("/free", {"unload_models": True, "free_memory": True})[0] == 200
    job = it.post(workflow(2, steps=1))
    assert it.wait_for(job, seconds=280)[job]["status"]["completed"]


def test_files_outside_the_folders_cannot_be_named_by_a_job(it: Server) -> None:
    secret = it.base.parent / "secret.png"
    Image.new("RGB", (8, 8)).save(secret)
    show = {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    for name in (str(secret), "../../secret.png", "..\\..\\secret.png"):
        load = {"class_type": "LoadImage", "inputs": {"image": name}}
        assert it.ask("/prompt", {"prompt": {"1": load, "2": show}})[0] == 400

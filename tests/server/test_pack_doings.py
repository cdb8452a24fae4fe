"""What packs' code does besides its nodes' work: send pictures, change workflows, fail."""

from __future__ import annotations

import io
import json
import shutil
import struct
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.app.packs import DATA
from tests.server.listening import Ear
from tests.server.running import server
from tests.support.workers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.running import Server


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    base = tmp_path_factory.mktemp("doings")
    (base / "custom_nodes").mkdir()
    for name in ("painter.py", "changer.py"):
        shutil.copy(DATA / "routes" / name, base / "custom_nodes")
    with server(base) as made:
        made.wait_until_said("ready to run jobs")
        yield made


def painting(seed: object) -> dict[str, Any]:
    return {"1": {"class_type": "Painter", "inputs": {"seed": seed}}}


def painted(it: Server, seed: int, *, announcing: bool) -> list[Any]:
    """What a client hears of a node that sends pictures."""
    with Ear(it.url, "painters", announcing=announcing) as ear, Ear(it.url, "other") as other:
        if announcing:
            ear.until(lambda _: "feature_flags" in ear.kinds)
        job = it.post(painting(seed), client_id="painters")
        heard = ear.until(lambda _: ear.kinds.count("picture") == 5 and _over(ear, job))
        strange = other.until(lambda _: "picture" in other.kinds)
        assert ear.of("painter.told") == [{"job": job}]
        assert other.of("painter.told") == []
    assert [said for said in strange if isinstance(said, bytes)] == [RAW]
    assert MINE in heard
    return [said for said in heard if said != MINE]


MINE = struct.pack(">II", 1, 1) + b"\xff\xd8mine"
RAW = struct.pack(">II", 1, 1) + b"\xff\xd8raw"


def _over(ear: Ear, job: str) -> bool:
    return {"node": None, "prompt_id": job} in ear.of("executing")


def test_pictures_that_a_packs_node_sends_reach_its_client_after_it_began(it: Server) -> None:
    heard = painted(it, 1, announcing=False)
    begun = next(index for index, said in enumerate(heard) if is_(said, "executing"))
    ended = next(index for index, said in enumerate(heard) if is_(said, "executed"))
    in_order = [said for said in heard[begun:ended] if isinstance(said, bytes) and said != RAW]
    found = [(*struct.unpack(">II", said[:8]), *read(said[8:])) for said in in_order]
    # What another thread than the node's sends comes as soon as it can.
    assert [one for one in found if one[3] != (8, 8)] == [
        (1, 2, "PNG", (600, 300)),
        (1, 1, "JPEG", (256, 128)),
    ]
    assert RAW in heard
    assert not any(is_(said, "progress") for said in heard)
    wait_for(lambda: "a picture something that is none" in "\n".join(it.said))


def test_they_say_where_they_belong_to_a_client_that_can_read_it(it: Server) -> None:
    heard = painted(it, 2, announcing=True)
    told = [said for said in heard if isinstance(said, bytes) and said != RAW]
    found = []
    for said in told:
        kind, length = struct.unpack(">II", said[:8])
        assert kind == 4
        found.append(json.loads(said[8 : 8 + length]))
    assert sorted((one["node_id"], one["image_type"]) for one in found) == [
        ("1", "image/jpeg"),
        ("1", "image/png"),
        ("elsewhere", "image/jpeg"),
    ]


def test_what_a_node_was_given_that_failed_is_told_without_its_data(it: Server) -> None:
    sizes = {"width": 64, "height": 32, "batch_size": 1, "color": 0}
    nodes = {
        "1": {"class_type": "EmptyImage", "inputs": sizes},
        "2": {"class_type": "Breaker", "inputs": {"image": ["1", 0], "text": "t" * 1_000}},
    }
    with Ear(it.url, "breakers") as ear:
        job = it.post(nodes, client_id="breakers")
        ear.until_over(job)
        (told,) = ear.of("execution_error")
    assert told["current_inputs"] == {
        "image": ["Tensor [1, 32, 64, 3] float32"],
        "text": ["t" * 299 + "…"],
    }
    assert told["executed"] == told["current_outputs"] == ["1"]
    assert (
        it.wait_for(job)[job]["status"]["messages"][-1][1]["current_inputs"]
        == (told["current_inputs"])
    )


def read(picture: bytes) -> tuple[str | None, tuple[int, int]]:
    with Image.open(io.BytesIO(picture)) as found:
        return found.format, found.size


def is_(said: Any, kind: str) -> bool:  # noqa: ANN401 - JSON or bytes
    return isinstance(said, dict) and said["type"] == kind


def test_a_pack_changes_workflows_before_they_are_checked(it: Server) -> None:
    job = it.post(painting("the usual"), extra_data={"mine": 1})
    entry = it.wait_for(job)[job]
    assert entry["outputs"]["1"] == {"painted": [5]}
    assert entry["prompt"][2]["1"]["inputs"] == {"seed": 5}
    assert entry["prompt"][3]["changed_by"] == "changer"
    assert entry["prompt"][3]["mine"] == 1
    assert it.ask("/plan", {"prompt": painting("the usual")})[0] == 400, "only what is sent"
    odd: list[object] = [{"prompt": []}, {"prompt": {"1": 5}}, [], {"prompt": {}}]
    for body in odd:
        assert it.ask("/prompt", body)[0] == 400
    said = "\n".join(it.said)
    assert "fail of a node pack failed at a workflow" in said
    assert "forget of a node pack gave no workflow back, but None" in said


def test_it_changes_what_an_editor_saved_as_well(it: Server) -> None:
    node = {"id": 1, "type": "Painter", "inputs": [], "widgets_values": ["the usual"]}
    saved = {"nodes": [node], "links": [], "version": 0.4}
    status, answer = it.ask("/prompt", saved)
    assert status == 200, answer
    entry = it.wait_for(answer["prompt_id"])[answer["prompt_id"]]
    assert entry["outputs"]["1"] == {"painted": [5]}
    assert entry["prompt"][3]["changed_by"] == "changer"
    assert entry["prompt"][3]["extra_pnginfo"]["workflow"]["nodes"][0]["id"] == 1


@pytest.mark.slow
def test_a_pack_that_does_not_come_to_an_end_with_a_workflow_is_named(it: Server) -> None:
    status, answer = it.ask("/prompt", {"prompt": painting("slow")})
    assert (status, answer["error"]["type"]) == (503, "pack_not_ready")
    said = answer["error"]["message"]
    assert "(fail, change, forget) and gave no answer: the worker did not answer" in said


def test_why_a_pack_gives_no_workflow_back_is_said(it: Server) -> None:
    status, answer = it.ask("/prompt", {"prompt": painting("endless")})
    assert (status, answer["error"]["type"]) == (503, "pack_not_ready")
    said = answer["error"]["message"]
    assert "(fail, change, forget) and gave no answer: the answer has something in it" in said

"""Sending jobs, and what is answered to those that cannot run."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from graph.backends.questions import AskError, WorkerGoneError
from tests.web.house import TWO, api, house_in, post, served, wait_for_history
from tests.web.serving import error_of

if TYPE_CHECKING:
    from pathlib import Path

CANVAS: dict[str, Any] = {
    "id": "5d6b8dbf-0000-4000-8000-000000000000",
    "version": 0.4,
    "last_node_id": 2,
    "last_link_id": 1,
    "nodes": [
        {
            "id": 1,
            "type": "Make",
            "pos": [0, 0],
            "size": [1, 1],
            "flags": {},
            "order": 0,
            "mode": 0,
            "inputs": [],
            "outputs": [{"name": "NUMBER", "type": "NUMBER", "links": [1]}],
            "properties": {},
            "widgets_values": [7],
        },
        {
            "id": 2,
            "type": "Save",
            "pos": [0, 0],
            "size": [1, 1],
            "flags": {},
            "order": 1,
            "mode": 0,
            "inputs": [{"name": "value", "type": "*", "link": 1}],
            "outputs": [],
            "properties": {},
            "widgets_values": [],
        },
    ],
    "links": [[1, 1, 0, 2, 0, "*"]],
    "groups": [],
    "config": {},
    "extra": {},
}
SAVED = {"images": [{"filename": "7.png", "subfolder": "", "type": "output"}]}


async def test_a_job_is_accepted_run_and_found_in_history(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            accepted = await post(client, TWO, client_id="me", extra_data={"note": 1})
            assert set(accepted) == {"prompt_id", "number", "node_errors"}
            assert accepted["node_errors"] == {}
            assert accepted["number"] == 1
            job_id = accepted["prompt_id"]
            entry = await wait_for_history(client, job_id)
            assert entry["prompt"] == [1, job_id, TWO, {"note": 1, "client_id": "me"}, ["b"]]
            assert entry["outputs"] == {"b": SAVED}
            assert entry["status"]["status_str"] == "success"
            assert entry["status"]["completed"] is True
            kinds = [message[0] for message in entry["status"]["messages"]]
            assert kinds == ["execution_start", "execution_cached", "execution_success"]
            assert entry["meta"]["b"] == {
                "node_id": "b",
                "display_node": "b",
                "parent_node": None,
                "real_node_id": "b",
            }
            assert entry["nodes"]["a"]["reason"]
            info = await (await client.get("/prompt")).json()
            assert info == {"exec_info": {"queue_remaining": 0}}


async def test_an_editors_workflow_is_accepted_as_it_is(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            for body in ({"prompt": CANVAS}, CANVAS, TWO):
                answer = await client.post("/api/prompt", json=body)
                assert answer.status == 200, await answer.text()
                entry = await wait_for_history(client, (await answer.json())["prompt_id"])
                assert [*entry["outputs"].values()] == [SAVED]
                if body is not TWO:
                    assert entry["prompt"][3]["extra_pnginfo"]["workflow"] == CANVAS


async def test_example_clients_that_call_json_a_form_are_understood(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            media = {"Content-Type": "application/x-www-form-urlencoded"}
            body = b'{"prompt": {"1": {"class_type": "Show", "inputs": {"value": 1}}}}'
            answer = await client.post("/prompt", data=body, headers=media)
            assert answer.status == 200


async def test_an_id_of_ones_own_is_kept_and_cannot_be_used_twice(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            mine = str(uuid4())
            assert (await post(client, TWO, prompt_id=mine))["prompt_id"] == mine
            for wrong in (mine, mine.upper(), mine.replace("-", ""), "x", "../" + mine):
                answer = await client.post("/prompt", json={"prompt": TWO, "prompt_id": wrong})
                assert answer.status == 400
                await error_of(answer)


async def test_numbers_and_the_front_decide_the_order(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            first = await post(client, TWO)
            second = await post(client, TWO)
            front = await post(client, TWO, front=True)
            early = await post(client, TWO, number=1.5)
            assert front["number"] < 0
            assert early["number"] == 1.5
            queue = await (await client.get("/queue")).json()
            assert queue["queue_running"] == []
            ids = [job[1] for job in queue["queue_pending"]]
            assert ids == [one["prompt_id"] for one in (front, first, early, second)]
            assert queue["queue_pending"][1] == [1, first["prompt_id"], TWO, {}, ["b"]]


async def test_only_what_was_asked_for_runs(tmp_path: Path) -> None:
    both = api(a=("Make", {"number": 0}), b=("Save", {"value": "a:0"}), c=("Save", {"value": 3}))
    with house_in(tmp_path) as house:
        async with served(house) as client:
            accepted = await post(client, both, partial_execution_targets=["c"])
            entry = await wait_for_history(client, accepted["prompt_id"])
            assert list(entry["outputs"]) == ["c"]


BROKEN = api(
    a=("Make", {"number": 1000}),
    b=("Save", {"value": "a:0"}),
    c=("Save", {"value": 3}),
    d=("Show", {"value": "a:0"}),
)


async def test_a_sound_output_runs_and_the_broken_one_is_explained(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            accepted = await post(client, BROKEN)
            (error,) = accepted["node_errors"]["a"]["errors"]
            assert error["type"] == "value_bigger_than_max"
            assert error["extra_info"] == {"input_name": "number", "received_value": 1000}
            assert "1000" in error["message"]
            assert set(accepted["node_errors"]["a"]["dependent_outputs"]) == {"b", "d"}
            assert accepted["node_errors"]["a"]["class_type"] == "Make"
            entry = await wait_for_history(client, accepted["prompt_id"])
            assert list(entry["outputs"]) == ["c"]


@pytest.mark.parametrize(
    ("body", "type_", "nodes"),
    [
        ({}, "no_prompt", set()),
        (None, "invalid_prompt", set()),
        ([], "invalid_prompt", set()),
        ({"prompt": None}, "no_prompt", set()),
        ({"prompt": []}, "invalid_prompt", set()),
        ({"prompt": {}}, "prompt_no_outputs", set()),
        ({"prompt": "text"}, "invalid_prompt", set()),
        ({"prompt": {"1": 5}}, "invalid_prompt", set()),
        ({"prompt": {"1": {"inputs": {}}}}, "invalid_prompt", set()),
        ({"prompt": {"1": {"class_type": 5, "inputs": {}}}}, "invalid_prompt", set()),
        ({"prompt": {"1": {"class_type": "Show", "inputs": []}}}, "invalid_prompt", set()),
        ({"prompt": TWO, "client_id": 5}, "invalid_prompt", set()),
        ({"prompt": TWO, "client_id": "x" * 300}, "invalid_prompt", set()),
        ({"prompt": TWO, "client_id": "line\nbreak"}, "invalid_prompt", set()),
        ({"prompt": TWO, "number": "first"}, "invalid_prompt", set()),
        ({"prompt": TWO, "number": 1e300}, "invalid_prompt", set()),
        ({"prompt": TWO, "front": "yes"}, "invalid_prompt", set()),
        ({"prompt": TWO, "extra_data": []}, "invalid_prompt", set()),
        ({"prompt": TWO, "partial_execution_targets": "b"}, "invalid_prompt", set()),
        ({"prompt": TWO, "partial_execution_targets": []}, "prompt_no_outputs", set()),
        ({"prompt": TWO, "partial_execution_targets": ["z"]}, "prompt_no_outputs", set()),
        ({"prompt": api(a=("Make", {"number": 0}))}, "prompt_no_outputs", set()),
        ({"prompt": api(a=("Absent", {}))}, "invalid_prompt", {"a"}),
        (
            {"prompt": api(a=("Absent", {}), b=("Save", {"value": "a:0"}))},
            "invalid_prompt",
            {"a"},
        ),
        ({"prompt": {**TWO, **api(c=("Absent", {}))}}, "invalid_prompt", {"c"}),
        (
            {"prompt": {**TWO, **api(c=("Absent", {}), d=("Save", {"value": "c:0"}))}},
            "invalid_prompt",
            {"c"},
        ),
        (
            {"prompt": {**TWO, **api(c=("Absent", {}))}, "partial_execution_targets": ["b"]},
            "invalid_prompt",
            {"c"},
        ),
        ({"prompt": api(b=("Save", {}))}, "prompt_outputs_failed_validation", {"b"}),
        (
            {"prompt": api(b=("Save", {"value": "z:0"}))},
            "prompt_outputs_failed_validation",
            {"b"},
        ),
        (
            {"prompt": api(b=("Add", {"one": "b:0", "more": 0}), c=("Save", {"value": "b:0"}))},
            "prompt_outputs_failed_validation",
            {"b"},
        ),
    ],
)
async def test_what_cannot_run_is_refused_with_everything_that_is_wrong(
    tmp_path: Path, body: object, type_: str, nodes: set[str]
) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            answer = await client.post("/prompt", json=body)
            assert answer.status == 400
            assert set((await answer.json())["node_errors"]) == nodes
            assert (await error_of(answer))["type"] == type_
            assert house.jobs.queue.counts == (0, 0)


async def test_a_circle_is_told_with_its_path(tmp_path: Path) -> None:
    prompt = api(
        a=("Add", {"one": "b:0", "more": 0}),
        b=("Add", {"one": "a:0", "more": 0}),
        c=("Save", {"value": "b:0"}),
    )
    with house_in(tmp_path) as house:
        async with served(house) as client:
            answer = await client.post("/prompt", json={"prompt": prompt})
            assert "→" in (await error_of(answer))["message"]


async def test_more_nodes_than_anybody_needs_are_refused(tmp_path: Path) -> None:
    prompt = {str(n): {"class_type": "Make", "inputs": {}} for n in range(50_001)}
    with house_in(tmp_path) as house:
        async with served(house) as client:
            answer = await client.post("/prompt", data=io.BytesIO(json.dumps(prompt).encode()))
            assert answer.status == 413
            await error_of(answer)


async def test_what_would_run_and_what_came_out_is_asked_of_the_worker(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            house.worker.answers["plan"] = {"nodes": {"a": {"cached": True}}}
            answer = await client.post("/plan", json={"prompt": TWO})
            assert await answer.json() == {"nodes": {"a": {"cached": True}}, "node_errors": {}}
            assert house.worker.asked[-1] == ("plan", {"prompt": TWO, "targets": None})
            answer = await client.post("/plan", json={"prompt": api(b=("Save", {}))})
            assert answer.status == 400

            job = (await post(client, TWO))["prompt_id"]
            house.worker.answers["value"] = {"type": "NUMBER", "thumbnail": b"jpeg"}
            answer = await client.get(f"/value/{job}/a/0")
            thumbnail = "data:image/jpeg;base64,anBlZw=="
            assert await answer.json() == {"type": "NUMBER", "thumbnail": thumbnail}
            asked = {"prompt": TWO, "targets": None, "node": "a", "slot": 0}
            assert house.worker.asked[-1] == ("value", asked)
            house.worker.answers["value"] = None
            assert (await client.get(f"/value/{job}/a/0")).status == 404
            assert (await client.get("/value/absent/a/0")).status == 404
            assert (await client.get(f"/value/{job}/a/first")).status == 400
            for error, status in ((AskError("no"), 422), (WorkerGoneError("gone"), 503)):
                house.worker.answers["value"] = error
                answer = await client.get(f"/value/{job}/a/0")
                assert answer.status == status
                assert (await error_of(answer))["message"] == str(error)

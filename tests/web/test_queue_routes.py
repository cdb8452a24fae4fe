"""The queue, the history, and jobs of every state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.web.house import TWO, api, house_in, post, served, wait_for_history
from tests.web.serving import error_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.house import House
    from tests.web.serving import Client

STEPS = api(s=("Steps", {}), b=("Show", {"value": "s:0"}))
WRONG = api(a=("Make", {"number": 0}), f=("Fail", {"value": "a:0"}), b=("Show", {"value": "f:0"}))


async def send(client: Client, prompt: dict[str, Any], **more: object) -> str:
    accepted = await post(client, prompt, **more)
    return str(accepted["prompt_id"])


async def state(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = await (await client.get("/queue/state")).json()
    return found


def wait_until_running(house: House) -> None:
    assert house.gate.reached.wait(20)


async def test_jobs_are_taken_out_sorted_and_paused(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            a, b, c, d = [await send(client, TWO) for _ in range(4)]
            assert (await client.post("/queue", json={"delete": [b, "absent"]})).status == 200
            assert (await state(client))["pending"] == [a, c, d]
            assert (await client.post("/queue/move", json={"prompt_id": d, "to": 0})).status == 200
            assert (await state(client))["pending"] == [d, a, c]
            await client.post("/queue/move", json={"prompt_id": d, "after": c})
            await client.post("/queue/move", json={"prompt_id": c, "before": a})
            assert (await state(client))["pending"] == [c, a, d]
            assert (await client.post("/queue/pause")).status == 200
            assert (await state(client))["paused"] is True
            assert (await client.post("/queue/resume")).status == 200
            assert (await state(client))["paused"] is False
            assert (await client.post("/queue", json={"clear": True})).status == 200
            assert (await state(client))["pending"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/queue", {"clear": "yes"}, 400),
        ("/queue", {"delete": "all"}, 400),
        ("/queue", {"delete": [1]}, 400),
        ("/queue", [], 400),
        ("/queue", {}, 200),
        ("/queue/move", {"prompt_id": "absent", "to": 0}, 404),
        ("/queue/move", {"prompt_id": "absent"}, 400),
        ("/queue/move", {"prompt_id": "absent", "to": 0, "after": "x"}, 400),
        ("/queue/move", {"to": 0}, 400),
        ("/queue/move", None, 400),
        ("/interrupt", {"prompt_id": 5}, 400),
        ("/interrupt", {"prompt_id": "absent"}, 200),
        ("/interrupt", {}, 200),
        ("/interrupt", None, 200),
        ("/history", {"delete": ["absent", "\u0000"]}, 200),
        ("/history", {"clear": 1}, 400),
        ("/history", {"delete": {"a": 1}}, 400),
        ("/free", {"unload_models": "yes"}, 400),
        ("/free", None, 200),
        ("/jobs/absent/cancel", None, 404),
        ("/jobs/%00/cancel", None, 404),
    ],
)
async def test_wishes_that_make_no_sense_are_refused_and_change_nothing(
    tmp_path: Path, path: str, body: object, status: int
) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            job = await send(client, TWO)
            answer = await client.post(path, json=body)
            assert answer.status == status
            if status != 200:
                await error_of(answer)
            assert (await state(client))["pending"] == [job]


async def test_the_running_job_is_interrupted_whole_or_by_its_id(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            job = await send(client, STEPS)
            wait_until_running(house)
            queue = await (await client.get("/queue")).json()
            assert [entry[1] for entry in queue["queue_running"]] == [job]
            assert await (await client.get(f"/history/{job}")).json() == {}
            await client.post("/interrupt", json={"prompt_id": str(uuid4())})
            assert (await state(client))["running"] == [job]
            await client.post("/interrupt", json={"prompt_id": job})
            entry = await wait_for_history(client, job)
            assert entry["status"]["status_str"] == "error"
            assert entry["status"]["messages"][-1][0] == "execution_interrupted"
            assert entry["status"]["messages"][-1][1]["node_id"] == "s"

            house.gate.reached.clear()
            again = await send(client, STEPS)
            wait_until_running(house)
            assert (await client.post("/api/interrupt")).status == 200
            assert not (await wait_for_history(client, again))["status"]["completed"]


async def test_a_failed_job_says_why_in_history(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            entry = await wait_for_history(client, await send(client, WRONG))
            kind, data = entry["status"]["messages"][-1]
            assert kind == "execution_error"
            assert data["node_id"] == "f"
            assert data["node_type"] == "Fail"
            assert "it broke" in data["exception_message"]
            assert data["exception_type"] == "graph.errors.NodeInputError"
            assert any("it broke" in line for line in data["traceback"])
            assert data["executed"] == ["a"]


async def test_history_is_paged_from_the_oldest_and_forgotten_on_demand(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            jobs = [await send(client, api(b=("Show", {"value": n}))) for n in range(5)]
            for job in jobs:
                await wait_for_history(client, job)

            async def listed(query: str = "") -> list[str]:
                return [*await (await client.get(f"/history{query}")).json()]

            assert await listed() == jobs
            assert await listed("?max_items=2") == jobs[3:]
            assert await listed("?max_items=2&offset=0") == jobs[3:]
            assert await listed("?max_items=2&offset=-1") == jobs[3:]
            assert await listed("?max_items=2&offset=1") == jobs[1:3]
            assert await listed("?offset=4") == jobs[4:]
            assert await listed("?max_items=0") == []
            for query in ("?max_items=x", "?offset=1e3", "?offset=-5"):
                assert (await client.get(f"/history{query}")).status == 400
            await client.post("/history", json={"delete": [jobs[0], "absent"]})
            assert await listed() == jobs[1:]
            await client.post("/history", json={"clear": True})
            assert await listed() == []
            assert await (await client.get("/history/absent")).json() == {}


async def test_jobs_of_every_state_are_in_one_list(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            canvas = {"id": "flow", "nodes": [], "links": []}
            extra = {"extra_pnginfo": {"workflow": canvas}}
            done = await send(client, TWO, extra_data=extra)
            await wait_for_history(client, done)
            failed = await send(client, WRONG)
            await wait_for_history(client, failed)
            running = await send(client, STEPS)
            wait_until_running(house)
            pending = await send(client, TWO)
            gone = await send(client, TWO)
            answer = await client.post(f"/api/jobs/{gone}/cancel")
            assert await answer.json() == {"id": gone, "cancelled": True}
            answer = await client.post(f"/api/jobs/{gone}/cancel")
            assert await answer.json() == {"id": gone, "cancelled": False}
            # Taken back before it began: nowhere in the history, as in ComfyUI.
            assert gone not in await (await client.get("/history")).json()
            assert await (await client.get(f"/history/{gone}")).json() == {}

            async def listed(query: str = "") -> list[str]:
                found = await (await client.get(f"/api/jobs{query}")).json()
                return [job["id"] for job in found["jobs"]]

            assert await listed() == [gone, pending, running, failed, done]
            assert await listed("?sort_order=asc&limit=2&offset=1") == [failed, running]
            assert await listed("?status=pending,in_progress") == [pending, running]
            assert await listed("?status=cancelled") == [gone]
            assert await listed("?workflow_id=flow") == [done]
            page = await (await client.get("/api/jobs?limit=2&offset=2")).json()
            assert page["pagination"] == {"offset": 2, "limit": 2, "total": 5, "has_more": True}
            for query in ("?status=odd", "?limit=0", "?offset=-1", "?sort_by=x", "?limit=1001"):
                answer = await client.get(f"/api/jobs{query}")
                assert answer.status == 400
                await error_of(answer)

            whole = await (await client.get(f"/api/jobs/{done}")).json()
            assert whole["status"] == "completed"
            assert whole["outputs_count"] == whole["previewable_outputs_count"] == 1
            assert whole["preview_output"] == {
                "filename": "7.png",
                "subfolder": "",
                "type": "output",
                "nodeId": "b",
                "mediaType": "images",
            }
            assert whole["execution_end_time"] >= whole["execution_start_time"]
            assert whole["workflow"] == {"prompt": TWO, "extra_data": extra}
            assert whole["workflow_id"] == "flow"
            assert "execution_error" not in whole
            assert whole["execution_status"]["completed"] is True

            broken = await (await client.get(f"/api/jobs/{failed}")).json()
            assert broken["execution_error"]["node_id"] == "f"
            waiting = await (await client.get(f"/api/jobs/{pending}")).json()
            assert "execution_start_time" not in waiting
            assert (await client.get("/api/jobs/absent")).status == 404

            answer = await client.post(f"/api/jobs/{running}/cancel")
            assert await answer.json() == {"id": running, "cancelled": True}
            entry = await wait_for_history(client, running)
            assert entry["status"]["messages"][-1][0] == "execution_interrupted"


async def test_freeing_is_passed_on_without_waiting(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            answer = await client.post("/free", json={"unload_models": True})
            assert answer.status == 200
            await client.post("/free", json={})
        assert house.worker.asked == [("free", {"models": True, "results": False})]

"""Which models there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.files import opened, picture, safetensors
from tests.web.serving import error_of, running, services_in

if TYPE_CHECKING:
    from pathlib import Path


def fill(base: Path) -> None:
    models = base / "models"
    safetensors(models / "checkpoints" / "b.safetensors", {"__metadata__": {"format": "pt"}})
    safetensors(models / "checkpoints" / "sd" / "A.safetensors", {})
    (models / "checkpoints" / "sd" / "A.png").write_bytes(picture())
    safetensors(models / "embeddings" / "style.v2.safetensors", {"__metadata__": [1]})
    (models / "checkpoints" / "damaged.safetensors").write_bytes(b"\xff" * 40)
    (models / "loras").mkdir()
    (models / "loras" / "linked.safetensors").symlink_to(models / "checkpoints" / "b.safetensors")


async def test_models_are_listed_by_kind(tmp_path: Path) -> None:
    fill(tmp_path)
    async with running(services_in(tmp_path)) as client:
        kinds = await (await client.get("/models")).json()
        assert {"checkpoints", "loras", "vae", "embeddings"} <= set(kinds)
        answer = await client.get("/api/models/checkpoints")
        names = ["b.safetensors", "damaged.safetensors", "sd/A.safetensors"]
        assert await answer.json() == names
        assert await (await client.get("/models/loras")).json() == ["linked.safetensors"]
        assert await (await client.get("/embeddings")).json() == ["style.v2"]
        safetensors(tmp_path / "models" / "text_encoders" / "t5.safetensors", {})
        for name in ("clip", "text_encoders"):
            assert await (await client.get(f"/models/{name}")).json() == ["t5.safetensors"]
            (found,) = await (await client.get(f"/experiment/models/{name}")).json()
            assert found["name"] == "t5.safetensors"
        assert await (await client.get("/models/unet")).json() == []
        for kind in ("nothing", "checkpoints%2F.."):
            answer = await client.get(f"/models/{kind}")
            assert answer.status == 404
            await error_of(answer)


async def test_models_are_listed_with_size_and_place(tmp_path: Path) -> None:
    fill(tmp_path)
    async with running(services_in(tmp_path)) as client:
        folders = await (await client.get("/experiment/models")).json()
        place = {"name": "checkpoints", "folders": [str(tmp_path / "models" / "checkpoints")]}
        assert place in folders
        found = await (await client.get("/experiment/models/checkpoints")).json()
        last = found[-1]
        assert last["name"] == "sd/A.safetensors"
        path = tmp_path / "models" / "checkpoints" / "sd" / "A.safetensors"
        assert (last["pathIndex"], last["size"]) == (0, path.stat().st_size)
        assert last["modified"] == path.stat().st_mtime


async def test_the_picture_beside_a_model_is_its_preview(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "secret.png").write_bytes(picture())
    async with running(services_in(tmp_path)) as client:
        base = "/experiment/models/preview"
        answer = await client.get(f"{base}/checkpoints/0/sd/A.safetensors")
        assert answer.content_type == "image/webp"
        assert opened(await answer.read()).size == (8, 6)
        for path, status in {
            "checkpoints/0/b.safetensors": 404,
            "checkpoints/1/sd/A.safetensors": 404,
            "checkpoints/x/sd/A.safetensors": 404,
            "checkpoints/-1/sd/A.safetensors": 404,
            "nothing/0/sd/A.safetensors": 404,
            "checkpoints/0/": 404,
            "checkpoints/0/..%2F..%2F..%2Fsecret.safetensors": 400,
            "checkpoints/0/%2Fetc%2Fpasswd": 400,
            "checkpoints/0/%00": 400,
        }.items():
            answer = await client.get(f"{base}/{path}")
            assert answer.status == status, path
            await error_of(answer)


async def test_a_model_says_what_its_header_says(tmp_path: Path) -> None:
    fill(tmp_path)
    async with running(services_in(tmp_path)) as client:
        answer = await client.get("/view_metadata/checkpoints?filename=b.safetensors")
        assert await answer.json() == {"format": "pt"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("checkpoints?filename=sd/A.safetensors", 404),
        ("checkpoints?filename=damaged.safetensors", 404),
        ("checkpoints?filename=absent.safetensors", 404),
        ("embeddings?filename=style.v2.safetensors", 404),
        ("nothing?filename=b.safetensors", 404),
        ("checkpoints?filename=b.png", 404),
        ("checkpoints", 404),
        ("checkpoints?filename=../checkpoints/b.safetensors", 400),
        ("checkpoints?filename=/b.safetensors", 400),
        ("checkpoints?filename=%00.safetensors", 400),
    ],
)
async def test_a_model_that_says_nothing_or_is_not_there_is_said(
    tmp_path: Path, query: str, status: int
) -> None:
    fill(tmp_path)
    async with running(services_in(tmp_path)) as client:
        answer = await client.get(f"/view_metadata/{query}")
        assert answer.status == status
        await error_of(answer)

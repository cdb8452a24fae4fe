"""What the server tells of itself: nodes, versions, logs, what packs bring, names to complete."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

from graph.decorator import definition_of, node
from graph.sockets import ModelFile, Socket
from tests.web.serving import error_of, running, services_in
from web.catalogue import DefinedCatalogue
from web.log_book import LogBook, LogBookHandler
from web.packs import Pack
from web.system import Machine, without_secrets

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@node("Load", category="test")
def load(name: Annotated[str, ModelFile("checkpoints")]) -> Annotated[object, Socket("MODEL")]:
    """Load a model."""
    return name


async def test_all_nodes_are_described_compressed_and_once(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    many = [definition_of(load)]
    services = services_in(tmp_path, catalogue=DefinedCatalogue(many, services.folders))
    async with running(services) as client:
        answer = await client.get("/object_info")
        found = await answer.json()
        assert found["Load"]["input"]["required"]["name"][0] == []
        assert found["Load"]["output"] == ["MODEL"]
        tag = answer.headers["ETag"]
        again = await client.get("/api/object_info", headers={"If-None-Match": tag})
        assert again.status == 304
        one = await (await client.get("/object_info/Load")).json()
        assert one == {"Load": found["Load"]}
        assert await (await client.get("/object_info/Absent")).json() == {}


async def test_a_model_that_comes_later_is_an_option_at_once(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    services = services_in(
        tmp_path, catalogue=DefinedCatalogue([definition_of(load)], services.folders)
    )
    folder = tmp_path / "models" / "checkpoints"
    async with running(services) as client:

        async def options() -> list[str]:
            found = await (await client.get("/object_info/Load")).json()
            names: list[str] = found["Load"]["input"]["required"]["name"][0]
            return names

        assert await options() == []
        (folder / "sub").mkdir(parents=True)
        assert await options() == []
        (folder / "sub" / "a.safetensors").touch()
        assert await options() == ["sub/a.safetensors"]
        (folder / "sub" / "a.safetensors").unlink()
        assert await options() == []


async def test_a_large_answer_travels_compressed_to_those_who_can_read_it(tmp_path: Path) -> None:
    class Large(DefinedCatalogue):
        def describe(self) -> dict[str, Any]:
            return {f"Node{number}": {"input": {}} for number in range(1000)}

    services = services_in(tmp_path)
    services = services_in(tmp_path, catalogue=Large((), services.folders))
    async with running(services) as client:
        packed = await client.get("/object_info", headers={"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < 8000
        for accepted in ("identity", "gzip;q=0", "br"):
            plain = await client.get("/object_info", headers={"Accept-Encoding": accepted})
            assert "Content-Encoding" not in plain.headers
            assert await plain.json() == await packed.json()


async def test_the_machine_and_the_versions_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["main.py", "--token", "hunter2", "--port=1", "--token=x"])

    async def machine() -> Machine:
        return Machine(8, 4, "2.13.0", ())

    async with running(services_in(tmp_path, machine=machine, version="1.2")) as client:
        stats = await (await client.get("/system_stats")).json()
        assert stats["devices"] == []
        system = stats["system"]
        assert system["ram_total"] == 8
        assert system["ram_free"] == 4
        assert system["pytorch_version"] == "2.13.0"
        assert system["argv"] == ["main.py", "--token", "…", "--port=1", "--token=…"]
        assert set(system) >= {"os", "comfyui_version", "python_version", "embedded_python"}
        features = await (await client.get("/features")).json()
        assert features == {"supports_preview_metadata": True, "max_upload_size": 104857600}


def test_a_command_line_is_shown_without_its_secrets() -> None:
    shown = without_secrets(["--token", "a", "--token-file", "b", "--tokens", "c"])
    assert shown == ["--token", "…", "--token-file", "…", "--tokens", "c"]


async def test_the_last_lines_of_the_log_are_shown_without_tracebacks(tmp_path: Path) -> None:
    book = LogBook()
    logger = logging.Logger("test")
    logger.addHandler(LogBookHandler(book))
    logger.warning("first %s", "line")
    logger.error("second", exc_info=ValueError("inside"))
    async with running(services_in(tmp_path, logs=book)) as client:
        raw = await (await client.get("/internal/logs/raw")).json()
        assert [entry["m"] for entry in raw["entries"]] == ["first line\n", "second\n"]
        assert set(raw["size"]) == {"cols", "rows"}
        text = await (await client.get("/internal/logs")).json()
        assert text.endswith(" - second\n")
        wish = {"clientId": "me", "enabled": True}
        assert (await client.patch("/internal/logs/subscribe", json=wish)).status == 200
        assert book.listeners == {"me"}
        wish["enabled"] = False
        await client.patch("/internal/logs/subscribe", json=wish)
        assert book.listeners == set()
        answer = await client.patch("/internal/logs/subscribe", json={"clientId": 1})
        assert answer.status == 400


async def test_files_and_places_are_listed_for_the_editor(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    for age, name in enumerate(("new.png", "old.png", "older.png")):
        path = services.folders.output / name
        path.touch()
        os.utime(path, (time.time() - age * 100,) * 2)
    (services.folders.output / ".hidden").touch()
    (services.folders.output / "folder").mkdir()
    async with running(services) as client:
        names = await (await client.get("/internal/files/output")).json()
        assert names == ["new.png", "old.png", "older.png"]
        below = services.folders.output / "folder" / "below.png"
        below.touch()
        (services.folders.output / "out").symlink_to(tmp_path)
        names = await (await client.get("/internal/files/output?recurse=true")).json()
        assert names == ["folder/below.png", "new.png", "old.png", "older.png"]
        assert await (await client.get("/internal/files/temp")).json() == []
        for kind in ("models", "..%2Foutput", "user"):
            answer = await client.get(f"/internal/files/{kind}")
            assert answer.status == 400
            await error_of(answer)
        places = await (await client.get("/internal/folder_paths")).json()
        assert places["vae"] == [str(tmp_path / "models" / "vae")]
        assert places["custom_nodes"] == [str(services.folders.custom_nodes)]
        for name in ("logs", "logs/raw", "folder_paths", "files/output"):
            plain = await (await client.get(f"/internal/{name}")).json()
            assert await (await client.get(f"/api/internal/{name}")).json() == plain


def make_pack(folder: Path) -> Pack:
    (folder / "js" / "sub").mkdir(parents=True)
    (folder / "js" / "a.js").write_text("export const a = 1;")
    (folder / "js" / "sub" / "b.js").write_text("b")
    (folder / "js" / "a.css").write_text("a {}")
    (folder / "__init__.py").write_text("SECRET = 1")
    (folder / "example_workflows").mkdir()
    (folder / "example_workflows" / "first steps.json").write_text("{}")
    (folder / "example_workflows" / "first steps.jpg").write_bytes(b"\xff\xd8\xff")
    for language, title in (("en", "Title"), ("zh", "标题")):
        (folder / "locales" / language).mkdir(parents=True)
        (folder / "locales" / language / "main.json").write_text(json.dumps({"title": title}))
    (folder / "locales" / "zh" / "nodeDefs.json").write_text('{"Load": {"display_name": "加载"}}')
    (folder / "locales" / "zh" / "commands.json").write_text("damaged")
    return Pack(folder.name, folder, folder / "js")


async def test_what_packs_bring_is_listed_and_given(tmp_path: Path) -> None:
    packs = [make_pack(tmp_path / "packs" / "my pack"), Pack("bare", tmp_path / "packs" / "bare")]
    (tmp_path / "packs" / "my pack" / "js" / "out").symlink_to(tmp_path)
    async with running(services_in(tmp_path / "base", packs=lambda: packs)) as client:
        listed = await (await client.get("/extensions")).json()
        assert listed == ["/extensions/my pack/a.js", "/extensions/my pack/sub/b.js"]
        script = await client.get("/extensions/my%20pack/a.js")
        assert script.content_type == "text/javascript"
        assert await script.text() == "export const a = 1;"
        assert "attachment" not in script.headers["Content-Disposition"]
        for path, status in {
            "my%20pack/absent.js": 404,
            "my%20pack/sub": 404,
            "my%20pack/..%2F__init__.py": 403,
            "my%20pack/out/x": 403,
            "my%20pack/%00": 400,
            "bare/a.js": 404,
            "absent/a.js": 404,
            "..%2F..%2Fetc/passwd": 404,
        }.items():
            answer = await client.get(f"/extensions/{path}")
            assert answer.status == status, path
            await error_of(answer)
        templates = await (await client.get("/workflow_templates")).json()
        assert templates["my pack"] == ["first steps"]
        assert "txt2img" in templates["safelight"]  # those that come with it
        template = await client.get("/api/workflow_templates/my%20pack/first%20steps.json")
        assert await template.json() == {}
        assert (await client.get("/i18n")).status == 200
        assert await (await client.get("/i18n")).json() == {
            "en": {"title": "Title"},
            "zh": {"title": "标题", "nodeDefs": {"Load": {"display_name": "加载"}}},
        }


async def test_names_for_prompts_are_listed(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    wildcards = services.folders.user / "wildcards"
    (wildcards / "sub").mkdir(parents=True)
    (wildcards / "colour.txt").write_text("red\nblue")
    (wildcards / "sub" / "animal.yaml").write_text("a")
    (wildcards / "note.md").write_text("a")
    for kind in ("embeddings", "loras"):
        (tmp_path / "models" / kind).mkdir(parents=True)
        (tmp_path / "models" / kind / "one.v2.safetensors").touch()
    async with running(services) as client:
        assert await (await client.get("/completions")).json() == {
            "embeddings": ["one.v2"],
            "loras": ["one.v2"],
            "wildcards": ["colour", "sub/animal"],
        }

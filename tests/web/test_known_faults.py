"""What went wrong in systems like this one: a test for each kind of fault, named after it."""

from __future__ import annotations

import ast
import json
import pickle
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.files import everything_below, form, picture, safetensors
from tests.web.house import api, house_in, served
from tests.web.serving import error_of, running, services_in
from web.application import JOB_ROUTES, ROUTES, make_application
from web.guards.security import Security
from web.sign_in_routes import local

if TYPE_CHECKING:
    from tests.web.house import House

WEB = Path(__file__).parents[2] / "web"
SCRIPT = "<script>document.body.dataset.ran = 1</script>"
EVIL_FILES = {
    "page.html": f"<!doctype html>{SCRIPT}",
    "page.htm": SCRIPT,
    "picture.svg": f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>',
    "picture.svgz": f"<svg>{SCRIPT}</svg>",
    "page.xhtml": f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">{SCRIPT}</html>',
    "data.xml": f'<?xml version="1.0"?><x>{SCRIPT}</x>',
    "text.txt": SCRIPT,
    "notes.md": f"\n\n{SCRIPT}",
    "script.js": "document.body.dataset.ran = 1",
    "file.pdf": "%PDF-1.7 /JavaScript",
    "page.mht": "From: x\r\nContent-Type: multipart/related",
    "noname": SCRIPT,
    "data.json": SCRIPT,
}


class _Touch:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._path,))


async def test_pickle_in_a_model_file_is_never_executed_cve_2024_12029(tmp_path: Path) -> None:
    """ComfyUI CVE-2026-68771, InvokeAI CVE-2024-12029, PyTorch CVE-2025-32434, CVE-2026-24747."""
    sign = tmp_path / "executed"
    services = services_in(tmp_path / "base")
    folder = tmp_path / "base" / "models" / "checkpoints"
    folder.mkdir(parents=True)
    payload = pickle.dumps(_Touch(sign))
    for name in ("a.ckpt", "b.pt", "c.safetensors"):
        (folder / name).write_bytes(payload)
    with zipfile.ZipFile(folder / "d.pth", "w") as archive:
        archive.writestr("archive/data.pkl", payload)
    async with running(services) as client:
        await client.post("/upload/image", data=form(payload, "e.pt"))
        for path in (
            "/models/checkpoints",
            "/experiment/models/checkpoints",
            "/view_metadata/checkpoints?filename=c.safetensors",
            "/view?filename=e.pt&type=input",
            "/object_info",
        ):
            assert (await client.get(path)).status in (200, 404)
    assert not sign.exists()
    pickle.loads(payload)
    assert sign.exists(), "the payload would have worked"


def test_no_module_of_the_server_can_run_what_it_reads() -> None:
    """CVE-2024-21574 to 21577: `eval` of a workflow's text, pip fields of a workflow."""
    forbidden = {"eval", "exec", "compile", "__import__", "system", "popen"}
    modules = {"pickle", "marshal", "shelve", "subprocess", "importlib", "runpy", "code", "pip"}
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = getattr(called, "id", None) or getattr(called, "attr", None)
                is_regex = ast.unparse(called) == "re.compile"
                assert name not in forbidden or is_regex, f"{path}: {name}"
            if isinstance(node, ast.Import):
                assert not {alias.name.split(".")[0] for alias in node.names} & modules, path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in modules, path


async def test_text_of_a_workflow_is_text_cve_2024_21576(tmp_path: Path) -> None:
    sign = tmp_path / "executed"
    code = f"__import__('pathlib').Path({str(sign)!r}).touch()"
    prompt = api(a=("Save", {"value": code}))
    extra = {"pip": ["evil"], "extra_pnginfo": {"workflow": {"nodes": [], "pip": [code]}}}
    with house_in(tmp_path / "base") as house:
        async with served(house) as client:
            body = {"prompt": prompt, "extra_data": extra}
            answer = await client.post("/prompt", json=body)
            assert answer.status == 200
            job = (await answer.json())["prompt_id"]
            while not await (await client.get(f"/history/{job}")).json():
                pass
    assert not sign.exists()


@pytest.mark.parametrize("name", EVIL_FILES)
async def test_stored_xss_by_an_uploaded_page_cve_2024_10099(tmp_path: Path, name: str) -> None:
    """ComfyUI CVE-2024-10099, CVE-2026-56670, CVE-2026-56672."""
    content = EVIL_FILES[name].encode()
    async with running(services_in(tmp_path)) as client:
        answer = await client.post("/upload/image", data=form(content, name))
        assert answer.status == 200
        assert (await client.post(f"/userdata/{name}", data=content)).status == 200
        for path in (f"/view?filename={name}&type=input", f"/userdata/{name}"):
            answer = await client.get(path)
            assert await answer.read() == content
            assert answer.content_type == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_page_that_begins_like_a_picture_is_shown_as_a_picture_only(
    tmp_path: Path,
) -> None:
    services = services_in(tmp_path)
    (services.folders.output / "x.html").write_bytes(b"GIF89a" + SCRIPT.encode())
    async with running(services) as client:
        answer = await client.get("/view?filename=x.html")
        assert answer.content_type == "image/gif"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


READS = (
    "/view?filename={}",
    "/view?filename={}&type=input",
    "/view?filename=a.txt&subfolder={}",
    "/view?filename={} [output]&type=temp",
    "/view_metadata/checkpoints?filename={}",
    "/experiment/models/preview/checkpoints/0/{}",
    "/userdata/{}",
    "/userdata?dir={}",
    "/v2/userdata?path={}",
    "/workflow_templates/pack/{}",
    "/extensions/pack/{}",
    "/models/{}",
    "/internal/files/{}",
    "/pages/{}",
    "/object_info/{}",
    "/settings/{}",
    "/history/{}",
)
ESCAPES = (
    "..%2Fsecret.txt",
    "..%2F..%2Fsecret.txt",
    "..%2F..%2F..%2Fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "..%252Fsecret.txt",
    "..%5Csecret.txt",
    "..%5C..%5Csecret.txt",
    "sub%2F..%2F..%2Fsecret.txt",
    "....%2F%2Fsecret.txt",
    "..%00%2Fsecret.txt",
    "%c0%ae%c0%ae%2Fsecret.txt",
    "link%2Fsecret.txt",
    "link.txt",
    "{base}%2Fsecret.txt",
    "file:%2F%2F{base}%2Fsecret.txt",
    "~%2Fsecret.txt",
)


async def test_path_traversal_when_reading_cve_2026_56671(tmp_path: Path) -> None:
    """ComfyUI CVE-2026-56671, -56673, CVE-2026-6591; InvokeAI CVE-2025-6237."""
    base = tmp_path / "base"
    with house_in(base, start=False) as house:
        (tmp_path / "secret.txt").write_text("THE SECRET")
        safetensors(tmp_path / "secret.txt.safetensors", {"__metadata__": {"a": "THE SECRET"}})
        (base / "secret.txt").write_text("THE SECRET")
        for folder in ("input", "output", "temp", "user/default"):
            (base / folder / "sub").mkdir(parents=True)
            (base / folder / "link").symlink_to(tmp_path)
            (base / folder / "link.txt").symlink_to(tmp_path / "secret.txt")
        async with served(house) as client:
            for pattern in READS:
                for escape in ESCAPES:
                    for name in (escape, f"{escape}.safetensors"):
                        told = name.replace("{base}", str(tmp_path).replace("/", "%2F"))
                        answer = await client.get(pattern.replace("{}", told))
                        assert "THE SECRET" not in await answer.text(), (pattern, name)
                        assert answer.status < 500, (pattern, name)


@pytest.mark.parametrize("path", ["../secret.png", "/{base}/secret.png", "link.png", "..\\s.png"])
async def test_path_traversal_by_a_node_of_a_prompt_cve_2026_6591(
    tmp_path: Path, path: str
) -> None:
    with house_in(tmp_path / "base") as house:
        (tmp_path / "secret.png").write_bytes(picture())
        (tmp_path / "base" / "secret.png").write_bytes(picture())
        (house.services.folders.input / "link.png").symlink_to(tmp_path / "secret.png")
        async with served(house) as client:
            for name in (path, f"{path} [output]", f"{path} [temp]"):
                image = name.replace("/{base}", str(tmp_path))
                load = {"image": image, "model": "../../secret"}
                prompt = api(a=("Load", load), b=("Save", {"value": "a:0"}))
                answer = await client.post("/prompt", json={"prompt": prompt})
                assert answer.status == 400
                errors = (await answer.json())["node_errors"]["a"]["errors"]
                assert {error["extra_info"]["input_name"] for error in errors} == {"image", "model"}


async def test_path_traversal_when_writing_or_deleting_cve_2024_11042(tmp_path: Path) -> None:
    """InvokeAI CVE-2024-11042; A1111 CVE-2024-31462."""
    services = services_in(tmp_path / "base")
    user = tmp_path / "base" / "user" / "default"
    user.mkdir()
    (user / "mine.json").write_text("mine")
    (tmp_path / "victim.txt").write_text("precious")
    (tmp_path / "base" / "victim.txt").write_text("precious")
    for folder in (user, services.folders.input):
        (folder / "link").symlink_to(tmp_path)
        (folder / "link.txt").symlink_to(tmp_path / "victim.txt")
    before = everything_below(tmp_path)
    names = [
        "..%2Fvictim.txt",
        "..%2F..%2Fvictim.txt",
        "..%2F..%2F..%2Fvictim.txt",
        "..%5Cvictim.txt",
        "link%2Fvictim.txt",
        "link%2Fnew.txt",
        "link.txt",
        str(tmp_path).replace("/", "%2F") + "%2Fvictim.txt",
    ]
    async with running(services) as client:
        for name in names:
            for method, path in (
                ("DELETE", f"/userdata/{name}"),
                ("POST", f"/userdata/{name}"),
                ("POST", f"/userdata/{name}/move/stolen.txt"),
                ("POST", f"/userdata/mine.json/move/{name}"),
            ):
                answer = await client.request(method, path, data=b"evil")
                assert answer.status in (400, 403, 404), (method, path)
            plain = name.replace("%2F", "/").replace("%5C", "\\")
            for texts in ({"subfolder": plain}, {"subfolder": "link"}, {"type": plain}):
                data = form(picture(), "victim.txt", overwrite="true", **texts)
                answer = await client.post("/upload/image", data=data)
                assert answer.status in (400, 403), (plain, texts)
            answer = await client.post("/upload/image", data=form(b"x", plain, overwrite="true"))
            assert answer.status in (400, 403)
    assert everything_below(tmp_path) == before


CHANGES = sorted({(r.method, r.path) for r in (*ROUTES, *JOB_ROUTES) if r.method != "GET"})


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_cross_site_request_forgery_cve_2026_56674(
    tmp_path: Path, media: str, origin: str
) -> None:
    """ComfyUI issues 4850 and 13245, CVE-2026-56674: other origins, `null`, simple types."""
    headers = {"Origin": origin, **({"Content-Type": media} if media else {})}
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            before = everything_below(tmp_path / "user")
            for method, path in CHANGES:
                target = path.replace("{file}", "a").replace("{dest}", "b").replace("{name}", "a")
                target = target.replace("{prompt_id}", "a")
                for prefix in ("", "/api"):
                    answer = await client.request(
                        method, prefix + target, data=b'{"clear": true}', headers=headers
                    )
                    expected = (403,) if not (prefix and path == "/sign-in") else (403, 404)
                    assert answer.status in expected, (method, target)
            assert everything_below(tmp_path / "user").keys() == before.keys()


async def test_nothing_is_changed_by_asking(tmp_path: Path) -> None:
    """A picture's address in a page of another site is a GET."""
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            for _, path in CHANGES:
                target = path.replace("{", "").replace("}", "")
                answer = await client.get(f"{target}?clear=true&prompt={{}}")
                assert answer.status < 500
            assert not everything_below(tmp_path / "user" / "default")
            assert house.jobs.queue.counts == (0, 0)
            assert house.services.settings.all() == {}


async def test_dns_rebinding_to_a_service_on_localhost_cve_2025_62593(tmp_path: Path) -> None:
    """Ray CVE-2025-62593: the browser thinks that this is evil.example, and says so."""
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            name = f"evil.example:{client.port}"
            rebound = {
                "Host": name,
                "Origin": f"http://{name}",
                "Sec-Fetch-Site": "same-origin",
            }
            for route in (*ROUTES, *JOB_ROUTES):
                answer = await client.request(route.method, route.path, headers=rebound)
                assert answer.status == 403, route.path
                assert (await error_of(answer))["type"] == "host_not_allowed"


async def test_an_open_port_without_authentication_cve_2023_48022(tmp_path: Path) -> None:
    """Ray CVE-2023-48022, CVE-2026-27482; ComfyUI issues 987 and 15822."""
    with house_in(tmp_path, start=False) as house:
        guarded = services_in(tmp_path, security=Security(token="a-token"))
        locked: House = type(house)(guarded, house.jobs, house.worker, house.gate, house.dispatcher)
        claims = {"comfy-user": "admin", "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}
        async with served(locked) as client:
            for route in (*ROUTES, *JOB_ROUTES):
                if route.private:
                    answer = await client.request(route.method, route.path, headers=claims)
                    assert answer.status == 401, route.path
            assert (await client.get("/ws?clientId=me&token=a-token")).status == 401


async def test_the_settings_are_no_file_of_the_users_cve_2025_67303(tmp_path: Path) -> None:
    """ComfyUI-Manager CVE-2025-67303, CVE-2026-22777: settings by user data, CRLF in them."""
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            crlf = "value\r\nsecurity_level = weak\r\n[default]"
            await client.post("/settings/a%0d%0ab", json=crlf)
            assert await (await client.get("/settings")).json() == {"a\r\nb": crlf}
            assert house.services.settings.all() == {"a\r\nb": crlf}
            for name in ("comfy.settings.json", "..%2Fjobs.sqlite", "..%2Fjobs.sqlite-wal"):
                for method in ("GET", "POST", "DELETE"):
                    answer = await client.request(method, f"/userdata/{name}", data=b"{}")
                    assert answer.status == 403
            assert await (await client.get("/settings")).json() == {"a\r\nb": crlf}
            found = json.dumps(await (await client.get("/v2/userdata")).json())
            assert "settings" not in found
            assert "sqlite" not in found


async def test_denial_of_service_by_a_boundary_or_a_name_cve_2024_10821(tmp_path: Path) -> None:
    """InvokeAI CVE-2024-10821, CVE-2024-11043."""
    async with running(services_in(tmp_path)) as client:
        for boundary in ("-" * 60_000, "", "a" * 71, "\\", "a b" * 100):
            media = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
            answer = await client.post("/upload/image", data=b"-" * 60_000, headers=media)
            assert 400 <= answer.status < 500
        answer = await client.post("/upload/image", data=form(picture(), "x" * 60_000))
        assert 400 <= answer.status < 500
        answer = await client.post(f"/userdata/{'x' * 5_000}", data=b"{}")
        assert answer.status == 400
        answer = await client.post("/settings", json={"x" * 100_000: 1})
        assert answer.status == 400
    assert not everything_below(tmp_path)


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "http:evil.example", "/\r\n//evil", "\\\\evil"]
)
async def test_open_redirect_cve_2024_4940(tmp_path: Path, target: str) -> None:
    """Gradio CVE-2024-4940."""
    assert local(target) == "/"
    services = services_in(tmp_path, security=Security(token="a-token"))
    async with running(services) as client:
        answer = await client.post(
            "/sign-in", params={"next": target}, data={"token": "a-token"}, allow_redirects=False
        )
        assert answer.headers["Location"] == "/"


async def test_a_link_that_leaves_the_folder_comfyui_issue_12285(tmp_path: Path) -> None:
    services = services_in(tmp_path / "base")
    (tmp_path / "base" / "user" / "default").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("THE SECRET")
    folders = (
        services.folders.input,
        services.folders.output,
        services.folders.temp,
        services.folders.user / "default",
    )
    for folder in folders:
        (folder / "out").symlink_to(tmp_path / "outside")
        (folder / "deep").mkdir()
        (folder / "deep" / "out").symlink_to("../out")
    async with running(services) as client:
        for kind in ("input", "output", "temp"):
            for place in ("out", "deep/out"):
                query = {"filename": "secret.txt", "subfolder": place, "type": kind}
                assert (await client.get("/view", params=query)).status == 403
        for place in ("out", "deep%2Fout"):
            assert (await client.get(f"/userdata/{place}%2Fsecret.txt")).status == 403
            assert (await client.get(f"/userdata?dir={place}")).status == 403
        listing = await (await client.get("/v2/userdata")).text()
        assert "secret" not in listing


def test_every_kind_of_fault_that_is_known_has_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    for number in [
        "CVE-2026-68771",
        "CVE-2024-12029",
        "CVE-2025-32434",
        "CVE-2026-24747",
        "CVE-2024-10099",
        "CVE-2026-56670",
        "CVE-2026-56672",
        "CVE-2026-56671",
        "CVE-2026-6591",
        "CVE-2025-6237",
        "CVE-2024-11042",
        "CVE-2024-31462",
        "CVE-2026-56674",
        "CVE-2025-62593",
        "CVE-2023-48022",
        "CVE-2026-27482",
        "CVE-2025-67303",
        "CVE-2026-22777",
        "CVE-2024-21574",
        "CVE-2024-10821",
        "CVE-2024-11043",
        "CVE-2024-4940",
    ]:
        assert text.count(number) >= 2, number


def test_no_route_installs_or_loads_code(tmp_path: Path) -> None:
    app = make_application(services_in(tmp_path))
    paths = {route.resource.canonical for route in app.router.routes() if route.resource}
    assert not any(word in path for path in paths for word in ("install", "pip", "git", "eval"))

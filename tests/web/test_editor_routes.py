"""The editor's files are served as they are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.web.serving import error_of, running, services_in
from web import editor_routes
from web.editor_routes import EditorFiles

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_the_page_names_every_module_that_is_needed_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "view").mkdir()
    (tmp_path / "index.html").write_text("<head></head>")
    (tmp_path / "main.js").write_text(
        "/** @typedef {import('./types.js').A} A */\n"
        "import { a } from './view/a.js';\nconst later = () => import('./later.js');\n"
    )
    (tmp_path / "view" / "a.js").write_text("import {\n  b,\n} from '../b.js';\n")
    (tmp_path / "b.js").write_text("export { a } from './view/a.js';\n")
    for name in ("types.js", "later.js"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(editor_routes, "EditorFiles", lambda: EditorFiles(tmp_path))
    async with running(services_in(tmp_path / "base")) as client:
        text = await (await client.get("/")).text()
    named = {part.split('"')[0] for part in text.split('href="/editor/')[1:]}
    assert named == {"main.js", "view/a.js", "b.js"}


async def test_the_page_and_its_modules_are_given_compressed_and_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    (editor / "lib").mkdir(parents=True)
    (editor / "index.html").write_text("<!doctype html><p>猫")
    script = editor / "lib" / "a.js"
    script.write_text("export const a = 1;\n" * 200)
    (editor / "notes.md").write_text("not for browsers")
    (tmp_path / "secret.js").write_text("secret")
    (editor / "out.js").symlink_to(tmp_path / "secret.js")
    monkeypatch.setattr(editor_routes, "EditorFiles", lambda: EditorFiles(editor))
    async with running(services_in(tmp_path / "base")) as client:
        page = await client.get("/")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert await page.text() == "<!doctype html><p>猫"
        first = await client.get("/editor/lib/a.js")
        assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert first.headers["Content-Encoding"] == "gzip"
        assert first.headers["Cache-Control"] == "no-cache"
        tag = {"If-None-Match": first.headers["ETag"]}
        assert (await client.get("/editor/lib/a.js", headers=tag)).status == 304
        script.write_text("export const a = 2;")
        os.utime(script, ns=(1, 1))
        assert (
            await (await client.get("/editor/lib/a.js", headers=tag)).text() == script.read_text()
        )
        for path in ("absent.js", "notes.md", "..%2Fsecret.js", "out.js", "lib", "lib%00.js"):
            answer = await client.get(f"/editor/{path}")
            assert answer.status == 404, path
            await error_of(answer)


def test_comments_stay_at_home_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    source = (
        "// @ts-check\n/**\n * What it is.\n * @param {1} a\n */\n"
        "const a = /** @type {any} */ (1); // kept\n  /* gone */\nconst url = 'http://x/*';\n"
    )
    (tmp_path / "a.js").write_text(source)
    given = EditorFiles(tmp_path).get("a.js").plain.decode()
    assert given.splitlines() == [
        "", "", "", "", "",
        "const a = /** @type {any} */ (1); // kept", "", "const url = 'http://x/*';",
    ]  # fmt: skip

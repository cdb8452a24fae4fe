"""A server starts, answers before it has loaded anything large, and says why it cannot start."""

from __future__ import annotations

import shutil
import socket
import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from app.bootstrap.start import ROOT
from tests.server.running import ONE, server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.running import Server


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as `python3 main.py` starts it, with folders of its own."""
    with server(tmp_path_factory.mktemp("plain"), "--lowvram", "--fast", "fp16_accumulation") as it:
        yield it


def refused(*options: str) -> str:
    """What a server says that must not start, in one sentence."""
    command = [sys.executable, "main.py", *options]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done
    assert done.stdout == ""
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("safelight: ")
    return sentence


def test_options_without_a_command_serve_and_what_means_nothing_is_said(plain: Server) -> None:
    assert plain.url.startswith("http://127.0.0.1:")
    assert plain.ask("/prompt") == (200, {"exec_info": {"queue_remaining": 0}})
    ignored = [line for line in plain.said if "ignored" in line]
    assert ignored == [
        "safelight: --lowvram means nothing here and is ignored",
        "safelight: --fast means nothing here and is ignored",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what is loaded")
def test_the_server_never_loads_torch_and_its_worker_does(plain: Server) -> None:
    status, nodes = plain.ask("/object_info")
    assert status == 200
    assert "KSampler" in nodes
    while not plain.ask("/system_stats")[1]["devices"]:
        time.sleep(0.1)
    (worker,) = plain.workers
    assert "libtorch" in Path(f"/proc/{worker}/maps").read_text()
    assert "libtorch" not in Path(f"/proc/{plain.process.pid}/maps").read_text()
    system = plain.ask("/system_stats")[1]["system"]
    assert system["pytorch_version"]
    assert system["ram_total"] > system["ram_free"] > 0


def test_pictures_are_checked_before_any_worker_is_ready(tmp_path: Path) -> None:
    with server(tmp_path) as fresh:
        status, answer = fresh.ask("/prompt", {"prompt": {"1": {"class_type": "KSampler"}}})
    assert status == 400
    assert answer["error"]["type"] == "prompt_no_outputs"


def test_a_second_server_of_the_same_user_folder_says_who_has_it(
    plain: Server, tmp_path: Path
) -> None:
    user = str(plain.base / "user")
    sentence = refused("--base-directory", str(tmp_path), "--port", "0", "--user-directory", user)
    assert f"process {plain.process.pid} serves the queue" in sentence
    assert "--user-directory" in sentence


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        sentence = refused("--base-directory", str(tmp_path), "--port", port)
    assert port in sentence
    assert "--port" in sentence


def test_a_folder_that_cannot_be_made_is_named_with_its_option(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file")
    sentence = refused("--base-directory", str(tmp_path), "--port", "0")
    assert "--output-directory" in sentence


def test_half_of_what_tls_needs_is_refused(tmp_path: Path) -> None:
    base = ("--base-directory", str(tmp_path), "--port", "0")
    assert "--tls-certfile go together" in refused(*base, "--tls-keyfile", "key.pem")
    files = ("--tls-keyfile", "no.pem", "--tls-certfile", "none.pem")
    assert "TLS cannot be set up with none.pem and no.pem" in refused(*base, *files)


@pytest.mark.skipif(not shutil.which("openssl"), reason="nothing here makes a certificate")
def test_with_a_certificate_it_speaks_https_and_nothing_else(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost"
    made = ["openssl", *kind.split(), "-addext", names, "-keyout", str(key), "-out"]
    subprocess.run([*made, str(certificate)], check=True, capture_output=True)
    options = ("--tls-keyfile", str(key), "--tls-certfile", str(certificate))
    with server(tmp_path / "base", *options, stubs=True) as safe:
        assert safe.url.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=certificate)
        with urlopen(f"{safe.url}/prompt", timeout=60, context=context) as answer:
            assert answer.status == 200
        with pytest.raises(ConnectionError):
            urlopen(f"http{safe.url.removeprefix('https')}/prompt", timeout=60)


def test_what_an_earlier_server_left_in_temp_goes_and_links_lead_nowhere(tmp_path: Path) -> None:
    temp, kept = tmp_path / "temp", tmp_path / "kept"
    (temp / "folder").mkdir(parents=True)
    kept.mkdir()
    (kept / "picture.png").write_text("mine")
    (temp / "folder" / "old.png").write_text("old")
    (temp / "old.png").write_text("old")
    (temp / "link").symlink_to(kept)
    with server(tmp_path, stubs=True) as fresh:
        fresh.wait_for_worker()
        fresh.wait_for(fresh.post(ONE))
        assert list(temp.iterdir()) == []
    assert (kept / "picture.png").read_text() == "mine"


def test_elsewhere_a_token_is_made_printed_and_asked_for(tmp_path: Path) -> None:
    with server(tmp_path, "--listen", "0.0.0.0", stubs=True) as open_:
        port = open_.url.rpartition(":")[2]
        open_.url = f"http://127.0.0.1:{port}"
        open_.wait_until_said("The token for signing in is ")
        line = next(line for line in open_.said if "token" in line)
        token = line.rpartition(" ")[2]
        assert len(token) > 30
        assert open_.ask("/prompt")[0] == 401
        assert open_.ask("/prompt", Authorization="Bearer nonsense")[0] == 401
        assert open_.ask("/prompt", Authorization=f"Bearer {token}")[0] == 200
        argv = open_.ask("/system_stats", Authorization=f"Bearer {token}")[1]["system"]["argv"]
        assert token not in str(argv)


def test_a_token_file_is_made_for_its_owner_alone_and_read_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "token"
    for _ in range(2):
        with server(tmp_path, "--token-file", str(file), stubs=True) as asked:
            token = file.read_text().strip()
            assert asked.ask("/prompt")[0] == 401
            assert asked.ask("/prompt", Authorization=f"Bearer {token}")[0] == 200
            assert token not in "\n".join(asked.said)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_token_elsewhere_every_start_warns(tmp_path: Path) -> None:
    with server(tmp_path, "--listen", "0.0.0.0,127.0.0.2", "--no-token", stubs=True) as open_:
        open_.wait_until_said("whoever can reach this machine")


def test_where_torch_cannot_be_imported_jobs_say_so_and_the_server_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shadow" / "torch").mkdir(parents=True)
    broken = "raise ImportError('libcudart.so.12: cannot open shared object file')"
    (tmp_path / "shadow" / "torch" / "__init__.py").write_text(broken)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "shadow"))
    sizes = {"width": 16, "height": 16, "batch_size": 1, "color": 0}
    prompt = {
        "1": {"class_type": "EmptyImage", "inputs": sizes},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }
    with server(tmp_path) as it:
        for _ in range(2):
            job = it.post(prompt)
            status = it.wait_for(job)[job]["status"]
            kind, said = status["messages"][-1]
            assert (status["status_str"], kind) == ("error", "execution_error")
            assert "libcudart.so.12" in said["exception_message"]
        assert it.ask("/prompt")[1] == {"exec_info": {"queue_remaining": 0}}

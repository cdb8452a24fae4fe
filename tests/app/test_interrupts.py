"""Ctrl-C ends what runs, also where a library swallows the exception that it raises."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import interrupts
from graph.errors import Cancelled

ROOT = Path(__file__).parents[2]
PACK = """
import time
from pathlib import Path

from comfy.utils import ProgressBar


class Deaf:
    CATEGORY, FUNCTION, RETURN_TYPES, OUTPUT_NODE = "tests", "run", (), True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"mark": ("STRING", {})}}

    def run(self, mark):
        bar = ProgressBar(1000)
        for _ in range(1000):
            try:
                Path(mark).touch()
                time.sleep(0.05)
            except BaseException:
                pass
            bar.update(1)
        return ()


NODE_CLASS_MAPPINGS = {"Deaf": Deaf}
"""


def test_a_token_knows_of_ctrl_c_though_nobody_caught_it() -> None:
    with interrupts.Interrupts():
        token = interrupts.token()
        token.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert token.cancelled
        with pytest.raises(Cancelled):
            token.check()
    with interrupts.Interrupts():
        assert not interrupts.token().cancelled


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_ctrl_c_ends_a_node_that_swallows_it(tmp_path: Path) -> None:
    packs = tmp_path / "custom_nodes"
    packs.mkdir()
    (packs / "deaf.py").write_text(PACK, encoding="utf-8")
    mark = tmp_path / "mark"
    workflow = tmp_path / "deaf.json"
    workflow.write_text(json.dumps({"1": {"class_type": "Deaf", "inputs": {"mark": str(mark)}}}))
    command = [sys.executable, str(ROOT / "main.py"), "run", str(workflow)]
    with subprocess.Popen(
        [*command, "--base-directory", str(tmp_path)], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until = time.monotonic() + 60
            while not mark.exists():
                assert time.monotonic() < until
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors

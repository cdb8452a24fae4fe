"""Sessions over packs that were written for tests."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from app.catalogue import make_catalogue
from app.folders import make_folders
from app.session import Session
from app.settings import Settings
from nodes.classes import class_mappings, display_names, web_directories

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.packs import Pack
    from graph.checked import Checked
    from graph.events import Event
    from graph.registry import Registry
    from graph.report import RunResult

    Nodes: TypeAlias = Mapping[str, tuple[str, Mapping[str, object]]]

DATA = Path(__file__).parents[1] / "data" / "packs"


def base_with(place: Path, kind: str, *names: str) -> Path:
    """Return a base directory with packs of a kind, all of them unless named."""
    source = DATA / kind
    target = place / "custom_nodes"
    target.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        if names and path.name not in names and path.stem not in names:
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, target)
    return place


def load(
    base: Path, *, enabled: bool = True, whitelist: tuple[str, ...] = ()
) -> tuple[Registry, dict[str, Pack]]:
    """Load the packs of a base directory."""
    settings = Settings(base=base, custom_nodes_enabled=enabled, custom_nodes_whitelist=whitelist)
    registry, packs = make_catalogue(settings, make_folders(settings))
    return registry, {pack.name: pack for pack in packs}


@contextmanager
def forgetting() -> Iterator[None]:
    """Leave nothing behind of what packs put where the whole process looks."""
    shared: list[dict[str, Any]] = [class_mappings(), display_names(), web_directories()]
    before = [dict(found) for found in shared]
    modules = set(sys.modules)
    try:
        yield
    finally:
        for found, kept in zip(shared, before, strict=True):
            found.clear()
            found.update(kept)
        for name in set(sys.modules) - modules:
            if name.startswith("custom_nodes"):
                del sys.modules[name]


class PackSession:
    """Runs workflows of packs with the real engine.

    Attributes:
        events: What was told during the last run.
    """

    def __init__(self, base: Path, cache_disk: int = 0) -> None:
        self.session = Session(Settings(base=base, device="cpu", cache_disk=cache_disk))
        self.events: list[Event] = []
        self._file = base / "workflow.json"

    def run(self, nodes: Nodes) -> RunResult:
        """Run a workflow: by id the class and inputs; `@id:slot` is a link."""
        self.events.clear()
        return self.session.run(self.session.load(self._write(nodes)), (), self.events.append)

    def shown(self, nodes: Nodes, node: str = "show") -> list[Any]:
        """Run a workflow and return what a node showed, all items of it."""
        found = self.run(nodes).outputs[node]["shown"]
        assert isinstance(found, list)
        return found

    def check(self, nodes: Nodes) -> Checked:
        """Check a workflow."""
        return self.session.check(self.session.load(self._write(nodes)))

    def module(self, name: str) -> Any:  # noqa: ANN401 - a module of a pack
        """Return a pack's module."""
        return sys.modules[f"custom_nodes.{name}"]

    def _write(self, nodes: Nodes) -> Path:
        data = {
            key: {
                "class_type": name,
                "inputs": {key: _linked(value) for key, value in inputs.items()},
            }
            for key, (name, inputs) in nodes.items()
        }
        self._file.write_text(json.dumps(data), "utf-8")
        return self._file


def _linked(value: object) -> object:
    if isinstance(value, str) and value.startswith("@"):
        node, _, slot = value[1:].partition(":")
        return [node, int(slot or 0)]
    return value

"""Node packs from `custom_nodes/`: each imported on its own, its nodes added to the registry.

A pack is a folder or a file. It offers classes in ComfyUI's convention, as `NODE_CLASS_MAPPINGS`
and `NODE_DISPLAY_NAME_MAPPINGS`, or functions with our `@node`. One that fails is reported and the
others load; so are single classes.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.pack_import import (
    BEFORE,
    PackError,
    import_pack,
    module_name,
    prepare_parent,
    run_before,
)
from graph.adapter.node_class import adapt
from graph.adapter.sources import version_of_function
from graph.decorator import definition_of, is_node
from graph.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    from graph.definition import NodeDefinition
    from graph.folders import Folders
    from graph.registry import Registry

_DEFAULT_VERSION = "1"


@dataclass(frozen=True)
class Pack:
    """What became of one pack.

    Attributes:
        name: Its folder or file.
        path: Where that is.
        seconds: How long it took to import.
        nodes: The nodes that it brought.
        failure: Why it was not loaded; empty if it was.
        problems: What was left out of it, as sentences.
        web_directory: Scripts that it has for editors.
    """

    name: str
    path: Path
    seconds: float
    nodes: tuple[str, ...] = ()
    failure: str = ""
    problems: tuple[str, ...] = ()
    web_directory: Path | None = None

    def as_json(self) -> dict[str, object]:
        """Return the pack as plain values."""
        web = self.web_directory
        return {
            **asdict(self),
            "path": str(self.path),
            "web_directory": None if web is None else str(web),
        }

    def complaints(self) -> tuple[str, ...]:
        """Return what the user should know, one sentence each."""
        failed = (f"the node pack {self.name} is left out: {self.failure}",) if self.failure else ()
        return failed + tuple(f"the node pack {self.name}: {text}" for text in self.problems)


def load_packs(
    paths: Sequence[Path],
    registry: Registry,
    folders: Folders,
    models: Path,
    find_device: Callable[[], str],
) -> tuple[Pack, ...]:
    """Import packs and add their nodes to a registry.

    Args:
        paths: The packs' folders and files.
        registry: Has the built-in nodes.
        folders: Where packs find the user's files.
        models: The folder that holds `checkpoints/`, `loras/`, …
        find_device: Answers where models go.
    """
    if not paths:
        return ()
    _offer_comfyuis_modules(folders, models, find_device)
    prepare_parent([*dict.fromkeys(path.parent for path in paths)])
    first = {module_name(path): path for path in reversed(paths)}
    # As in ComfyUI, where they prepare what all packs import: paths, variables, patches.
    before = {path: run_before(path) for path in reversed(first.values())}
    imported = [_Imported.of(path, first[module_name(path)]) for path in paths]
    # Classes may ask for those of packs that come later, so they are asked when all are there.
    return tuple(_register(pack, registry, before.get(pack.path, "")) for pack in imported)


def _offer_comfyuis_modules(folders: Folders, models: Path, find_device: Callable[[], str]) -> None:
    """Let packs import what they know. Nothing of ours imports `compat`, which is theirs."""
    from nodes.classes import offer

    importlib.import_module("compat.install").install(folders, models, find_device)
    offer(folders)


@dataclass
class _Imported:
    """A pack whose module was imported, or not."""

    path: Path
    seconds: float
    module: ModuleType | None = None
    failure: str = ""
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, first: Path) -> _Imported:
        """Import a pack, unless it goes by the name of another one that comes first."""
        if first != path:
            return cls(path, 0.0, failure=f"there is another pack of this name, {first}")
        began = time.perf_counter()
        try:
            module = import_pack(path)
        except PackError as error:
            return cls(path, time.perf_counter() - began, failure=str(error))
        found = cls(path, time.perf_counter() - began, module)
        found.show_to_others()
        return found

    @property
    def source(self) -> str:
        return f"custom_nodes.{self.path.stem if self.path.suffix == '.py' else self.path.name}"

    @property
    def web_directory(self) -> Path | None:
        named = getattr(self.module, "WEB_DIRECTORY", None)
        folder = self.path if self.path.is_dir() else self.path.parent
        if not isinstance(named, str) or not (folder / named).is_dir():
            return None
        return (folder / named).resolve()

    def mapping(self, name: str) -> Mapping[str, Any]:
        found = getattr(self.module, name, None)
        return found if isinstance(found, Mapping) else {}

    def look_for_oddities(self) -> None:
        for name in ("NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS"):
            found = getattr(self.module, name, None)
            if found is not None and not isinstance(found, Mapping):
                self.problems.append(f"its {name} is no dictionary, but a {type(found).__name__}")

    def show_to_others(self) -> None:
        """Put classes where packs that are imported later look for them."""
        from nodes.classes import class_mappings, display_names, web_directories

        for name, cls in self.mapping("NODE_CLASS_MAPPINGS").items():
            class_mappings().setdefault(name, cls)
        for name, shown in self.mapping("NODE_DISPLAY_NAME_MAPPINGS").items():
            display_names().setdefault(name, shown)
        if self.web_directory is not None:
            web_directories()[self.path.name] = str(self.web_directory)


def _register(pack: _Imported, registry: Registry, before: str) -> Pack:
    added: list[str] = []
    pack.look_for_oddities()
    for name, define in _offered(pack) if pack.module else ():
        try:
            added.append(registry.add(define()).name)
        except DefinitionError as error:
            pack.problems.append(f"its node {name} is left out: {error}")
        except Exception as error:  # noqa: BLE001 - the border to a pack's code
            reason = f"{type(error).__name__}: {error}"
            pack.problems.append(f"its node {name} is left out: {reason}")
    if pack.module and not added and not pack.problems and not pack.web_directory:
        pack.failure = _why_empty(pack.module)
    if before:
        pack.problems.append(f"its {BEFORE} failed: {before}")
    return Pack(
        pack.path.name,
        pack.path,
        pack.seconds,
        tuple(added),
        pack.failure,
        tuple(pack.problems),
        pack.web_directory,
    )


def _offered(pack: _Imported) -> Iterator[tuple[str, Callable[[], NodeDefinition]]]:
    """The nodes of a pack: their names, and what makes their definitions."""
    shown = pack.mapping("NODE_DISPLAY_NAME_MAPPINGS")
    for name, cls in pack.mapping("NODE_CLASS_MAPPINGS").items():
        title = shown.get(name)

        def of_class(name: str = name, cls: type = cls, title: object = title) -> NodeDefinition:
            display_name = title if isinstance(title, str) else ""
            return adapt(
                cls,
                str(name),
                display_name=display_name,
                source=pack.source,
                package=module_name(pack.path),
            )

        yield str(name), of_class
    for function in dict.fromkeys(filter(is_node, vars(pack.module).values())):

        def of_function(function: Callable[..., Any] = function) -> NodeDefinition:
            definition = definition_of(function)
            version = definition.version
            if version == _DEFAULT_VERSION:
                version = version_of_function(function, module_name(pack.path))
            return replace(definition, source=pack.source, version=version)

        yield function.__name__, of_function


def _why_empty(module: ModuleType) -> str:
    if hasattr(module, "comfy_entrypoint"):
        return "its nodes are in ComfyUI's newer convention (V3), which Safelight does not read yet"
    return "it offers no node: it has neither NODE_CLASS_MAPPINGS nor a function with @node"

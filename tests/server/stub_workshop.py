"""A worker over nodes that need no torch, as if a pack had brought them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.folders import make_folders
from app.plain_definitions import say
from app.questions import answers
from graph.backends.workshop import Workshop
from graph.executor import Engine
from graph.journal import Journals
from graph.object_info import describe_all
from graph.registry import Registry
from tests.support.workers import NODES

if TYPE_CHECKING:
    from app.settings import Settings

PACK = "stubs"


def make_workshop(settings: Settings) -> Workshop:
    """Make a workshop; what the settings say of folders holds."""
    registry = Registry()
    for function in NODES:
        registry.add(function)
    folders = make_folders(settings)
    engine = Engine(registry, folders, journals=Journals(folders.cache / "resume"))
    pack = {
        "name": PACK,
        "path": str(folders.custom_nodes / PACK),
        "nodes": [definition.name for definition in registry],
        "web_directory": None,
        "complaints": (),
    }
    system = {"device": "cpu", "devices": [], "packages": {"torch": "none"}, "pid": os.getpid()}
    catalogue = {
        "nodes": describe_all(registry, folders),
        "definitions": [say(definition) for definition in registry],
    }
    return Workshop(
        engine,
        about={"catalogue": catalogue, "packs": [pack], "system": system},
        handlers={
            "catalogue": lambda _: catalogue,
            "system": lambda _: system,
            "free": lambda _: engine.make_room(),
            **answers(engine),
        },
        encode_preview=lambda preview: f"\xff\xd8{preview}".encode("latin-1"),
        close=engine.close,
    )

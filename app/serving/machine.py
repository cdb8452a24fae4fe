"""What `/system_stats` says of the machine: main memory from here, devices from the workers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from app import memory
from graph.errors import GraphError
from web.system import Device, Machine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.serving.workers import Workers

_FRESH = 1.0
"""Seconds for which an answer holds: dashboards ask all the time."""
_PATIENCE = 3.0


class MachineFacts:
    """Asks the workers, and remembers what they said.

    Args:
        workers: Those who know torch.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._told: Mapping[str, Any] = {}
        self._until = 0.0

    async def __call__(self) -> Machine:
        """Return what is known; of devices nothing until a worker has loaded torch."""
        if time.monotonic() > self._until:
            self._until = time.monotonic() + _FRESH
            await asyncio.to_thread(self._ask)
        about = self._workers.about or {}
        packages = about.get("system", {}).get("packages", {})
        return Machine(
            ram_total=memory.total() or 0,
            ram_free=memory.free() or 0,
            pytorch_version=packages.get("torch") or "",
            devices=tuple(_device(told) for told in self._shown()),
        )

    def _ask(self) -> None:
        try:
            self._told = self._workers.ask("system", seconds=_PATIENCE)
        except GraphError:
            return  # none is ready, or it still loads torch: what was known will do

    def _shown(self) -> list[Mapping[str, Any]]:
        """The devices that are computed on, as ComfyUI lists them: not the processor beside one."""
        found = list(self._told.get("devices", ()))
        used = self._told.get("device", "")
        kind = used.partition(":")[0]
        return [told for told in found if str(told["name"]).partition(":")[0] == kind]


def _device(told: Mapping[str, Any]) -> Device:
    kind, _, index = str(told["name"]).partition(":")
    total, free = told["total"] or 0, told["free"] or 0
    return {
        "name": f"{told['name']} {told['label']}" if kind == "cuda" else str(told["name"]),
        "type": kind,
        "index": int(index) if index else None,
        "vram_total": total,
        "vram_free": free,
        "torch_vram_total": told.get("torch_total") or total,
        "torch_vram_free": told.get("torch_free") or free,
    }

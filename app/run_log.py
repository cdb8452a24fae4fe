"""What a run did, gathered from its events, so that a run that failed has a log as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.events import JobFinished, NodeCached, NodeErred, NodeFinished, NodeStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graph.events import Event
    from graph.folders import Folders
    from graph.workflow import Workflow


@dataclass
class NodeLog:
    """What one node did."""

    class_type: str
    title: str
    cached: bool = False
    reason: str = ""
    seconds: float = 0.0


@dataclass
class RunLog:
    """Listens to the events of one run.

    Attributes:
        workflow: What is run, for the nodes' titles.
        folders: Where the files are that nodes tell of.
        on_saved: Told each file when it is there.
        nodes: By id, in the order in which they were settled.
        saved: The files, in order; those of a cached node are there from an earlier run.
        seconds: How long the run took; 0 until it is done.
    """

    workflow: Workflow
    folders: Folders
    on_saved: Callable[[Path], None]
    nodes: dict[str, NodeLog] = field(default_factory=dict)
    saved: list[Path] = field(default_factory=list)
    seconds: float = 0.0

    def __call__(self, event: Event) -> None:
        """Note what an event says."""
        match event:
            case NodeCached(ui=ui):
                self._node(event.node_id, event.class_type).cached = True
                self._save(ui)
            case NodeStarted(reason=reason):
                self._node(event.node_id, event.class_type).reason = reason
            case NodeFinished(ui=ui):
                self._node(event.node_id, event.class_type).seconds = event.seconds
                self._save(ui)
            case NodeErred():
                self._node(event.node_id, event.class_type)
            case JobFinished(seconds=seconds):
                self.seconds = seconds
            case _:
                pass

    def _node(self, node_id: str, class_type: str) -> NodeLog:
        node = self.workflow.nodes.get(node_id)
        return self.nodes.setdefault(node_id, NodeLog(class_type, node.title if node else ""))

    def _save(self, ui: Mapping[str, object] | None) -> None:
        for path in files_told(ui or {}, self.folders):
            self.saved.append(path)
            self.on_saved(path)


def files_told(ui: Mapping[str, object], folders: Folders) -> Iterator[Path]:
    """Yield the files that a node tells its clients of, as ComfyUI's nodes do.

    Args:
        ui: `{"images": [{"filename", "subfolder", "type": "output", "temp" or "input"}], …}`.
        folders: Where these are.
    """
    roots = {"output": folders.output, "temp": folders.temp, "input": folders.input}
    for items in ui.values():
        for item in items if isinstance(items, list | tuple) else ():
            if isinstance(item, Mapping) and "filename" in item:
                root = roots.get(str(item.get("type", "output")), folders.output)
                yield root / str(item.get("subfolder") or "") / str(item["filename"])

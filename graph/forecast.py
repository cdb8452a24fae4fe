"""What a run would do, found out without running anything: which nodes run, and why.

Nodes whose sources are all known are looked up as a run would look them up. Behind a node that
would run nothing is certain: it may make the same thing again, and then its readers are cached.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from graph.cancel import CancelToken
from graph.errors import GraphError, describe_node
from graph.executor import Options
from graph.plan import make_plan
from graph.reasons import explain
from graph.recipes import Recipes
from graph.surroundings import Surroundings
from graph.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from graph.cache import Entry
    from graph.checked import Checked, CheckedNode
    from graph.executor import Engine
    from graph.plan import Plan
    from graph.recipes import Intent
    from graph.workflow import Link, Workflow

_LARGE = 32 * 2**20


class Prospect(StrEnum):
    """What a node would do."""

    CACHED = "cached"
    RUNS = "runs"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one node would do.

    Attributes:
        node_id: Its id.
        class_type: Its class.
        prospect: Whether it runs; `depends` on what the nodes before it make.
        reason: Why it would run; empty for a cached one.
        key: Under which its result is kept, if that is known already.
        seconds: How long it took the last time, if it ever ran here.
    """

    node_id: str
    class_type: str
    prospect: Prospect
    reason: str = ""
    key: bytes | None = None
    seconds: float | None = None


def forecast(
    engine: Engine, workflow: Workflow, targets: Sequence[str] | None = None
) -> tuple[Checked, dict[str, Forecast]]:
    """Say what a run would do, node by node; a node's own question about the world is asked.

    Args:
        engine: What would run it.
        workflow: What would be run.
        targets: Ids of nodes to run; all output nodes by default.
    """
    checked = engine.check(workflow, targets)
    plan = make_plan(checked.nodes, checked.outputs)
    found = _Forecaster(engine, workflow, plan).run()
    return checked, found


class _Forecaster:
    """Walks a plan in order."""

    def __init__(self, engine: Engine, workflow: Workflow, plan: Plan) -> None:
        self._engine = engine
        self._plan = plan
        around = Surroundings(engine, workflow, Options(), Teller("", None))
        self._recipes = Recipes(engine, CancelToken(), around)
        self._found: dict[str, Forecast] = {}
        self._entries: dict[str, Entry] = {}
        self._used: dict[str, Mapping[str, Link]] = {}

    def run(self) -> dict[str, Forecast]:
        for key, node in self._plan.nodes.items():
            self._found[key] = self._look(node, frozenset())
        self._want_values()
        self._leave_to_choice()
        return self._found

    def _look(self, node: CheckedNode, asked: frozenset[str]) -> Forecast:
        links = self._used[node.id] = self._links(node, asked)
        sources: dict[str, bytes] = {}
        for name, link in links.items():
            entry = self._entries.get(link.node)
            if entry is None:
                return self._behind(node, link.node)
            sources[name] = entry.identities[link.slot]
        unread = next((name for name, path in node.paths.items() if self._unread(path)), None)
        if unread is not None:
            return self._say(node, Prospect.RUNS, f"file {node.paths[unread].name} is new")
        try:
            intent = self._recipes.intent(node, sources)
        except GraphError as error:
            return self._say(node, Prospect.RUNS, str(error))
        known = self._engine.tiers.get(intent.key) if intent.pure else None
        if known is not None and known.files_unchanged:
            if known.asks and not set(known.asks) <= asked:
                return self._look(node, asked | set(known.asks))
            self._entries[node.id] = known
            return self._say(node, Prospect.CACHED, key=intent.key)
        return self._say(node, Prospect.RUNS, self._why(node, intent, known), intent.key)

    def _want_values(self) -> None:
        """Have those nodes run whose values are gone, and wanted by one that would run."""
        for key in reversed(list(self._plan.nodes)):
            if self._found[key].prospect is not Prospect.RUNS:
                continue
            for link in self._used[key].values():
                entry = self._entries.get(link.node)
                if entry is not None and entry.values is None and not entry.stored:
                    node, before = self._plan.nodes[link.node], self._found[link.node]
                    reason = "its values are gone, and a node that runs reads them"
                    self._found[link.node] = self._say(node, Prospect.RUNS, reason, before.key)

    def _leave_to_choice(self) -> None:
        """Say of nodes that feed only lazy inputs that it is for others to ask for them."""
        needed: set[str] = set()
        todo = [*self._plan.targets]
        while todo:
            key = todo.pop()
            if key not in needed:
                needed.add(key)
                todo.extend(link.node for link in self._used[key].values())
        for key, found in self._found.items():
            if key not in needed and found.prospect is not Prospect.CACHED:
                node = self._plan.nodes[key]
                reason = "runs only if a node asks for it"
                self._found[key] = self._say(node, Prospect.DEPENDS, reason, found.key)

    def _links(self, node: CheckedNode, asked: Iterable[str]) -> Mapping[str, Link]:
        """What feeds a node, of lazy inputs those that it asked for."""
        links = {**node.links, **node.raw}
        if node.definition.ask is None:
            return links
        lazy = {spec.name for spec in node.definition.inputs if spec.lazy} - set(asked)
        return {name: link for name, link in links.items() if name not in lazy}

    def _unread(self, path: Path) -> bool:
        """Whether a file would have to be read for long to know what is in it."""
        try:
            large = path.is_file() and path.stat().st_size >= _LARGE
        except OSError:
            return False
        return large and self._engine.files.known(path) is None

    def _behind(self, node: CheckedNode, source: str) -> Forecast:
        at = self._plan.nodes[source]
        named = describe_node(source, at.definition.name, at.title)
        runs = self._found[source].prospect is Prospect.RUNS
        verb = "runs" if runs else "may run"
        return self._say(node, Prospect.DEPENDS, f"{named} {verb} before it")

    def _why(self, node: CheckedNode, intent: Intent, known: Entry | None) -> str:
        return explain(
            self._engine.last_recipe(node.id),
            intent.recipe,
            links={**node.links, **node.raw},
            pure=intent.pure,
            files_gone=known is not None,
        )

    def _say(
        self, node: CheckedNode, prospect: Prospect, reason: str = "", key: bytes | None = None
    ) -> Forecast:
        name = node.definition.name
        seconds = self._engine.typical.get(name)
        return Forecast(node.id, name, prospect, reason, key, seconds)

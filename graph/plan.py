"""Which nodes a run needs and in which order; a workflow's links as a networkx graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from graph.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.checked import CheckedNode


class CycleError(GraphError):
    """Nodes feed each other in a circle.

    Attributes:
        path: Their ids; the first one again at the end.
    """

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__(f"nodes feed each other in a circle: {' → '.join(path)}")
        self.path = tuple(path)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run, laid out before anything is computed.

    Attributes:
        nodes: What is needed, each after those that feed it.
        targets: What the run is for.
        readers: The nodes that each node feeds, once for each of its links.
    """

    nodes: Mapping[str, CheckedNode]
    targets: frozenset[str]
    readers: Mapping[str, tuple[str, ...]]


def make_plan(nodes: Mapping[str, CheckedNode], targets: Iterable[str]) -> Plan:
    """Lay out a run of checked nodes.

    Args:
        nodes: At least everything that the targets need.
        targets: Ids of nodes to run.

    Raises:
        CycleError: Some of them feed each other in a circle.
    """
    wanted = frozenset(targets)
    links = {key: [link.node for link in node.links.values()] for key, node in nodes.items()}
    needed = _needed(links, wanted)
    order = in_order({key: links[key] for key in nodes if key in needed})
    readers: dict[str, list[str]] = {key: [] for key in order}
    for key in order:
        for source in links[key]:
            readers[source].append(key)
    return Plan(
        {key: nodes[key] for key in order},
        wanted,
        {key: tuple(found) for key, found in readers.items()},
    )


def in_order(sources: Mapping[str, Iterable[str]]) -> list[str]:
    """Sort ids so that each comes after those that feed it, otherwise in the order given.

    Args:
        sources: For each id the ids that feed it.

    Raises:
        CycleError: There is no such order.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sources)
    graph.add_edges_from((source, key) for key, found in sources.items() for source in found)
    try:
        return list(nx.topological_sort(graph))
    except nx.NetworkXUnfeasible:
        circle = [edge[0] for edge in nx.find_cycle(graph)]
        raise CycleError([*circle, circle[0]]) from None


def _needed(links: Mapping[str, Iterable[str]], targets: frozenset[str]) -> set[str]:
    needed: set[str] = set()
    todo = list(targets)
    while todo:
        key = todo.pop()
        if key not in needed:
            needed.add(key)
            todo.extend(links[key])
    return needed

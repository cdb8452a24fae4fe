"""Which nodes a run needs and in which order, and the circles that leave no order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from graph.checked import CheckedNode
    from graph.workflow import Link


@dataclass(frozen=True, slots=True)
class Plan:
    """A run, laid out before anything is computed.

    Attributes:
        nodes: What is needed, each after those that feed it; everything that one target needs
            comes before what only the next one needs.
        targets: What the run is for.
        kept: Those whose values are asked for, and not only what they do.
        sources: The nodes that feed each node in any case, once for each of its links.
        readers: The nodes that each node feeds in any case, once for each of its links.
        lazy: The nodes that may feed a node if it asks for them, by input; only of nodes that ask.
    """

    nodes: Mapping[str, CheckedNode]
    targets: frozenset[str]
    kept: frozenset[str]
    sources: Mapping[str, Sequence[str]]
    readers: Mapping[str, Sequence[str]]
    lazy: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def make_plan(
    nodes: Mapping[str, CheckedNode], targets: Iterable[str], *, keep: bool = False
) -> Plan:
    """Lay out a run of checked nodes, which do not feed each other in a circle.

    Args:
        nodes: At least everything that the targets need.
        targets: Ids of nodes to run.
        keep: Whether their values are asked for.
    """
    wanted = tuple(targets)
    sources = {key: feeders(node) for key, node in nodes.items()}
    lazy = {key: found for key, node in nodes.items() if (found := lazy_feeders(node))}
    order = _depth_first(_with_lazy(sources, lazy), wanted)
    readers: dict[str, list[str]] = {key: [] for key in order}
    for key in order:
        for source in sources[key]:
            readers[source].append(key)
    return Plan(
        nodes={key: nodes[key] for key in order},
        targets=frozenset(wanted),
        kept=frozenset(wanted if keep else ()),
        sources={key: sources[key] for key in order},
        readers=readers,
        lazy={key: found for key, found in lazy.items() if key in readers},
    )


def feeders(node: CheckedNode) -> list[str]:
    """Return the nodes that feed a node in any case, once for each of its links."""
    if node.definition.ask is None:
        found = [link.node for link in node.links.values()]
    else:
        lazy = lazy_feeders(node)
        found = [link.node for name, link in node.links.items() if name not in lazy]
    return found + [link.node for link in awaited_raw(node).values()] if node.raw else found


def awaited_raw(node: CheckedNode) -> dict[str, Link]:
    """Return the links that a node gets as they are and whose sources it waits for, by input.

    It waits for none that is lazy: nodes that stand for it may read what that leads to, or not.
    """
    lazy = {spec.name for spec in node.definition.inputs if spec.lazy}
    return {name: link for name, link in node.raw.items() if name not in lazy}


def lazy_feeders(node: CheckedNode) -> dict[str, str]:
    """Return the nodes that feed a node only if it asks for them, by input."""
    if node.definition.ask is None:
        return {}
    lazy = {spec.name for spec in node.definition.inputs if spec.lazy}
    return {name: link.node for name, link in node.links.items() if name in lazy}


def _with_lazy(
    sources: Mapping[str, Sequence[str]], lazy: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Sequence[str]]:
    if not lazy:
        return sources
    return {key: [*found, *lazy.get(key, {}).values()] for key, found in sources.items()}


def circles(sources: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return one circle out of each group of nodes that feed each other.

    Args:
        sources: For each id the ids that feed it, itself perhaps; each of them is listed.

    Returns:
        The ids in the order in which they feed each other; the first one again at the end.
    """
    if _are_in_order(sources, _depth_first(sources, sources)):
        return []
    # It takes longer to import than most workflows to check, and hardly any has a circle.
    import networkx as nx  # noqa: PLC0415

    needs: nx.DiGraph[str] = nx.DiGraph()
    needs.add_nodes_from(sources)
    needs.add_edges_from((key, source) for key, found in sources.items() for source in found)
    rank = {key: index for index, key in enumerate(sources)}
    groups = nx.strongly_connected_components(needs)
    firsts = {min(group, key=rank.__getitem__): group for group in groups}
    return [
        _circle(first, sources, firsts[first])
        for first in sorted(firsts, key=rank.__getitem__)
        if len(firsts[first]) > 1 or first in sources[first]
    ]


def _depth_first(sources: Mapping[str, Sequence[str]], targets: Iterable[str]) -> list[str]:
    """Everything that the targets need, each after those that feed it, unless there is a circle.

    So the first picture is saved before the second one is begun. By hand, because networkx takes
    five times as long, which counts when nothing has changed and so nothing else is to be done.
    """
    order: list[str] = []
    seen: set[str] = set()
    todo = [iter(targets)]
    path: list[str] = []
    while todo:
        for key in todo[-1]:
            if key not in seen:
                seen.add(key)
                path.append(key)
                todo.append(iter(sources[key]))
                break
        else:
            todo.pop()
            if path:
                order.append(path.pop())
    return order


def _are_in_order(sources: Mapping[str, Iterable[str]], order: Iterable[str]) -> bool:
    done: set[str] = set()
    for key in order:
        if not done.issuperset(sources[key]):
            return False
        done.add(key)
    return True


def _circle(
    key: str, sources: Mapping[str, Sequence[str]], group: Container[str]
) -> tuple[str, ...]:
    """Walk up from a node, within its group, until a node comes again."""
    path: dict[str, None] = {}
    while key not in path:
        path[key] = None
        key = next(source for source in sources[key] if source in group)
    upwards = [*path, key]
    return tuple(reversed(upwards[upwards.index(key) :]))

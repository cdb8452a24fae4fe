"""What nodes reach that are not linked to the node for which they stand.

A node is found again by its recipe: what is linked to it, and, if it looks around, how the graph
before it is wired. The nodes that it writes may read others besides, and these may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.files import FileStamp
from graph.plan import awaited_raw
from graph.sockets import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.checked import CheckedNode
    from graph.workflow import Link


def beyond(
    parent: CheckedNode, added: Mapping[str, CheckedNode], results: Iterable[Link]
) -> set[str]:
    """Return the nodes that an expansion reads and that its node is not linked to.

    Args:
        parent: The node.
        added: Those that stand for it.
        results: Links that are to be its outputs.
    """
    own = {link.node for link in (*parent.links.values(), *awaited_raw(parent).values())}
    read = {link.node for link in results}
    for node in added.values():
        read |= {link.node for link in (*node.links.values(), *node.raw.values())}
    return read - own - added.keys()


def is_told(
    parent: CheckedNode, reached: Iterable[str], nodes: Mapping[str, CheckedNode]
) -> tuple[bool, list[FileStamp]]:
    """Return whether a node's recipe tells of all changes of nodes, but for those of some files.

    Args:
        parent: The node.
        reached: The nodes, as `beyond` finds them.
        nodes: All nodes of the job.

    Returns:
        Whether it does, and these files.
    """
    looks_around = parent.raw or Hidden.DYNPROMPT in parent.definition.hidden.values()
    before = _upstream([parent.id], nodes)
    if not looks_around or not before.issuperset(reached):
        return False, []
    found = [nodes[key] for key in _upstream(reached, nodes)]
    steady = all(node.definition.pure and node.definition.fingerprint is None for node in found)
    return steady, [FileStamp.of(path) for node in found for path in node.paths.values()]


def _upstream(keys: Iterable[str], nodes: Mapping[str, CheckedNode]) -> set[str]:
    """The nodes, and all that feed them."""
    found, todo = set[str](), [*keys]
    while todo:
        key = todo.pop()
        if key not in found and key in nodes:
            found.add(key)
            node = nodes[key]
            todo += [link.node for link in (*node.links.values(), *node.raw.values())]
    return found

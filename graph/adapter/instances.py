"""One instance of a node class for each node, kept between runs: classes keep state in them."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

_MOST = 256


class Instances:
    """The instances of one class. Those of nodes that did not run for long are let go.

    Args:
        cls: The class.
        most: How many are kept.
    """

    def __init__(self, cls: type, most: int = _MOST) -> None:
        self._class = cls
        self._most = most
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def of(self, node_id: str) -> Any:  # noqa: ANN401 - of a class that a pack brings
        """Return a node's instance, made if it has none.

        Raises:
            Exception: Whatever the class raises.
        """
        with self._lock:
            if node_id not in self._kept:
                self._kept[node_id] = self._class()
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(node_id)
            return self._kept[node_id]

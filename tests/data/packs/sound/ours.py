"""Nodes with our own decorator, and a class that an earlier pack brought."""

from typing import Annotated

import nodes
from graph.decorator import node
from graph.sockets import Int, Socket

Number = Annotated[int, Socket("INT")]

EARLIER = nodes.NODE_CLASS_MAPPINGS["ShapesCircle"]


@node("OursDouble", category="ours")
def double(number: Annotated[int, Int(0, 100)] = 1) -> Number:
    """Double a number."""
    return 2 * number

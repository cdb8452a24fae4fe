"""All nodes that a run can use. Making the list imports no torch."""

from __future__ import annotations

from graph.registry import Registry
from nodes.registry import register_builtin


def make_registry() -> Registry:
    """Return a registry of the built-in nodes."""
    registry = Registry()
    register_builtin(registry)
    return registry

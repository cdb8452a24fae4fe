"""`comfy_execution.graph_utils`: graphs that stand for a node."""

from graph.builder import GraphBuilder, Node, add_graph_prefix, is_link
from graph.result import Blocked as ExecutionBlocker

__all__ = ["ExecutionBlocker", "GraphBuilder", "Node", "add_graph_prefix", "is_link"]

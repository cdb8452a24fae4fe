"""`comfy_execution.graph`: blockers, and the workflow as it grows."""

from graph.dynamic_prompt import DynamicPrompt
from graph.result import Blocked as ExecutionBlocker

__all__ = ["DynamicPrompt", "ExecutionBlocker"]

"""What node packs change of workflows that are sent, before these are checked; in the worker."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future


class PromptHandlers:
    """The handlers of the packs that were imported. Made when all are."""

    def __init__(self) -> None:
        module = sys.modules.get("compat.prompt_server")
        self._prompt_server: Any = None if module is None else module.PromptServer.instance
        # Of their own, so that a slow one keeps no other question waiting; one, since packs do not
        # expect to be called by several threads.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="prompt handlers")

    @property
    def names(self) -> list[str]:
        """What the handlers are called."""
        handlers = () if self._prompt_server is None else self._prompt_server.on_prompt_handlers
        return [getattr(handler, "__qualname__", type(handler).__name__) for handler in handlers]

    def change(self, posted: Mapping[str, Any]) -> Future[object]:
        """Answer, later, what is to be in place of what was posted."""
        if self._prompt_server is None:
            return self._thread.submit(lambda: posted)
        return self._thread.submit(self._prompt_server.trigger_on_prompt, posted)

"""Questions of clients that a worker answers, in the worker's words and back."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.serving.workers import Workers
    from graph.jobs.history import History


class Asking:
    """What the routes take for the worker.

    Args:
        workers: Those who answer.
        history: Knows what jobs were asked for.
    """

    def __init__(self, workers: Workers, history: History) -> None:
        self._workers = workers
        self._history = history

    def ask(self, name: str, payload: Any = None, *, seconds: float = 30.0) -> Any:  # noqa: ANN401
        """Ask something and wait for the answer; from any thread.

        Raises:
            WorkerGoneError: No worker is ready, or it died meanwhile.
            AskError: It cannot answer, or not in time.
            StoreError: The history cannot be read.
        """
        if name == "value":
            return self._value(payload, seconds)
        return self._workers.ask(name, payload, seconds=seconds)

    def want_previews(self, wanted: bool) -> None:
        """Say whether anybody looks at previews."""
        self._workers.want_previews(wanted)

    def _value(self, asked: Mapping[str, Any], seconds: float) -> Any:  # noqa: ANN401
        """What came out of a node of a job, `{"job", "node", "slot"}`; None if nobody knows."""
        record = self._history.get(asked["job"])
        if record is None:
            return None
        question = {
            "prompt": record.prompt,
            "targets": record.targets,
            "node": asked["node"],
            "slot": asked["slot"],
        }
        return _shown(self._workers.ask("value", question, seconds=seconds))


def _shown(value: Any) -> Any:  # noqa: ANN401 - plain data
    """Turn the bytes of pictures into addresses that a page can show."""
    if isinstance(value, bytes):
        return f"data:image/jpeg;base64,{b64encode(value).decode()}"
    if isinstance(value, dict):
        return {key: _shown(inside) for key, inside in value.items()}
    return [_shown(inside) for inside in value] if isinstance(value, list) else value

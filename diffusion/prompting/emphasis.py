r"""Which words of a prompt count for more, as AUTOMATIC1111's web UI reads them.

`(words)` weigh 1.1 times what is around them, `[words]` 1/1.1 times, `(words:1.3)` 1.3 times: here,
unlike in `prompts.py`, weights around each other multiply. A bracket that is never closed reaches
to the prompt's end; one that was never opened is text. `\(`, `\)`, `\[`, `\]` and `\\` are
themselves. `BREAK` starts a new chunk of tokens. Described in that project's wiki, "Features".
"""

import re

from diffusion.prompts import Span

_FACTORS = {"(": 1.1, "[": 1.0 / 1.1}
_OPENERS = {")": "(", "]": "["}
_TOKEN = re.compile(
    r"""\\(?P<escaped>[()\[\]\\])
    |(?P<opening>[(\[])
    |:\s*(?P<weight>[-+]?(?:\d{1,18}\.?\d{0,18}|\.\d{1,18}))\s*\)
    |(?P<closing>[)\]])
    |(?P<text>[^\\()\[\]:]+|[\\:])""",
    re.VERBOSE,
)
_BREAK = re.compile(r"\s*\bBREAK\b\s*")


def emphasised(prompt: str) -> list[list[Span]]:
    """Split a prompt at its weights.

    Args:
        prompt: Without changes from step to step.

    Returns:
        Segments, each of which starts a chunk of its own, as stretches of equal weight in order.
    """
    segments: list[list[Span]] = [[]]
    for span in _spans(prompt):
        first, *others = _BREAK.split(span.text)
        _append(segments[-1], first, span.weight)
        for text in others:
            segments.append([])
            _append(segments[-1], text, span.weight)
    return segments


def _spans(prompt: str) -> list[Span]:
    """Stretches of a prompt, escapes resolved."""
    weighing = _Weighing()
    for token in _TOKEN.finditer(prompt):
        weighing.take(token)
    return weighing.finished()


class _Weighing:
    """What was read so far, and which brackets are open."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._weights: list[float] = []
        self._opened: list[tuple[str, int]] = []

    def take(self, token: re.Match[str]) -> None:
        """Read on."""
        if token["opening"]:
            self._opened.append((token[0], len(self._weights)))
        elif not self._closes(token):
            self._texts.append(token["escaped"] or token[0])
            self._weights.append(1.0)

    def finished(self) -> list[Span]:
        """The stretches; what is still open ends here."""
        for bracket, start in self._opened:
            self._multiply(start, _FACTORS[bracket])
        spans: list[Span] = []
        for text, weight in zip(self._texts, self._weights, strict=True):
            _append(spans, text, weight)
        return spans

    def _closes(self, token: re.Match[str]) -> bool:
        """Whether a bracket ends here; without one to end, what looks so is text."""
        if token["weight"]:
            return self._close("(", float(token["weight"]))
        opener = _OPENERS.get(token[0])
        return opener is not None and self._close(opener, _FACTORS[opener])

    def _close(self, bracket: str, factor: float) -> bool:
        """End the newest bracket of a kind; those of the other kind go on."""
        for place in range(len(self._opened) - 1, -1, -1):
            if self._opened[place][0] == bracket:
                self._multiply(self._opened.pop(place)[1], factor)
                return True
        return False

    def _multiply(self, start: int, factor: float) -> None:
        for place in range(start, len(self._weights)):
            self._weights[place] *= factor


def _append(spans: list[Span], text: str, weight: float) -> None:
    if spans and spans[-1].weight == weight:
        spans[-1] = Span(spans[-1].text + text, weight)
    elif text:
        spans.append(Span(text, weight))

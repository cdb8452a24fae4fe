"""CancelToken: a wish that any thread may utter and that stays uttered."""

from __future__ import annotations

from threading import Thread

import pytest

from graph.cancel import CancelToken
from graph.errors import Cancelled


def test_nothing_happens_until_the_wish_is_uttered() -> None:
    token = CancelToken()
    token.check()
    assert not token.cancelled


def test_a_wish_from_another_thread_is_heard_and_stays() -> None:
    token = CancelToken()
    thread = Thread(target=token.cancel)
    thread.start()
    thread.join()
    for _ in range(2):
        with pytest.raises(Cancelled, match="the job was cancelled"):
            token.check()
    assert token.cancelled

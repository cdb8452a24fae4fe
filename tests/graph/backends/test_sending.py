"""What is said to a worker goes out in order, at once or later, and not at all once it is gone."""

from __future__ import annotations

from multiprocessing import Pipe

from graph.backends.sending import Sender


def test_what_there_is_no_room_for_is_sent_later_and_in_order() -> None:
    ours, theirs = Pipe()
    sender = Sender(ours)
    sent = [b"%d" % at + bytes(size) for at, size in enumerate((1, 10**6, 1, 10**5, 1))]
    for content in sent:
        sender.send(content)
    assert [theirs.recv_bytes() for _ in sent] == sent
    sender.close()
    theirs.close()
    ours.close()


def test_nothing_is_sent_where_nobody_is_any_more() -> None:
    ours, theirs = Pipe()
    sender = Sender(ours)
    sender.send(b"one")
    sender.close()
    sender.send(b"two")  # as the pipe is about to be closed, by another thread
    ours.close()
    sender.send(b"three")
    assert theirs.recv_bytes() == b"one"
    assert theirs.poll(10)
    try:
        left = theirs.recv_bytes()
    except EOFError:
        left = b""
    assert left == b""
    theirs.close()

"""Instances of a class, one for each node."""

from __future__ import annotations

from graph.adapter.instances import Instances


class Thing:
    """Nothing in itself."""


def test_a_node_keeps_its_instance() -> None:
    kept = Instances(Thing)
    assert kept.of("1") is kept.of("1")
    assert kept.of("1") is not kept.of("2")


def test_those_that_were_used_last_stay() -> None:
    kept = Instances(Thing, most=2)
    first, second = kept.of("1"), kept.of("2")
    assert kept.of("1") is first
    kept.of("3")
    assert kept.of("1") is first
    assert kept.of("2") is not second

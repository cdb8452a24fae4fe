"""The nodes of `function_graphs` once more, as classes in ComfyUI's convention."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
# ruff: noqa: ANN001, ANN201, RUF012

from __future__ import annotations

import asyncio

from compat.comfy_execution.graph_utils import GraphBuilder
from graph.adapter.node_class import adapt
from tests.graph.alike.classes import ME, NUMBER, RAW, TEXT, WHOLE, Base


class Unpack(Base):
    OUTPUT_IS_LIST = (True,)
    INPUTS = {"number": WHOLE}

    def run(self, number):
        graph = GraphBuilder()
        inner = graph.node("Box", number=number)
        return {"result": (inner.out(0),), "expand": graph.finalize()}


class Wrap(Base):
    INPUTS = {"what": TEXT, "number": NUMBER, "deep": WHOLE}

    def run(self, what, number, deep=0):
        graph = GraphBuilder()
        if deep:
            inner = graph.node("Wrap", what=what, number=number, deep=deep - 1)
        else:
            inner = graph.node(what, number=number)
        return {"result": (inner.out(0),), "expand": graph.finalize()}


class Various(Base):
    OUTPUT_NODE = True
    INPUTS = {"number": NUMBER}

    def run(self, number):
        if number % 3 == 0:
            return (number,)
        told = {"told": [number]}
        if number % 3 == 1:
            return {"result": (10 * number,), "ui": told}
        graph = GraphBuilder()
        inner = graph.node("PlusOne", number=100 * number)
        return {"result": (inner.out(0),), "expand": graph.finalize(), "ui": told}


class WrapLater(Wrap):
    INPUTS = {"what": TEXT, "number": NUMBER}

    async def run(self, what, number):  # type: ignore[override]
        await asyncio.sleep(0)
        return super().run(what, number)


class WrapAs(Base):
    INPUTS = {"what": TEXT, "number": NUMBER, "shown": TEXT}

    def run(self, what, number, shown):
        graph = GraphBuilder()
        inner = graph.node(what, number=number)
        inner.set_override_display_id(shown)
        return {"result": (inner.out(0),), "expand": graph.finalize()}


class Branch(Base):
    INPUTS = {"on": ("BOOLEAN",), "number": NUMBER}

    def run(self, on, number):
        graph = GraphBuilder()
        good = graph.node("Wrap", what="PlusOne", number=number, deep=1)
        bad = graph.node("Wrap", what="Break", number=number, deep=1)
        choice = graph.node("Pick", on=on, a=good.out(0), b=bad.out(0))
        return {"result": (choice.out(0),), "expand": graph.finalize()}


class Route(Base):
    RETURN_TYPES = ("*",)
    INPUTS = {"on": ("BOOLEAN",), "a": RAW, "b": RAW}

    def run(self, on, a, b):
        return {"result": (a if on else b,), "expand": {}}


class Itself(Base):
    HIDDEN = ME

    def run(self, me):
        return {"result": ([me, 0],), "expand": {}}


class StandFor(Base):
    INPUTS = {"other": TEXT}

    def run(self, other):
        return {"result": ([other, 0],), "expand": {}}


class Round(Base):
    def run(self):
        graph = GraphBuilder()
        one, two = graph.node("PlusOne"), graph.node("PlusOne")
        one.set_input("number", two.out(0))
        two.set_input("number", one.out(0))
        return {"result": (one.out(0),), "expand": graph.finalize()}


class Lacking(Base):
    INPUTS = {"what": TEXT}

    def run(self, what):
        graph = GraphBuilder()
        inner = graph.node(what)
        return {"result": (inner.out(0),), "expand": graph.finalize()}


CLASS_GRAPHS = tuple(
    adapt(cls, cls.__name__)
    for cls in (
        Unpack,
        Wrap,
        Various,
        WrapLater,
        WrapAs,
        Branch,
        Route,
        Itself,
        StandFor,
        Round,
        Lacking,
    )
)

"""The nodes of `functions` once more, as classes in ComfyUI's convention."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
# ruff: noqa: ANN001, ANN003, ANN201, ANN206, N802, RUF012

from __future__ import annotations

import asyncio
from typing import Any

from compat.comfy.utils import ProgressBar
from compat.comfy_execution.graph import ExecutionBlocker
from graph.adapter.node_class import adapt
from tests.graph.alike.notes import ASKED, WORLD, meet, wait_without_end

WHOLE = ("INT", {"min": -1_000_000, "max": 1_000_000})
NUMBER = ("NUMBER",)
LAZY = ("NUMBER", {"lazy": True})
RAW = ("*", {"rawLink": True, "lazy": True})
TEXT: Any = ("STRING", {})
ME = {"me": "UNIQUE_ID"}


class Base:
    RETURN_TYPES: Any = ("NUMBER",)
    FUNCTION = "run"
    INPUTS: Any = {}
    OPTIONAL: Any = {}
    HIDDEN: Any = {}

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": cls.INPUTS, "optional": cls.OPTIONAL, "hidden": cls.HIDDEN}


class Give(Base):
    INPUTS = {"value": WHOLE}

    def run(self, value):
        return (value,)


class Say(Base):
    RETURN_TYPES = ("TEXT",)
    INPUTS = {"text": TEXT}

    def run(self, text):
        return (text,)


class Many(Base):
    OUTPUT_IS_LIST = (True,)
    INPUTS = {"count": WHOLE}
    OPTIONAL = {"first": NUMBER}

    def run(self, count, first=0):
        return ([first + index for index in range(count)],)


class Flags(Base):
    RETURN_TYPES = ("BOOLEAN",)
    OUTPUT_IS_LIST = (True,)

    def run(self):
        return ([False, True],)


class Plus(Base):
    INPUTS = {"a": NUMBER}
    OPTIONAL = {"b": NUMBER, "more": WHOLE}

    def run(self, a, b=0, more=0):
        return (a + b + more,)


class Sum(Base):
    INPUT_IS_LIST = True
    INPUTS = {"numbers": NUMBER}

    def run(self, numbers):
        return (sum(numbers),)


class Describe(Base):
    RETURN_TYPES = ("TEXT",)
    INPUTS = {"what": ("NUMBER,TEXT",)}

    def run(self, what):
        return (type(what).__name__,)


class AnyNumber(Base):
    RETURN_TYPES = ("*",)

    def run(self, **more):
        return (sorted(more.items()),)


class Pick(Base):
    INPUTS = {"on": ("BOOLEAN",), "a": LAZY, "b": LAZY}

    def check_lazy_status(self, on, a, b):
        ASKED.append((on, a, b))
        wanted, value = ("a", a) if on else ("b", b)
        return [wanted] if value is None else []

    def run(self, on, a, b):
        return (a if on else b,)


class PickLater(Pick):
    async def check_lazy_status(self, on, a, b):
        await asyncio.sleep(0)
        return Pick.check_lazy_status(self, on, a, b)

    async def run(self, on, a, b):
        await asyncio.sleep(0)
        return (a if on else b,)


class PickLists(Pick):
    INPUT_IS_LIST = True

    def check_lazy_status(self, on, a, b):
        return super().check_lazy_status(on[0], a[0], b[0])

    def run(self, on, a, b):
        return (sum(a if on[0] else b),)


class Look(Base):
    INPUTS = {"number": NUMBER}
    HIDDEN = ME

    @classmethod
    def IS_CHANGED(cls, number, me):
        ASKED.append((number, me))
        return WORLD["value"]

    def run(self, number, me):
        return (number,)


class LookAndPick(Pick):
    @classmethod
    def IS_CHANGED(cls, **_inputs):
        ASKED.append("changed")


class Guard(Base):
    INPUTS = {"number": NUMBER}
    OPTIONAL = {"message": TEXT}

    def run(self, number, message=""):
        return (ExecutionBlocker(message or None) if number % 2 else number,)


class Break(Base):
    OPTIONAL = {"number": NUMBER}

    def run(self, number=None):
        raise ValueError("the moon is full")


class Later(Base):
    INPUTS = {"number": NUMBER, "seconds": ("FLOAT",)}

    async def run(self, number, seconds):
        await asyncio.sleep(seconds)
        return (number,)


class Together(Base):
    INPUTS = {"number": NUMBER, "place": TEXT, "count": WHOLE}

    async def run(self, number, place, count):
        await meet(f"{number} {place}", count)
        return (number,)


class BreakLater(Break):
    async def run(self, number=None):
        await asyncio.sleep(0.01)
        raise ValueError("the moon is full")


class Pair(Base):
    INPUTS = {"number": NUMBER}

    async def run(self, number):
        await meet(str(number), 2)
        return (number,)


class BreakOrWait(Base):
    INPUTS = {"number": NUMBER}

    async def run(self, number):
        await meet(str(number), 3)
        if not number:
            raise ValueError("the moon is full")
        await wait_without_end()
        return (number,)


class Hungry(Base):
    INPUTS = {"number": NUMBER}

    def run(self, number):
        ASKED.append("tried")
        if len(ASKED) == 1:
            raise MemoryError
        return (number,)


class Steps(Base):
    INPUTS = {"number": NUMBER}

    def run(self, number):
        bar = ProgressBar(2)
        bar.update(1)
        bar.update(1)
        return (number,)


class StepsLater(Steps):
    async def run(self, number):
        bar = ProgressBar(2)
        bar.update(1)
        await asyncio.sleep(0)
        bar.update(1)
        return (number,)


class Tell(Base):
    RETURN_TYPES = ()
    OUTPUT_NODE = True
    INPUTS = {"value": ("*",)}

    def run(self, value):
        return {"ui": {"told": [value]}}


class TellAndPass(Base):
    OUTPUT_NODE = True
    INPUTS = {"number": NUMBER}

    def run(self, number):
        return {"ui": {"told": [number]}, "result": (number,)}


class Few(Base):
    RETURN_TYPES = ("NUMBER", "NUMBER")

    def run(self):
        return (1,)


class Box(Base):
    RETURN_TYPES = ("BOX",)
    INPUTS = {"number": WHOLE}

    def run(self, number):
        return ([number],)


class Spoil(Base):
    INPUTS = {"box": ("BOX",)}

    def run(self, box):
        box.append(0)
        return (len(box),)


class Defaulted(Base):
    INPUTS = {"number": WHOLE}

    def run(self, number=7):
        return (number,)


class Hidden(Base):
    RETURN_TYPES = ("*",)
    HIDDEN = {**ME, "prompt": "PROMPT", "extra": "EXTRA_PNGINFO", "grown": "DYNPROMPT"}

    def run(self, me, prompt, extra, grown):
        return ([me, prompt[me]["class_type"], extra, grown.get_node(me) == prompt[me]],)


class Old(Base):
    DEPRECATED = EXPERIMENTAL = True
    INPUTS = {"kind": (["a", "b"],)}

    def run(self, kind):
        return (len(kind),)


class Checked(Base):
    INPUTS = {"number": ("INT", {"min": 0, "max": 9}), "kind": (["a", "b"],)}

    @classmethod
    async def VALIDATE_INPUTS(cls, number, kind):
        await asyncio.sleep(0)
        return number is None or number < 100 or f"{number} is too much for {kind}"

    def run(self, number, kind):
        return (number,)


class PlusOne(Base):
    INPUTS = {"number": NUMBER}

    def run(self, number):
        return (number + 1,)


CLASSES = tuple(
    adapt(cls, cls.__name__)
    for cls in (
        Give,
        Say,
        Many,
        Flags,
        Plus,
        Sum,
        Describe,
        AnyNumber,
        Pick,
        PickLater,
        PickLists,
        Look,
        LookAndPick,
        Guard,
        Break,
        Later,
        Together,
        BreakLater,
        Pair,
        BreakOrWait,
        Hungry,
        Steps,
        StepsLater,
        Tell,
        TellAndPass,
        Few,
        Box,
        Spoil,
        Defaulted,
        Hidden,
        Old,
        Checked,
        PlusOne,
    )
)

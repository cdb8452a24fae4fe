"""Interprets a pickle's opcodes without ever importing or calling what it names.

A pickle is a program for a stack machine. This machine builds lists, dicts, tuples, sets, numbers,
text and bytes itself; whatever else a pickle names is asked of `find`, which has harmless
constructors of our own and nothing more (`known.py`). Nothing else can be called: not by REDUCE,
INST, OBJ, NEWOBJ or BUILD, nor by a name that was put together on the stack.

What a hostile file can cost is bounded: opcodes are counted, and no structure that it makes is
walked by recursion, hashed deeply or copied.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from diffusion.errors import DiffusionError
from diffusion.pickles.errors import PickleDamagedError
from diffusion.pickles.stack import MARK, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_OPCODES = 4_000_000
"""A checkpoint of SD's size with its optimiser's state has about a hundred thousand."""

_NEWEST_PROTOCOL = 5
_SLACK = 2**20
_SMALL = 64
_NUMBERS = ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT")
_TEXTS = ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE")
_UTF8 = ("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8")
_BYTES = ("BINBYTES", "SHORT_BINBYTES", "BINBYTES8")


class ByteReader(Protocol):
    """What opcodes are read from: an open file, a mapped one, `io.BytesIO`."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, fewer at the end."""

    def readline(self) -> bytes:
        """Return the bytes up to the end of a line."""


class Record:
    """An object in a pickle that is no container."""

    def build(self, state: object) -> None:
        """Take the state that the pickle gives it; by default that is of no interest."""


class Leftover(Record):
    """Stands for what a training program left in the file: takes everything, does nothing."""


@dataclass(frozen=True, eq=False)
class Constructor:
    """The only thing that a pickle can call: a function of ours behind the name it asked for."""

    name: str
    function: Callable[..., object]

    def __call__(self, *arguments: object, **named: object) -> object:
        """Call it.

        Raises:
            PickleDamagedError: It does not take these arguments.
        """
        try:
            return self.function(*arguments, **named)
        except DiffusionError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError, RuntimeError) as error:
            raise PickleDamagedError(f"{self.name} is given what it cannot take") from error


FindGlobal: TypeAlias = "Callable[[str, str], object]"
LoadPersistent: TypeAlias = "Callable[[object], object]"


class Machine:
    """Runs one pickle.

    Args:
        find: Answers what a pickle names by module and name; raises for what it must not have.
        load: Answers a persistent id, by which torch names storages.
        room: How many letters, bytes and items constructors may be given in all. In a sound file
            each is given what the file holds once.
    """

    def __init__(self, find: FindGlobal, load: LoadPersistent, room: int) -> None:
        self._find = find
        self._load = load
        self._room = room + _SLACK
        self._stack = Stack()

    def _steps(self) -> Mapping[str, Callable[[Any], None]]:
        """What each opcode does with its argument, None where it has none."""
        stack, load = self._stack, self._load
        push = stack.push
        return {
            **dict.fromkeys((*_NUMBERS, *_TEXTS, *_UTF8, *_BYTES), push),
            "MARK": lambda _: push(MARK),
            "POP": lambda _: stack.pop_any(),
            "POP_MARK": lambda _: _ignore(stack.above_mark()),
            "DUP": lambda _: push(stack.top()),
            "NONE": lambda _: push(None),
            "NEWTRUE": lambda _: push(True),
            "NEWFALSE": lambda _: push(False),
            "EMPTY_TUPLE": lambda _: push(()),
            "EMPTY_LIST": lambda _: push([]),
            "EMPTY_DICT": lambda _: push({}),
            "EMPTY_SET": lambda _: push(set()),
            "TUPLE1": lambda _: push(stack.popped(1)),
            "TUPLE2": lambda _: push(stack.popped(2)),
            "TUPLE3": lambda _: push(stack.popped(3)),
            "TUPLE": lambda _: push(tuple(stack.above_mark())),
            "LIST": lambda _: push(stack.above_mark()),
            "DICT": lambda _: push(_paired(stack.above_mark())),
            "FROZENSET": lambda _: push(frozenset(map(_key, stack.above_mark()))),
            "APPEND": lambda _: self._append(stack.popped(1)),
            "APPENDS": lambda _: self._append(stack.above_mark()),
            "ADDITEMS": lambda _: self._add(stack.above_mark()),
            "SETITEM": lambda _: self._set_items(stack.popped(2)),
            "SETITEMS": lambda _: self._set_items(stack.above_mark()),
            **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), stack.remember),
            "MEMOIZE": lambda _: stack.remember_next(),
            **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), stack.recall),
            "PERSID": lambda name: push(load(name)),
            "BINPERSID": lambda _: push(load(stack.pop())),
            "GLOBAL": lambda name: push(self._named(name)),
            "STACK_GLOBAL": lambda _: push(self._named_on_stack(*stack.popped(2))),
            "REDUCE": lambda _: push(self._called(*stack.popped(2))),
            "NEWOBJ": lambda _: push(self._called(*stack.popped(2))),
            "NEWOBJ_EX": lambda _: push(self._called(*stack.popped(3))),
            "OBJ": lambda _: push(self._called_with(*stack.above_mark())),
            "INST": lambda name: push(self._called(self._named(name), tuple(stack.above_mark()))),
            "BUILD": lambda _: push(self._built(*stack.popped(2))),
            "PROTO": _check_protocol,
            "FRAME": _ignore,
            "STOP": _ignore,
        }

    def run(self, file: ByteReader) -> object:
        """Interpret from where the file is to the pickle's STOP.

        Raises:
            PickleDamagedError: It is cut off or makes no sense.
            PickleRefusedError: It asks for something that it must not have.
        """
        steps = self._steps()
        try:
            for count, (opcode, argument, _) in enumerate(pickletools.genops(cast("Any", file))):
                if count >= MOST_OPCODES:
                    raise PickleDamagedError("it has more steps than any weights file needs")
                if opcode.name not in steps:
                    raise PickleDamagedError(f"it uses {opcode.name}, which no weights file needs")
                steps[opcode.name](argument)
            return self._stack.pop()
        except DiffusionError:
            raise
        except (ValueError, TypeError, LookupError, OverflowError) as error:
            raise PickleDamagedError("it is cut off, or no pickle") from error

    def _append(self, values: Sequence[object]) -> None:
        target = self._stack.top()
        if isinstance(target, list):
            target.extend(values)
        elif not isinstance(target, Leftover):
            raise PickleDamagedError("it appends to what is no list")

    def _add(self, values: Sequence[object]) -> None:
        target = self._stack.top()
        if isinstance(target, set):
            target.update(map(_key, values))
        elif not isinstance(target, Leftover):
            raise PickleDamagedError("it adds to what is no set")

    def _set_items(self, pairs: Sequence[object]) -> None:
        target = self._stack.top()
        if isinstance(target, dict):
            target.update(_paired(pairs))
        elif not isinstance(target, Leftover):
            raise PickleDamagedError("it sets items of what is no dict")

    def _named(self, name: str) -> object:
        module, _, attribute = name.partition(" ")
        return self._find(module, attribute)

    def _named_on_stack(self, module: object, attribute: object) -> object:
        if not isinstance(module, str) or not isinstance(attribute, str):
            raise PickleDamagedError("it names something by what is no text")
        return self._find(module, attribute)

    def _called(self, function: object, arguments: object, named: object = None) -> object:
        if isinstance(function, Leftover):
            return Leftover()
        if not isinstance(function, Constructor) or not isinstance(arguments, tuple):
            raise PickleDamagedError("it calls what cannot be called")
        self._spend(arguments)
        return function(*arguments, **cast("dict[str, object]", named or {}))

    def _called_with(self, function: object, *arguments: object) -> object:
        return self._called(function, arguments)

    def _built(self, target: object, state: object) -> object:
        if isinstance(target, Record):
            self._spend(state if isinstance(state, tuple) else ())
            target.build(state)
        elif not isinstance(target, dict):  # what a dict has besides its items is of no interest
            raise PickleDamagedError("it gives a state to what has none")
        return target

    def _spend(self, arguments: tuple[object, ...]) -> None:
        """Count what is handed over, so that nothing is made of the same bytes again and again."""
        given = len(arguments)
        for value in arguments:
            if isinstance(value, str | bytes | list | tuple | dict) and len(value) > _SMALL:
                given += len(value)
        self._room -= given if given > _SMALL else 0
        if self._room < 0:
            raise PickleDamagedError("it makes more out of its bytes than any weights file")


def _paired(pairs: Sequence[object]) -> dict[object, object]:
    if len(pairs) % 2:
        raise PickleDamagedError("it has a key without a value")
    return {_key(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}


def _key(value: object) -> object:
    """Insist on a key that is hashed in a moment: tuples that share tuples take for ever."""
    parts = value if isinstance(value, tuple) else (value,)
    if any(isinstance(part, tuple | frozenset) for part in parts):
        raise PickleDamagedError("it has keys that no weights file needs")
    return value


def _check_protocol(protocol: int) -> None:
    if protocol > _NEWEST_PROTOCOL:
        raise PickleDamagedError(f"it is of pickle protocol {protocol}, which is not known")


def _ignore(_value: object) -> None:
    """Do nothing with what was taken."""

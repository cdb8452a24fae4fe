"""What classes are asked besides running."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from graph.context import NodeContext
from tests.graph.adapter.classes import FOLDERS, ask, call, define

if TYPE_CHECKING:
    from graph.definition import OwnCheck

LAZY = {"required": {"a": ("INT", {"lazy": True})}}
CONTEXT = NodeContext("1", FOLDERS)


def _fingerprint(method: Any, **inputs: object) -> object:  # noqa: ANN401 - what a class may hold
    function = define(IS_CHANGED=method).fingerprint
    return ask(function, **inputs)


def _needs(method: Any, **inputs: object) -> object:  # noqa: ANN401 - what a class may hold
    return ask(define(LAZY, check_lazy_status=method).ask, CONTEXT, **inputs)


def _own(method: Any, **attributes: object) -> OwnCheck:  # noqa: ANN401 - what a class may hold
    own = define(VALIDATE_INPUTS=method, **attributes).own_check
    assert own is not None
    return own


def test_a_class_says_which_lazy_inputs_it_needs() -> None:
    assert _needs(lambda _self, a=None: ["a"] if a is None else [], a=None) == ["a"]
    assert _needs(lambda _self, a=None: ["a"] if a is None else [], a=1) == []


@pytest.mark.parametrize("answer", [None, "a", [None, 3], 5])
def test_an_answer_that_names_nothing_needs_nothing(answer: object) -> None:
    assert _needs(lambda _self: answer) == []


def test_a_coroutine_may_say_what_is_needed() -> None:
    async def needs(_self: object, a: object = None) -> list[str]:
        return ["a"] if a is None else []

    assert _needs(needs, a=None) == ["a"]


def test_the_same_instance_says_what_it_needs_and_runs() -> None:
    def needs(self: object) -> list[str]:
        vars(self)["asked"] = True
        return []

    definition = define(LAZY, lambda self: (self.asked,), check_lazy_status=needs)
    ask(definition.ask, CONTEXT)
    assert call(definition).values == (True,)


def test_a_class_that_cannot_say_needs_no_lazy_input() -> None:
    assert ask(define(LAZY).ask, CONTEXT, a=None) == []
    assert define(check_lazy_status=lambda _self: []).ask is None


def test_a_fingerprint_is_made_of_the_inputs_that_it_names() -> None:
    assert _fingerprint(classmethod(lambda _cls, a: f"of {a}"), a=1, b=2) == "of 1"
    assert _fingerprint(classmethod(lambda _cls, **given: [*given]), a=1, b=2) == ["a", "b"]


def test_a_coroutine_may_make_a_fingerprint() -> None:
    async def changed(_cls: type, a: int) -> int:
        return a + 1

    assert _fingerprint(classmethod(changed), a=1) == 2


@pytest.mark.parametrize("value", ["text", 1, 2.5, None, True, b"x", [1, ("a", {"b": 2})]])
def test_what_can_be_compared_is_the_fingerprint(value: object) -> None:
    assert _fingerprint(classmethod(lambda _cls: value)) == value


@pytest.mark.parametrize("value", [math.nan, [math.nan], {"a": (math.nan,)}, object(), [object()]])
def test_what_cannot_be_compared_has_always_changed(value: object) -> None:
    found = _fingerprint(classmethod(lambda _cls: value))
    assert isinstance(found, float)
    assert math.isnan(found)


def test_what_contains_itself_has_always_changed() -> None:
    round_: list[object] = []
    round_.append(round_)
    assert math.isnan(_fingerprint(classmethod(lambda _cls: round_)))  # type: ignore[arg-type]


def test_a_fingerprint_of_a_class_that_takes_lists_gets_lists() -> None:
    changed = classmethod(lambda _cls, a: a)
    assert ask(define(IS_CHANGED=changed, INPUT_IS_LIST=True).fingerprint, a=1) == [1]


def test_a_check_names_the_inputs_that_it_wants() -> None:
    own = _own(classmethod(lambda _cls, a, b=None: a == b))
    assert (own.names, own.takes_types) == (frozenset("ab"), False)
    assert ask(own.function, a=1, b=1) is True


def test_a_check_may_want_everything_or_types() -> None:
    assert _own(classmethod(lambda _cls, **_given: True)).names is None
    own = _own(classmethod(lambda _cls, input_types: True))
    assert (own.names, own.takes_types) == (frozenset(), True)


def test_a_check_that_wants_nothing_is_not_made() -> None:
    assert define(VALIDATE_INPUTS=classmethod(lambda _cls: False)).own_check is None


def test_a_check_of_a_class_that_takes_lists_gets_lists() -> None:
    own = _own(classmethod(lambda _cls, a: a == [1]), INPUT_IS_LIST=True)
    assert ask(own.function, a=1) is True


def test_a_coroutine_may_check() -> None:
    async def check(_cls: type, a: int) -> bool:
        return a == 1

    assert ask(_own(classmethod(check)).function, a=1) is True

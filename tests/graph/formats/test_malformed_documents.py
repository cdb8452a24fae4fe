"""Whatever is wrong with a document, one clear sentence comes out and nothing else."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import FormatError
from graph.formats.api import parse_api, to_api
from graph.formats.document import parse_document
from tests.graph.formats.drafts import SIGNATURES, Draft, Untyped
from tests.graph.formats.pairs import NAMES, editor_signatures, pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.formats.signatures import Signatures
    from graph.workflow import Workflow

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-25, 200),
    st.sampled_from([10**30, 1.5, -0.0, "", "x", "7", "-10", "*", "Reroute", "KSampler", "a,b"]),
    st.sampled_from([[], {}, [1, 2], ["3", 0], {"name": "seed"}, [[]], {"nodes": []}, [None]]),
)
FUZZ = settings(max_examples=250, deadline=None, derandomize=True)
DAMAGE = st.lists(
    st.tuples(
        st.lists(st.integers(0, 997), min_size=1, max_size=7),
        st.sampled_from(["replace", "remove", "copy"]),
        JUNK,
    ),
    min_size=1,
    max_size=5,
)
Damage = list[tuple[list[int], str, Any]]


def _damaged(document: Untyped, damage: Damage) -> Untyped:
    """Replace, remove or copy a few things somewhere in a document."""
    document = copy.deepcopy(document)
    for path, operation, junk in damage:
        holder, key = _place(document, path)
        if operation == "remove" and key is not None:
            del holder[key]
        elif operation == "copy" and isinstance(holder, list) and key is not None:
            holder.append(copy.deepcopy(holder[key]))
        elif key is not None:
            holder[key] = copy.deepcopy(junk)
    return document


def _place(root: Untyped, path: list[int]) -> tuple[Any, Any]:
    holder, key, child = root, None, root
    for turn in path:
        keys = list(child) if isinstance(child, dict) else list(range(len(child)))
        if not keys:
            break
        holder, key = child, keys[turn % len(keys)]
        child = holder[key]
        if not isinstance(child, dict | list):
            break
    return holder, key


def _or_problems(read: Callable[[], Workflow]) -> Workflow | None:
    """Return the workflow, or None if it was refused with one sentence for each problem."""
    problems: tuple[str, ...]
    try:
        return read()
    except FormatError as error:
        problems = error.problems
    assert problems
    assert all(problem and "\n" not in problem for problem in problems)
    return None


def _read(document: Untyped, signatures: Signatures) -> None:
    before = copy.deepcopy(document)
    workflow = _or_problems(lambda: parse_document(document, signatures).workflow)
    assert document == before
    if workflow is None:
        return
    assert parse_api(to_api(workflow)) == workflow
    for node in workflow.nodes.values():
        assert all(link.node in workflow.nodes for _, link in node.links())


@FUZZ
@given(name=st.sampled_from(NAMES), damage=DAMAGE)
def test_damage_to_a_document_gives_a_workflow_or_one_sentence(name: str, damage: Damage) -> None:
    _read(_damaged(pair(name)["document"], damage), editor_signatures())


def _nested_document() -> dict[str, Any]:
    """A document with everything that the pairs have little of: subgraphs within subgraphs."""
    inner, outer, draft = Draft(), Draft(), Draft()
    primitive, paint, reroute = (
        inner.add("PrimitiveNode", 3),
        inner.add("Paint"),
        inner.add("Reroute"),
    )
    inner.link(-10, 0, paint, "text", "STRING", widget=True)
    inner.link(primitive, 0, paint, "seed", "INT", widget=True)
    inner.link(paint, 0, reroute, "", "*").leave(reroute, 0, 0)
    sub = outer.add(draft.define(inner, {"words": "STRING"}, {"IMAGE": "IMAGE"}), "said")
    blend = outer.add("Blend", 0.5, mode=4)
    outer.link(-10, 0, sub, "words", "STRING", widget=True).link(sub, 0, blend, "one")
    outer.leave(blend, 0, 0)
    kind = draft.define(outer, {"say": "STRING"}, {"IMAGE": "IMAGE"})
    one, two, keep = draft.add(kind, "one"), draft.add(kind, "two", mode=4), draft.add("Keep")
    draft.link(one, 0, keep, "pictures").link(two, 0, draft.add("Keep"), "pictures")
    return draft.document()


@FUZZ
@given(damage=DAMAGE)
def test_damage_to_nested_subgraphs_gives_a_workflow_or_one_sentence(damage: Damage) -> None:
    _read(_damaged(_nested_document(), damage), SIGNATURES)


@FUZZ
@given(name=st.sampled_from(NAMES), damage=DAMAGE)
def test_damage_to_api_format_gives_a_workflow_or_its_problems(name: str, damage: Damage) -> None:
    damaged = _damaged(pair(name)["prompt"], damage)
    workflow = _or_problems(lambda: parse_api(damaged))
    assert workflow is None or parse_api(to_api(workflow)) == workflow

"""Why a node runs: what changed between its last recipe and this one, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.coerce import show
from graph.keys import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.keys import Recipe
    from graph.workflow import Link

FIRST_RUN = "first run"
IMPURE = "declared impure"
EVICTED = "evicted from the cache"
NOT_KEPT = "its result is not kept between processes"
FILES_GONE = "its files are gone or changed"


def explain(
    before: Recipe | None,
    now: Recipe,
    *,
    links: Mapping[str, Link],
    pure: bool,
    files_gone: bool,
    known: bool = False,
    earlier: bool = False,
) -> str:
    """Say why a node runs.

    Args:
        before: Its recipe when it was last looked at; None if it never was.
        now: Its recipe.
        links: What feeds its inputs.
        pure: Whether its result may be kept at all.
        files_gone: Whether a result was kept whose files are not as they were.
        known: Whether an earlier process told what it makes, though not the values.
        earlier: Whether it was an earlier process that looked at it last.
    """
    if not pure:
        return IMPURE
    if files_gone:
        return FILES_GONE
    if before is None or before.class_type != now.class_type:
        return NOT_KEPT if known else FIRST_RUN
    if before.version != now.version:
        return "node code changed"
    changes = [
        *_constants(before, now),
        *_files(before, now),
        *_sources(before, now, links),
        *(f"{old} → {new}" for old, new in zip(before.salt, now.salt, strict=False) if old != new),
        *_stamps(before, now),
    ]
    return ", ".join(changes) or (NOT_KEPT if known and earlier else EVICTED)


def _constants(before: Recipe, now: Recipe) -> list[str]:
    changes = []
    for name, value in now.constants.items():
        if name in now.files and name in before.files:
            continue
        if name not in before.constants:
            changes.append(f"{name} is typed in now")
        elif canonical(before.constants[name]) != canonical(value):
            changes.append(f"{name}: {show(before.constants[name])} → {show(value)}")
    given = now.constants.keys() | now.sources.keys()
    changes += [f"{name} is no longer given" for name in before.constants if name not in given]
    return changes


def _files(before: Recipe, now: Recipe) -> list[str]:
    changes = []
    for name, content in now.files.items():
        # What no input is called by is a file that some value names beside its own.
        old, new = before.constants.get(name, name), now.constants.get(name, name)
        if name not in before.files and old == name:
            changes.append(f"file {name} is new")
        elif before.files.get(name) != content and name in before.files:
            same = old == new
            changes.append(f"file {new} changed" if same else f"{name}: {show(old)} → {show(new)}")
    gone = before.files.keys() - now.files.keys() - before.constants.keys()
    return [*changes, *(f"file {name} is gone" for name in sorted(gone))]


def _stamps(before: Recipe, now: Recipe) -> list[str]:
    if before.stamp == now.stamp:
        return []
    return [f"it says that it changed: {show(before.stamp)} → {show(now.stamp)}"]


def _sources(before: Recipe, now: Recipe, links: Mapping[str, Link]) -> list[str]:
    changes = []
    for name, identity in now.sources.items():
        link = links.get(name)
        if link is None:
            if before.sources.get(name) != identity:
                changes.append(f"{name} changed")
        elif name not in before.sources:
            changes.append(f"{name} comes from node {link.node} now")
        elif before.sources[name] != identity:
            changes.append(f"upstream {link.node} made something new")
    given = now.constants.keys() | now.sources.keys()
    changes += [f"{name} is no longer linked" for name in before.sources if name not in given]
    return changes

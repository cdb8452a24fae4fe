"""Which fields a node shows, in the order of `widgets_values`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.formats.fields import Layout, layout_of
from graph.formats.signatures import ObjectInfo
from tests.graph.formats.pairs import editor_signatures

if TYPE_CHECKING:
    from tests.graph.formats.drafts import Untyped


def _layout(required: dict[str, Any], name: str = "A", optional: Untyped = None) -> Layout:
    entry: Untyped = {"input": {"required": required, "optional": optional or {}}}
    signature = ObjectInfo({name: entry}).get(name)
    assert signature
    return layout_of(name, signature)


def _known(name: str) -> Layout:
    signature = editor_signatures().get(name)
    assert signature
    return layout_of(name, signature)


def _saved(layout: Layout) -> list[str]:
    return [field.name for field in layout.fields if field.saved]


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        # what the lists of saved files hold, as seen in ComfyUI's own templates
        ("KSampler", "seed,control_after_generate,steps,cfg,sampler_name,scheduler,denoise"),
        ("RandomNoise", "noise_seed,control_after_generate"),
        ("LoadImage", "image,upload"),
        ("LoadVideo", "file,upload"),
        ("LoadAudio", "audio,upload"),
        ("LoadImageOutput", "image,Auto-refresh after generation,refresh,upload"),
        ("SaveAudio", "filename_prefix"),
        ("Preview3D", "model_file,image"),
        ("SaveGLB", "filename_prefix,image"),
        (
            "Load3D",
            "model_file,upload 3d model,upload extra resources,clear,image,width,height",
        ),
    ],
)
def test_saved_lists_have_a_place_for_each_of_these(name: str, saved: str) -> None:
    assert _saved(_known(name)) == saved.split(",")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("KSampler", ["seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"]),
        ("LoadImage", ["image"]),
        ("SaveAudio", ["filename_prefix", "audioUI"]),
        ("PreviewAny", ["preview"]),
    ],
)
def test_only_these_become_inputs(name: str, sent: list[str]) -> None:
    assert list(_known(name).sent_fields) == sent


@pytest.mark.parametrize(
    ("name", "spec", "steered"),
    [
        ("seed", ["INT"], 1),
        ("noise_seed", ["INT"], 1),
        ("seed", ["INT", {"control_after_generate": False}], 0),
        ("steps", ["INT"], 0),
        ("steps", ["INT", {"control_after_generate": True}], 1),
        ("steps", ["INT", {"control_after_generate": "every time"}], 1),
        ("seed", ["FLOAT"], 0),
        ("Seed", ["INT"], 0),
        ("style", [["oil"], {"control_after_generate": True}], 2),
        ("style", [["oil"]], 0),
    ],
)
def test_seeds_and_whatever_asks_for_it_are_steered(name: str, spec: Untyped, steered: int) -> None:
    assert (
        _saved(_layout({name: spec, "last": ["INT"]}))[1:-1]
        == (["control_after_generate", "control_filter_list"][:steered])
    )


def test_sockets_come_before_inputs_that_stand_for_fields() -> None:
    layout = _layout(
        {"a": ["INT"], "b": ["IMAGE"], "c": ["STRING", {"forceInput": True}]},
        optional={"d": ["FLOAT", {"socketless": True}], "e": ["MASK"]},
    )
    assert [(slot.name, slot.widget) for slot in layout.slots] == [
        ("b", None),
        ("c", None),
        ("e", None),
        ("a", "a"),
    ]
    assert list(layout.sent_fields) == ["a", "d"]


@pytest.mark.parametrize(
    ("spec", "initial"),
    [
        (["INT"], 0),
        (["FLOAT", {"default": 0.5}], 0.5),
        (["BOOLEAN"], False),
        (["STRING"], ""),
        ([["oil", "ink"]], "oil"),
        ([["oil", "ink"], {"default": "ink"}], "ink"),
        ([[]], None),
        (["COMBO", {"options": ["a"], "multi_select": True}], []),
        (["*", {"widgetType": "INT"}], 0),
    ],
)
def test_a_field_holds_something_before_anyone_touches_it(spec: Untyped, initial: Untyped) -> None:
    assert _layout({"x": spec}).sent_fields["x"].initial == initial

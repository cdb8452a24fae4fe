"""Several things said of prompts at once."""

from typing import Any

import pytest
import torch

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.conditioning_pairs import (
    pair_conditioning_combine,
    pair_conditioning_set_default_combine,
    pair_conditioning_set_properties,
    pair_conditioning_set_properties_and_combine,
)
from nodes.conditioning_properties import (
    conditioning_set_default_combine,
    conditioning_set_properties,
    conditioning_set_properties_and_combine,
    conditioning_timesteps_range,
)
from nodes.types import Conditioning

MASK = torch.ones(1, 8, 8)
SAID = {
    "mask": [1, 8, 8],
    "mask_strength": 0.5,
    "set_area_to_bounds": True,
    "start_percent": 0.25,
    "end_percent": 0.75,
}


def _prompt(value: float) -> Conditioning:
    return [[torch.full((1, 77, 8), value), {"value": value}]]


def _told(conditioning: Conditioning) -> list[dict[str, object]]:
    """What is said of each prompt, of masks their shape."""
    return [
        options | ({"mask": [*options["mask"].shape]} if "mask" in options else {})
        for _, options in conditioning
    ]


def test_a_range_and_what_is_before_and_after_it() -> None:
    assert conditioning_timesteps_range(0.2, 0.6) == ((0.2, 0.6), (0.0, 0.2), (0.6, 1.0))


def test_mask_and_time_are_said_at_once(context: NodeContext) -> None:
    time = conditioning_timesteps_range(0.25, 0.75)[0]

    said = conditioning_set_properties(
        context, _prompt(1.0), 0.5, set_cond_area="mask bounds", mask=MASK, timesteps=time
    )
    both = conditioning_set_properties_and_combine(
        context,
        _prompt(2.0),
        _prompt(1.0),
        0.5,
        set_cond_area="mask bounds",
        mask=MASK,
        timesteps=time,
    )

    assert _told(said) == [{"value": 1.0, **SAID}]
    assert _told(both) == [{"value": 2.0}, {"value": 1.0, **SAID}]


def test_without_mask_and_time_a_prompt_stays_as_it_is(context: NodeContext) -> None:
    said = conditioning_set_properties(context, _prompt(1.0), 0.5, set_cond_area="default")

    assert _told(said) == [{"value": 1.0}]


def test_what_is_done_to_one_is_done_to_a_pair(context: NodeContext) -> None:
    more: dict[str, Any] = {"set_cond_area": "mask bounds", "mask": MASK, "timesteps": (0.25, 0.75)}

    wanted, unwanted = pair_conditioning_set_properties(
        context, _prompt(1.0), _prompt(2.0), 0.5, **more
    )
    all_wanted, all_unwanted = pair_conditioning_set_properties_and_combine(
        context, _prompt(3.0), _prompt(4.0), _prompt(1.0), _prompt(2.0), 0.5, **more
    )

    assert _told(wanted) == [{"value": 1.0, **SAID}]
    assert _told(unwanted) == [{"value": 2.0, **SAID}]
    assert _told(all_wanted) == [{"value": 3.0}, *_told(wanted)]
    assert _told(all_unwanted) == [{"value": 4.0}, *_told(unwanted)]


def test_pairs_are_combined_side_by_side() -> None:
    wanted, unwanted = pair_conditioning_combine(*(_prompt(value) for value in range(4)))

    assert [options["value"] for options in _told(wanted)] == [0, 2]
    assert [options["value"] for options in _told(unwanted)] == [1, 3]


def test_a_default_prompt_comes_after_the_others_and_is_marked() -> None:
    both = conditioning_set_default_combine(_prompt(1.0), _prompt(2.0))
    pair = pair_conditioning_set_default_combine(*(_prompt(value) for value in range(4)))

    assert _told(both) == [{"value": 1.0}, {"value": 2.0, "default": True}]
    assert _told(pair[0]) == [{"value": 0}, {"value": 2, "default": True}]
    assert _told(pair[1]) == [{"value": 1}, {"value": 3, "default": True}]


def test_hooks_are_refused_in_a_sentence(context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match=r"'hooks'.*not supported so far"):
        conditioning_set_default_combine(_prompt(1.0), _prompt(2.0), hooks=object())
    with pytest.raises(NodeInputError, match=r"'hooks'.*leave it unconnected"):
        conditioning_set_properties(context, _prompt(1.0), set_cond_area="default", hooks=object())

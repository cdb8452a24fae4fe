"""Where, when and how much prompts count: what the nodes say of them."""

import pytest
import torch

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.conditioning_areas import (
    conditioning_set_area,
    conditioning_set_area_percentage,
    conditioning_set_area_strength,
    conditioning_set_mask,
    conditioning_set_timestep_range,
)
from tests.nodes.conftest import Told

PROMPT = [[torch.ones(1, 77, 8), {"kept": 1}], [torch.zeros(1, 77, 8), {}]]


def test_an_area_is_counted_in_cells_height_first() -> None:
    for _, options in conditioning_set_area(PROMPT, 128, 72, 16, 7, strength=2.0):
        assert options["area"] == (9, 16, 0, 2)
        assert options["strength"] == 2.0
        assert options["set_area_to_bounds"] is False
    assert PROMPT[0][1] == {"kept": 1}


def test_shares_are_kept_as_shares() -> None:
    ((_, options), _) = conditioning_set_area_percentage(PROMPT, 0.5, 0.25, 0.1, 0.2, 1.5)

    assert options["area"] == ("percentage", 0.25, 0.5, 0.2, 0.1)
    assert (options["strength"], options["kept"]) == (1.5, 1)


def test_strength_alone_changes_nothing_else() -> None:
    assert [options for _, options in conditioning_set_area_strength(PROMPT, 0.3)] == [
        {"kept": 1, "strength": 0.3},
        {"strength": 0.3},
    ]


@pytest.mark.parametrize("choice", ["default", "mask bounds"])
def test_a_mask_goes_with_the_prompt_in_one_form(choice: str) -> None:
    mask = torch.rand(1, 1, 6, 4)

    ((_, options), _) = conditioning_set_mask(PROMPT, mask, 0.5, set_cond_area=choice)

    assert torch.equal(options["mask"], mask[0])
    assert options["mask_strength"] == 0.5
    assert options["set_area_to_bounds"] is (choice == "mask bounds")


def test_what_is_no_mask_is_refused() -> None:
    with pytest.raises(NodeInputError, match="input 'mask': a mask has shape"):
        conditioning_set_mask(PROMPT, torch.zeros(4), set_cond_area="default")


def test_a_range_is_kept_and_one_that_never_comes_is_warned_of(
    context: NodeContext, told: Told
) -> None:
    ((_, options), _) = conditioning_set_timestep_range(context, PROMPT, 0.2, 0.7)
    assert (options["start_percent"], options["end_percent"]) == (0.2, 0.7)
    assert told.warnings == []

    conditioning_set_timestep_range(context, PROMPT, 0.7, 0.2)
    assert told.warnings == [
        "the prompt never counts, because its start (0.7) is after its end (0.2): exchange them"
    ]

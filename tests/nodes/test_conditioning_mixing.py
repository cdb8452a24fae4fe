"""Prompts put together by nodes."""

import pytest
import torch

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.conditioning_mixing import (
    conditioning_average,
    conditioning_combine,
    conditioning_concat,
    conditioning_zero_out,
)
from tests.nodes.conftest import Starter, Told


def test_combined_prompts_stand_in_their_order(starter: Starter) -> None:
    one, other = starter.clip.encode("a red circle"), starter.clip.encode("a blue square")

    assert conditioning_combine(one, other) == [*one, *other]


def test_a_concatenated_prompt_is_as_long_as_both(context: NodeContext, starter: Starter) -> None:
    one, other = starter.clip.encode("a red circle"), starter.clip.encode("a blue square")

    ((embedding, _),) = conditioning_concat(context, one, other)

    assert torch.equal(embedding, torch.cat((one[0][0], other[0][0]), dim=1))


def test_an_averaged_prompt_lies_between(context: NodeContext, starter: Starter) -> None:
    one, other = starter.clip.encode("a red circle"), starter.clip.encode("a blue square")

    ((embedding, options),) = conditioning_average(context, one, other, 0.75)

    torch.testing.assert_close(embedding, 0.75 * one[0][0] + 0.25 * other[0][0])
    pooled = 0.75 * one[0][1]["pooled_output"] + 0.25 * other[0][1]["pooled_output"]
    torch.testing.assert_close(options["pooled_output"], pooled)


def test_of_several_prompts_only_the_first_is_taken_and_that_is_told(
    context: NodeContext, starter: Starter, told: Told
) -> None:
    one = starter.clip.encode("a red circle")

    conditioning_concat(context, one, one)
    assert told.warnings == []
    conditioning_concat(context, one, [*one, *one])
    conditioning_average(context, one, [*one, *one])

    assert told.warnings == ["'conditioning_from' holds 2 prompts, and only the first is used"] * 2


def test_prompts_of_two_text_encoders_are_told_apart(
    context: NodeContext, starter: Starter
) -> None:
    one = starter.clip.encode("a red circle")

    with pytest.raises(NodeInputError, match=r"'conditioning_from': embeddings 128 wide.*8 wide"):
        conditioning_concat(context, one, [[torch.zeros(1, 77, 8), {}]])


def test_zeroed_out_a_prompt_is_zero(starter: Starter) -> None:
    ((embedding, options),) = conditioning_zero_out(starter.clip.encode("a red circle"))

    assert not bool(embedding.any())
    assert not bool(options["pooled_output"].any())

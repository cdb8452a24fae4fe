"""Lists of batches, as the engine hands them to nodes that take lists."""

import pytest
import torch

from graph.decorator import definition_of
from graph.errors import NodeInputError
from nodes.rebatching import rebatch_images, rebatch_latents


def test_lists_come_in_and_go_out() -> None:
    for function in (rebatch_images, rebatch_latents):
        definition = definition_of(function)
        assert definition.takes_lists
        assert [output.is_list for output in definition.outputs] == [True]


def test_a_size_may_come_as_a_list_of_one() -> None:
    pictures = [torch.zeros(3, 2, 2, 3), torch.ones(2, 2, 2, 3)]

    assert [len(batch) for batch in rebatch_images(pictures, [2])] == [2, 2, 1]
    latents = [{"samples": torch.zeros(3, 4, 2, 2)}]
    assert [len(latent["samples"]) for latent in rebatch_latents(latents, 2)] == [2, 1]


def test_what_is_no_picture_is_refused_with_the_inputs_name() -> None:
    with pytest.raises(NodeInputError, match="input 'images': pictures have shape"):
        rebatch_images([torch.zeros(2, 2, 3)], 1)
    with pytest.raises(NodeInputError, match="input 'latents': latents have shape"):
        rebatch_latents([{"samples": torch.zeros(2, 2, 3)}], 1)

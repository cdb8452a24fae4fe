"""Prompts turned into conditioning."""

import pytest
import torch

from graph.errors import NodeInputError
from nodes.conditioning import clip_set_last_layer, clip_text_encode
from tests.nodes.conftest import Starter


def test_a_prompt_is_encoded_by_the_text_encoder(starter: Starter) -> None:
    ((embedding, more),) = clip_text_encode("a (red:1.4) heart", starter.clip)

    ((expected, _),) = starter.clip.encode("a (red:1.4) heart")
    assert torch.equal(embedding, expected)
    assert set(more) == {"pooled_output"}


def test_a_prompt_of_ten_thousand_words_is_encoded_whole(starter: Starter) -> None:
    ((embedding, _),) = clip_text_encode("heart " * 10_000, starter.clip)

    assert embedding.shape[1] == 77 * -(-10_000 // 75)
    assert bool(torch.isfinite(embedding).all())


def test_stopping_early_reads_another_layer(starter: Starter) -> None:
    skipping = clip_set_last_layer(starter.clip, -2)

    ((last, _),) = clip_text_encode("a red heart", clip_set_last_layer(starter.clip, -1))
    ((before, _),) = clip_text_encode("a red heart", skipping)
    ((untouched, _),) = clip_text_encode("a red heart", starter.clip)

    assert torch.equal(last, untouched)
    assert not torch.allclose(before, last)


def test_a_checkpoint_without_text_encoder_is_missed_where_it_is_needed() -> None:
    with pytest.raises(NodeInputError, match=r"'clip' is empty.*holds no text encoder"):
        clip_text_encode("a red heart", None)
    with pytest.raises(NodeInputError, match="'clip' is empty"):
        clip_set_last_layer(None)

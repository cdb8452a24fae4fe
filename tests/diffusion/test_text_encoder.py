"""Prompts as embeddings: against transformers, and what weights, length and clip skip do."""

import pytest
import torch
from torch import Tensor, nn

from diffusion.checkpoints import load_checkpoint
from diffusion.text_encoder import TextEncoder
from diffusion.tokens import tokenise
from tests.diffusion.reference_modules import reference_text
from tests.support.checkpoints import TINY, tiny_tensors, write_tiny_checkpoint

HEADS = 2


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> TextEncoder:
    path = tmp_path_factory.mktemp("text") / "x.safetensors"
    clip = load_checkpoint(write_tiny_checkpoint(path)).clip
    assert clip is not None
    return clip


@pytest.fixture(scope="module")
def reference() -> nn.Module:
    return reference_text(tiny_tensors(), TINY, heads=HEADS)


def _embedded(encoder: TextEncoder, prompt: str) -> Tensor:
    ((embeddings, _),) = encoder.encode(prompt)
    assert isinstance(embeddings, Tensor)
    return embeddings


def _ids(prompt: str) -> Tensor:
    return torch.tensor([[token.id for token in chunk] for chunk in tokenise(prompt)])


def _close(ours: Tensor, expected: Tensor) -> bool:
    return ours.shape == expected.shape and bool(
        (ours - expected).abs().max() <= 1e-5 * expected.abs().max()
    )


@pytest.mark.parametrize("prompt", ["", "a photo of a cat", "a  quick, brown fox jumps!"])
def test_a_prompt_has_the_embeddings_that_transformers_gives_it(
    encoder: TextEncoder, reference: nn.Module, prompt: str
) -> None:
    expected = reference(_ids(prompt))

    ((embeddings, extras),) = encoder.encode(prompt)

    assert _close(embeddings, expected.last_hidden_state)
    assert _close(extras["pooled_output"], expected.pooler_output)


def test_a_long_prompt_is_its_chunks_side_by_side(
    encoder: TextEncoder, reference: nn.Module
) -> None:
    prompt = "a red cube beside a green ball " * 30
    chunks = reference(_ids(prompt))

    ((embeddings, extras),) = encoder.encode(prompt)

    assert embeddings.shape == (1, 3 * 77, TINY.text)
    assert _close(embeddings, chunks.last_hidden_state.reshape(1, -1, TINY.text))
    assert _close(extras["pooled_output"], chunks.pooler_output[:1])


def test_ten_thousand_words_are_encoded(encoder: TextEncoder) -> None:
    embeddings = _embedded(encoder, "word " * 10_000)

    assert embeddings.shape == (1, 134 * 77, TINY.text)
    # 10,000 words in chunks of 75: all full but the last, so the first two are the same.
    assert _close(embeddings[:, :77], embeddings[:, 77:154])


def test_weights_move_embeddings_away_from_the_empty_prompts(
    encoder: TextEncoder, reference: nn.Module
) -> None:
    plain = reference(_ids("a red cat sleeps")).last_hidden_state
    empty = reference(_ids("")).last_hidden_state
    weights = torch.ones(77)
    weights[2], weights[3], weights[4] = 1.3, 1.1, -0.5
    expected = empty + (plain - empty) * weights.view(1, 77, 1)

    embeddings = _embedded(encoder, "a (red:1.3) (cat) (sleeps:-0.5)")

    assert _close(embeddings, expected)


def test_weights_of_one_chunk_leave_the_others_alone(encoder: TextEncoder) -> None:
    first = "a " * 75

    plain, weighted = (_embedded(encoder, first + end) for end in ("cat", "(cat:1.5)"))

    assert _close(weighted[:, :77], plain[:, :77])
    assert not _close(weighted[:, 77:], plain[:, 77:])


def test_the_pooled_embedding_knows_no_weights(encoder: TextEncoder) -> None:
    ((_, plain),), ((_, weighted),) = encoder.encode("a cat"), encoder.encode("a (cat:1.5)")

    assert _close(weighted["pooled_output"], plain["pooled_output"])


def test_clip_skip_reads_an_earlier_layer_through_the_last_norm(
    encoder: TextEncoder, reference: nn.Module
) -> None:
    states = reference(_ids("a cat"), output_hidden_states=True).hidden_states
    norm = reference.get_submodule("final_layer_norm")

    for stop in (-1, -2):
        assert _close(_embedded(encoder.with_skip(stop), "a cat"), norm(states[stop]))


@pytest.mark.parametrize("stop", [-3, -24, 0, 1])
def test_a_layer_that_is_not_there_means_the_last_one(encoder: TextEncoder, stop: int) -> None:
    skipped = encoder.with_skip(-2).with_skip(stop)

    assert _close(_embedded(skipped, "a cat"), _embedded(encoder, "a cat"))


def test_clip_skip_makes_another_encoder_of_the_same_weights(encoder: TextEncoder) -> None:
    before = _embedded(encoder, "a cat")

    skipped = encoder.with_skip(-2)

    assert skipped.parts[0].module is encoder.parts[0].module
    assert not _close(_embedded(skipped, "a cat"), before)
    assert _close(_embedded(encoder, "a cat"), before)


def test_embeddings_are_float32_and_may_be_changed_in_place(encoder: TextEncoder) -> None:
    ((embeddings, extras),) = encoder.encode("a (cat:1.2)")

    for tensor in (embeddings, extras["pooled_output"]):
        assert tensor.dtype == torch.float32
        tensor.add_(1.0)

"""What a thrifty run does in smaller parts, and that the answers stay the same."""

import pytest
import torch
from torch.nn import functional

from diffusion.evaluation import Evaluation, evaluate
from diffusion.thrift import attend, is_thrifty, thrifty
from tests.diffusion.formula_model import CountingNetwork, formula_model
from tests.support.tensors import noise


def test_the_network_is_asked_about_one_latent_at_a_time() -> None:
    network = CountingNetwork()
    model = formula_model(network=network)
    questions = [
        Evaluation(noise(3, 4, 8, 8), 5.0, noise(1, 77, 8, seed=1)),
        Evaluation(noise(2, 4, 8, 8, seed=2), 0.5, noise(2, 77, 8, seed=3)),
    ]
    together = evaluate(model, questions)
    network.calls.clear()

    with thrifty():
        alone = evaluate(model, questions)

    assert [x[0] for x, _ in network.calls] == [1] * 5
    for one, other in zip(together, alone, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("tokens", [77, 4096])
def test_attention_in_portions_is_attention(tokens: int) -> None:
    query, key, value = noise(2, 8, 4096, 4), noise(2, 8, tokens, 4, seed=1), noise(2, 8, tokens, 4)

    with thrifty():
        answer = attend(query, key, value)

    at_once = functional.scaled_dot_product_attention(query, key, value)
    torch.testing.assert_close(answer, at_once, rtol=1e-5, atol=1e-5)


def test_thrift_ends_with_its_block_even_if_that_fails() -> None:
    seen: list[bool] = []

    def fail() -> None:
        with thrifty():
            seen.append(is_thrifty())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [True]
    assert not is_thrifty()
    with thrifty(wanted=False):
        assert not is_thrifty()
    assert not is_thrifty()

"""Forward passes: what shares one, and that sharing changes nothing."""

import torch
from torch import Tensor
from torch.nn import functional

from diffusion.evaluation import Evaluation, evaluate
from tests.diffusion.formula_model import CountingNetwork, formula_model


def _x(batch: int = 2, side: int = 8, seed: int = 0) -> Tensor:
    return torch.randn(batch, 4, side, side, generator=torch.Generator().manual_seed(seed))


def _context(tokens: int, seed: int = 0) -> Tensor:
    return torch.randn(1, tokens, 8, generator=torch.Generator().manual_seed(seed))


def test_one_pass_answers_several_jobs_as_each_alone() -> None:
    network = CountingNetwork()
    model = formula_model(network=network)
    jobs = [
        Evaluation(_x(2, seed=1), 5.0, _context(77, 1)),
        Evaluation(_x(1, seed=2), 0.3, _context(77, 2)),
        Evaluation(_x(3, seed=3), 14.0, _context(154, 3)),
    ]

    together = evaluate(model, jobs)

    assert [tuple(x) for x, _ in network.calls] == [(6, 4, 8, 8)]
    for job, answer in zip(jobs, together, strict=True):
        torch.testing.assert_close(answer, evaluate(model, [job])[0], rtol=1e-5, atol=1e-5)


def test_other_sizes_and_much_longer_prompts_get_their_own_pass() -> None:
    network = CountingNetwork()
    jobs = [
        Evaluation(_x(1, 8), 1.0, _context(77)),
        Evaluation(_x(1, 16), 1.0, _context(77)),
        Evaluation(_x(1, 8), 1.0, _context(77 * 5)),
        Evaluation(_x(1, 8), 1.0, _context(231)),
    ]

    answers = evaluate(formula_model(network=network), jobs)

    assert [answer.shape[-1] for answer in answers] == [8, 16, 8, 8]
    assert sorted((x[0], x[-1], context[1]) for x, context in network.calls) == [
        (1, 8, 385),
        (1, 16, 77),
        (2, 8, 231),
    ]


def test_a_repeated_prompt_is_attended_to_as_the_prompt_itself() -> None:
    query = torch.randn(1, 2, 10, 8, generator=torch.Generator().manual_seed(4))
    keys = torch.randn(1, 2, 77, 8, generator=torch.Generator().manual_seed(5))
    twice = keys.repeat(1, 1, 2, 1)

    once = functional.scaled_dot_product_attention(query, keys, keys)

    torch.testing.assert_close(
        functional.scaled_dot_product_attention(query, twice, twice), once, rtol=1e-4, atol=1e-5
    )


def test_a_prompt_for_every_item_goes_to_its_item() -> None:
    contexts = torch.cat([_context(77, 1), _context(77, 2)])
    x = _x(2)

    both = evaluate(formula_model(), [Evaluation(x, 2.0, contexts)])[0]

    for place in range(2):
        alone = Evaluation(x[place : place + 1], 2.0, contexts[place : place + 1])
        torch.testing.assert_close(both[place], evaluate(formula_model(), [alone])[0][0])

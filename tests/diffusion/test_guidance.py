"""Guidance: how pictures are combined, and several runs in one pass."""

import pytest
import torch
from torch import Tensor

from diffusion.conditioning import Condition
from diffusion.guidance import Guider, answer_together
from diffusion.samplers.question import Question
from tests.diffusion.formula_model import CountingNetwork, formula_model


def _condition(value: float, **options: float) -> Condition:
    return Condition(torch.full((1, 77, 8), value), **options)


def _question(seed: int = 0, *, unconditional: bool = False) -> Question:
    x = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(seed))
    return Question(x, 2.0, 0, unconditional=unconditional)


def _denoised(condition: Condition, question: Question) -> Tensor:
    return answer_together(formula_model(), [(Guider((condition,), (), 1.0), question)])[0].denoised


def test_the_answer_is_drawn_away_from_the_negative() -> None:
    positive, negative, question = _condition(0.5), _condition(-0.25), _question()
    guider = Guider((positive,), (negative,), 4.0)

    answer = answer_together(formula_model(), [(guider, question)])[0]

    low, high = _denoised(negative, question), _denoised(positive, question)
    torch.testing.assert_close(answer.denoised, low + 4.0 * (high - low))
    assert answer.unconditional is None


@pytest.mark.parametrize("cfg", [1.0, 4.0])
def test_the_unconditional_picture_comes_when_asked_for(cfg: float) -> None:
    question = _question(unconditional=True)
    guider = Guider((_condition(0.5),), (_condition(-0.25),), cfg)

    answer = answer_together(formula_model(), [(guider, question)])[0]

    assert answer.unconditional is not None
    torch.testing.assert_close(answer.unconditional, _denoised(_condition(-0.25), question))


def test_several_prompts_of_one_side_are_averaged_by_strength() -> None:
    parts = (_condition(0.9, strength=1.0), _condition(-0.3, strength=3.0))
    question = _question()

    answer = answer_together(formula_model(), [(Guider(parts, (), 1.0), question)])[0]

    mean = 0.25 * _denoised(parts[0], question) + 0.75 * _denoised(parts[1], question)
    torch.testing.assert_close(answer.denoised, mean)


def test_a_prompt_holds_only_in_its_range() -> None:
    early, late = _condition(0.9, sigma_to=3.0), _condition(-0.3, sigma_from=3.0)
    question = _question()

    answer = answer_together(formula_model(), [(Guider((early, late), (), 1.0), question)])[0]

    torch.testing.assert_close(answer.denoised, _denoised(late, question))


def test_where_no_prompt_holds_the_picture_is_empty() -> None:
    never = _condition(0.9, sigma_to=3.0)

    answer = answer_together(formula_model(), [(Guider((never,), (), 1.0), _question())])[0]

    assert not bool(answer.denoised.any())


def test_two_jobs_share_a_pass_and_get_their_own_answers() -> None:
    network = CountingNetwork()
    jobs = [
        (Guider((_condition(0.5),), (_condition(-0.2),), 4.0), _question(1)),
        (Guider((_condition(0.1),), (_condition(-0.9),), 1.0), _question(2)),
    ]

    together = answer_together(formula_model(network=network), jobs)

    assert [x[0] for x, _ in network.calls] == [3]
    for job, answer in zip(jobs, together, strict=True):
        alone = answer_together(formula_model(), [job])[0]
        torch.testing.assert_close(answer.denoised, alone.denoised)

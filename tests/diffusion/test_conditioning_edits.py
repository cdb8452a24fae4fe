"""CONDITIONING combined and changed, and never what came in."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.conditioning_edits import averaged, concatenated, with_options, zeroed
from diffusion.errors import DiffusionError


def _prompt(value: float, tokens: int = 77, *, batch: int = 1, **options: Any) -> list[list[Any]]:  # noqa: ANN401
    return [[torch.full((batch, tokens, 8), value), options]]


def _pooled(value: float) -> Tensor:
    return torch.full((1, 16), value)


def test_options_are_added_to_every_entry_and_the_input_stays() -> None:
    before = [*_prompt(1.0, kept=1), *_prompt(2.0, strength=0.1)]

    after = with_options(before, strength=3.0)

    assert [options for _, options in after] == [{"kept": 1, "strength": 3.0}, {"strength": 3.0}]
    assert [options for _, options in before] == [{"kept": 1}, {"strength": 0.1}]
    assert after[0][0] is before[0][0]


def test_a_prompt_is_put_behind_each_of_another() -> None:
    to = [*_prompt(1.0, 77, kept=1), *_prompt(2.0, 154)]

    joined = concatenated(to, [*_prompt(5.0, 77, lost=1), *_prompt(9.0)])

    assert [context.shape[1] for context, _ in joined] == [154, 231]
    assert float(joined[0][0][:, :77].mean()) == 1.0
    assert float(joined[0][0][:, 77:].mean()) == 5.0
    assert joined[0][1] == {"kept": 1}


def test_a_prompt_for_all_is_put_behind_one_for_each() -> None:
    ((context, _),) = concatenated(_prompt(1.0, batch=3), _prompt(2.0))

    assert context.shape == (3, 154, 8)
    with pytest.raises(DiffusionError, match="for 3 and for 2 pictures"):
        concatenated(_prompt(1.0, batch=3), _prompt(2.0, batch=2))


@pytest.mark.parametrize("tokens", [77, 154, 40])
def test_two_prompts_are_mixed_token_by_token(tokens: int) -> None:
    to = _prompt(1.0, 77, pooled_output=_pooled(1.0), kept=1)

    ((context, options),) = averaged(to, _prompt(3.0, tokens, pooled_output=_pooled(2.0)), 0.25)

    assert context.shape == (1, 77, 8)
    there = min(tokens, 77)
    torch.testing.assert_close(context[:, :there], torch.full((1, there, 8), 2.5))
    torch.testing.assert_close(context[:, there:], torch.full((1, 77 - there, 8), 0.25))
    torch.testing.assert_close(options["pooled_output"], _pooled(1.75))
    assert options["kept"] == 1
    assert float(to[0][1]["pooled_output"][0, 0]) == 1.0


def test_a_pooled_embedding_that_only_one_has_is_taken_as_it_is() -> None:
    with_one, without = _prompt(1.0, pooled_output=_pooled(1.0)), _prompt(3.0)

    ((_, kept),) = averaged(with_one, without, 0.25)
    ((_, taken),) = averaged(without, with_one, 0.25)

    torch.testing.assert_close(kept["pooled_output"], _pooled(1.0))
    torch.testing.assert_close(taken["pooled_output"], _pooled(1.0))


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_the_ends_of_the_mix_are_the_prompts(strength: float) -> None:
    ((context, _),) = averaged(_prompt(1.0), _prompt(3.0), strength)

    torch.testing.assert_close(context, torch.full((1, 77, 8), 1.0 if strength else 3.0))


def test_zeroed_a_prompt_says_nothing_and_keeps_its_place() -> None:
    before = _prompt(1.0, 154, pooled_output=_pooled(2.0), area=(1, 2, 3, 4))

    ((context, options),) = zeroed(before)

    assert context.shape == (1, 154, 8)
    assert not bool(context.any())
    assert not bool(options["pooled_output"].any())
    assert options["area"] == (1, 2, 3, 4)
    assert bool(before[0][1]["pooled_output"].all())
    assert zeroed(_prompt(1.0))[0][1] == {}


@pytest.mark.parametrize("edit", [concatenated, partial(averaged, strength=0.5)])
def test_bad_input_is_one_clear_sentence(edit: Callable[..., object]) -> None:
    with pytest.raises(DiffusionError, match=r"8 wide were expected.*4 wide"):
        edit(_prompt(1.0), [[torch.zeros(1, 77, 4), {}]])
    with pytest.raises(DiffusionError, match="empty"):
        edit(_prompt(1.0), [])

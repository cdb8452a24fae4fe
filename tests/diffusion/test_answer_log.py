"""Answers in a journal: exact, told apart by run, and no trouble when they cannot be read."""

import pytest
import torch
from torch import Tensor

from diffusion.answer_log import Resuming, resuming_from, run_tag
from diffusion.samplers.question import Answer
from tests.support.list_journal import ListJournal
from tests.support.tensors import noise

CPU = torch.device("cpu")
TAG, OTHER = b"a" * 16, b"b" * 16


def _logged(*answers: Answer, tag: bytes = TAG) -> list[bytes]:
    journal = ListJournal()
    log = resuming_from(journal, tag, CPU).log
    assert log is not None
    for answer in answers:
        log(answer)
    return journal.written


def _replayed(records: list[bytes], tag: bytes = TAG) -> list[Answer]:
    return list(resuming_from(ListJournal(records), tag, CPU).replay)


def _same(one: Tensor, other: Tensor) -> bool:
    return torch.equal(one.view(torch.int32), other.view(torch.int32))


def test_an_answer_comes_back_to_the_bit() -> None:
    odd = torch.tensor([[0.0, -0.0, 1e-45, torch.inf]])

    (answer,) = _replayed(_logged(Answer(odd)))

    assert _same(answer.denoised, odd)
    assert answer.unconditional is None


def test_halves_of_one_batch_come_back_as_two_tensors() -> None:
    first, second = torch.split(noise(4, 3, 2, 2), 2)

    (answer,) = _replayed(_logged(Answer(first, second)))

    assert answer.unconditional is not None
    assert _same(answer.denoised, first)
    assert _same(answer.unconditional, second)


def test_answers_of_another_run_are_left_alone() -> None:
    ours, theirs = noise(1, 2), noise(1, 2, seed=1)
    records = [*_logged(Answer(theirs), tag=OTHER), *_logged(Answer(ours))]

    (answer,) = _replayed(records)

    assert _same(answer.denoised, ours)


def test_what_cannot_be_read_ends_the_replay() -> None:
    sound = _logged(Answer(noise(1, 2)))

    assert len(_replayed([*sound, TAG + b"rubbish", *sound])) == 1


def test_without_a_journal_nothing_is_logged_nor_replayed() -> None:
    assert resuming_from(None, TAG, CPU) == Resuming()


@pytest.mark.parametrize(
    "other",
    [
        (noise(1, 4, seed=1), (2.0, 0.0), 7),
        (noise(1, 4).reshape(2, 2), (2.0, 0.0), 7),
        (noise(1, 4), (3.0, 0.0), 7),
        (noise(1, 4), (2.0, 0.0), 8),
    ],
)
def test_runs_that_differ_have_tags_that_differ(
    other: tuple[Tensor, tuple[float, ...], int],
) -> None:
    tag = run_tag(noise(1, 4), (2.0, 0.0), 7)

    assert len(tag) == len(TAG)
    assert run_tag(noise(1, 4), (2.0, 0.0), 7) == tag
    assert run_tag(*other) != tag

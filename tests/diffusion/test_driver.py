"""The driver: progress, cancelling, replay, and runs whose questions others answer."""

from collections.abc import Iterator

import pytest
import torch

from diffusion.driver import SamplingRun, Step, drive
from diffusion.errors import DiffusionError
from diffusion.interruption import interruptible
from diffusion.samplers.question import Answer, Question, Sampling

START = torch.full((1, 1, 1, 1), 8.0)


class Halving:
    """A sampler that asks twice a step and remembers whether it was closed."""

    def __init__(self, steps: int = 3) -> None:
        self.steps = steps
        self.closed = False

    def start(self) -> Sampling:
        x = START
        try:
            for step in range(self.steps):
                x = (yield Question(x, 1.0, step)).denoised
                x = (yield Question(x, 0.5, step, inner=True)).denoised
        except GeneratorExit:
            self.closed = True
            raise
        return x


def _half(question: Question) -> Answer:
    return Answer(question.x / 2.0)


def test_the_result_is_what_the_sampler_returns() -> None:
    assert float(drive(Halving().start(), _half, total=3)) == 8.0 / 2**6


def test_steps_are_reported_once_each_with_their_first_answer() -> None:
    steps: list[Step] = []

    drive(Halving().start(), _half, total=3, on_step=steps.append)

    assert [(step.step, float(step.denoised)) for step in steps] == [(1, 4.0), (2, 1.0), (3, 0.25)]


def test_a_cancelled_sampler_is_closed() -> None:
    sampler = Halving()

    def cancel(_: Step) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        drive(sampler.start(), _half, total=3, on_step=cancel)
    assert sampler.closed


def test_logged_answers_are_not_asked_again_and_only_the_last_step_is_reported() -> None:
    log: list[Answer] = []
    drive(Halving().start(), _half, total=3, log=log.append)
    asked: list[float] = []
    steps: list[int] = []

    def answer(question: Question) -> Answer:
        asked.append(float(question.x))
        return _half(question)

    result = drive(
        Halving().start(),
        answer,
        total=3,
        replay=log[:4],
        on_step=lambda step: steps.append(step.step),
    )

    assert float(result) == 8.0 / 2**6
    assert asked == [0.5, 0.25]
    assert steps == [2, 3]


def test_answers_logged_beyond_the_end_are_left_alone() -> None:
    log: list[Answer] = []
    drive(Halving().start(), _half, total=3, log=log.append)

    assert float(drive(Halving().start(), _half, total=3, replay=[*log, *log])) == 8.0 / 2**6


def test_a_run_can_be_stopped_between_two_questions_of_a_step() -> None:
    asked: list[float] = []

    def answer(question: Question) -> Answer:
        asked.append(question.sigma)
        return _half(question)

    def stop() -> None:
        if asked == [1.0]:
            raise InterruptedError

    with pytest.raises(InterruptedError), interruptible(stop):
        drive(Halving().start(), answer, total=3)
    assert asked == [1.0]


def test_answers_lie_in_memory_as_they_would_come_out_of_a_log() -> None:
    seen: list[Step] = []

    def turned(question: Question) -> Answer:
        halved = question.x.expand(2, 3, 4, 5) / 2.0
        return Answer(halved.to(memory_format=torch.channels_last))

    def once() -> Sampling:
        return (yield Question(START, 1.0, 0)).denoised

    drive(once(), turned, total=1, on_step=seen.append)
    assert seen[0].denoised.is_contiguous()


def test_two_runs_can_be_answered_together() -> None:
    runs = [SamplingRun(Halving(steps).start()) for steps in (1, 2)]
    rounds = 0

    def open_runs() -> Iterator[SamplingRun]:
        return (run for run in runs if run.question is not None)

    while waiting := list(open_runs()):
        xs = torch.cat([run.question.x for run in waiting if run.question is not None])
        for run, denoised in zip(waiting, torch.split(xs / 2.0, 1), strict=True):
            run.answer(Answer(denoised))
        rounds += 1

    assert [float(run.result) for run in runs if run.result is not None] == [2.0, 0.5]
    assert rounds == 4


def test_a_finished_run_takes_no_answers() -> None:
    run = SamplingRun(Halving(0).start())

    with pytest.raises(DiffusionError, match="done"):
        run.answer(Answer(START))


def test_answers_that_are_not_numbers_stop_the_run() -> None:
    sampler = Halving()

    with pytest.raises(DiffusionError, match="NaN or infinity at step 1 of 3"):
        drive(sampler.start(), lambda q: Answer(q.x * torch.inf), total=3)
    assert sampler.closed

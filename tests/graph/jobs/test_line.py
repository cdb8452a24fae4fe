"""Line: whose turn it is."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from graph.jobs.line import Line, Waiting


def _line(*names: str) -> Line:
    """A line of jobs such as `a1`, the first one of client `a`, in the order of arrival."""
    return Line(Waiting(serial, name, name[0]) for serial, name in enumerate(names, 1))


def _order(line: Line) -> str:
    return " ".join(job.id for job in line.order())


def _serve(line: Line) -> str:
    job = line.first()
    assert job is not None
    line.serve(job)
    return job.id


def test_nobody_is_first_in_an_empty_line() -> None:
    assert Line().first() is None
    assert Line().order() == []


def test_what_one_client_sends_goes_in_the_order_in_which_it_was_sent() -> None:
    assert _order(_line("a1", "a2", "a3")) == "a1 a2 a3"


def test_clients_take_turns() -> None:
    assert _order(_line("a1", "a2", "a3", "b1", "c1", "b2")) == "a1 b1 c1 a2 b2 a3"


def test_a_newcomer_does_not_wait_for_all_of_a_flood() -> None:
    line = _line(*(f"a{number}" for number in range(100)))
    _serve(line)
    line.add(Waiting(200, "b1", "b"))
    assert _serve(line) == "b1"


def test_who_comes_back_after_each_job_does_not_starve_the_others() -> None:
    line = _line("a1", "a2", "a3", "a4")
    served = []
    for number in range(4):
        line.add(Waiting(100 + number, f"b{number}", "b"))
        served += [_serve(line), _serve(line)]
    assert served == ["a1", "b0", "a2", "b1", "a3", "b2", "a4", "b3"]


def test_a_number_waits_for_the_jobs_before_it_and_for_nobody_else() -> None:
    line = _line("a1", "a2", "a3", "a4")
    line.add(Waiting(5, "x", "b", 2.5))
    assert _order(line) == "a1 a2 x a3 a4"


def test_the_last_one_that_goes_to_the_front_goes_first() -> None:
    line = _line("a1")
    line.add(Waiting(2, "x", "a", line.front()))
    line.add(Waiting(3, "y", "a", line.front()))
    assert _order(line) == "y x a1"


def test_going_ahead_costs_the_client_its_turn() -> None:
    line = _line("a1", "a2", "b1")
    line.add(Waiting(4, "a3", "a", line.front()))
    assert _order(line) == "a3 b1 a1 a2"


def test_a_move_leaves_the_order_ahead_of_it_as_it_was() -> None:
    line = _line("a1", "a2", "a3", "b1", "b2", "b3")
    assert _order(line) == "a1 b1 a2 b2 a3 b3"
    line.move("b3", 2)
    assert _order(line).startswith("a1 b1 b3 ")
    line.move("a1", 1)
    assert _order(line).startswith("b1 a1 ")


def test_a_move_to_the_end_keeps_everybody_where_they_are() -> None:
    line = _line("a1", "a2", "b1", "b2")
    line.move("a1", -1)
    assert _order(line) == "b1 a2 b2 a1"


def test_a_move_past_either_end_goes_to_that_end() -> None:
    line = _line("a1", "a2", "a3")
    line.move("a1", 99)
    assert _order(line) == "a2 a3 a1"
    line.move("a1", -99)
    assert _order(line) == "a1 a2 a3"


def test_the_front_is_ahead_of_what_was_moved_there() -> None:
    line = _line("a1", "a2")
    line.move("a2", 0)
    line.add(Waiting(3, "a3", "a", line.front()))
    assert _order(line) == "a3 a2 a1"


def test_those_that_came_and_left_take_no_memory() -> None:
    line = _line("a1")
    for number in range(2, 20_000):
        line.add(Waiting(number, f"b{number}", f"client {number % 7}"))
        line.remove(f"b{number}")
    assert len(line._unplaced) < 3000
    assert len(line._clients) < 3000


class SimpleLine:
    """The rule as it is written down, without a thought for speed."""

    def __init__(self) -> None:
        self.jobs: list[Waiting] = []
        self.served: list[str] = []

    def turn(self, client: str) -> int:
        """When the client was served last, 0 for never."""
        return max((at for at, who in enumerate(self.served, 1) if who == client), default=0)

    def first(self) -> Waiting | None:
        """Who goes next."""
        placed = [job for job in self.jobs if job.place is not None]
        others = [job for job in self.jobs if job.place is None]
        ahead = min(placed, key=lambda job: (job.place or 0, job.serial), default=None)
        oldest = min((job.serial for job in others), default=None)
        if ahead and (oldest is None or (ahead.place or 0) < oldest):
            return ahead
        return min(
            others,
            key=lambda job: (
                self.turn(job.client),
                min(one.serial for one in others if one.client == job.client),
                job.serial,
            ),
            default=None,
        )

    def order(self) -> list[Waiting]:
        """Everybody, as they would go."""
        jobs, served = self.jobs.copy(), self.served.copy()
        found = []
        while (job := self.first()) is not None:
            self.serve(job)
            found.append(job)
        self.jobs, self.served = jobs, served
        return found

    def serve(self, job: Waiting) -> None:
        """Somebody goes."""
        self.jobs.remove(job)
        self.served.append(job.client)


class LineAsWritten(RuleBasedStateMachine):
    """Whatever happens to both lines, they agree."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line()
        self.simple = SimpleLine()
        self.serial = 0

    def _add(self, client: str, place: float | None) -> None:
        self.serial += 1
        job = Waiting(self.serial, f"job {self.serial}", client, place)
        self.line.add(job)
        self.simple.jobs.append(job)

    @rule(client=st.sampled_from("abc"))
    def arrive(self, client: str) -> None:
        self._add(client, None)

    @rule(client=st.sampled_from("abc"), number=st.integers(-3, 15) | st.floats(-3, 15))
    def arrive_with_a_number(self, client: str, number: float) -> None:
        self._add(client, number)

    @rule(client=st.sampled_from("abc"))
    def arrive_at_the_front(self, client: str) -> None:
        self._add(client, self.line.front())
        first = self.line.first()
        assert first is not None
        assert first.serial == self.serial

    @precondition(lambda self: self.simple.jobs)
    @rule()
    def go(self) -> None:
        job = self.line.first()
        assert job == self.simple.first()
        assert job is not None
        self.line.serve(job)
        self.simple.serve(job)

    @precondition(lambda self: self.simple.jobs)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(self.simple.jobs))
        self.line.remove(job.id)
        self.simple.jobs.remove(job)

    @precondition(lambda self: self.simple.jobs)
    @rule(data=st.data(), index=st.integers(-4, 9))
    def move(self, data: st.DataObject, index: int) -> None:
        moved = data.draw(st.sampled_from(self.simple.jobs))
        order = self.line.order()
        order.remove(moved)
        at = max(index + len(order) + 1, 0) if index < 0 else min(index, len(order))
        pinned = {job.id: job for job in self.line.move(moved.id, index)}
        self.simple.jobs = [pinned.get(job.id, job) for job in self.simple.jobs]
        expected = [*order[:at], moved]
        assert [job.id for job in self.line.order()][: at + 1] == [job.id for job in expected]

    @rule()
    def begin_anew(self) -> None:
        self.line.reset([*self.line._jobs.values()], self.line._turns)

    @invariant()
    def they_agree(self) -> None:
        assert self.line.order() == self.simple.order()
        assert len(self.line) == len(self.simple.jobs)


TestLineAsWritten = LineAsWritten.TestCase

"""
Random programs of the queues: the stand-ins do what the stdlib's do.
"""

from __future__ import annotations

import queue as stdlib
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.faults.figures import Figures
from tests.green.worlds import ACTORS, SHORT_S, Machine, check

ITEMS = st.integers(0, 9)
AT_ONCE = st.sampled_from([(False,), (True, SHORT_S), (True, 0), (True, -1), (False, -1)])


class Queues(Machine):
    """
    A queue of the kind that the class names; what it holds is read off the stdlib's.
    """

    kind = "Queue"

    def __init__(self) -> None:
        super().__init__()
        self.putters: list[int] = []
        self.getters: list[int] = []
        self.joiners: list[int] = []
        self.shut = False

    @initialize(size=st.integers(0, 2))
    def make(self, size: int) -> None:
        options = () if self.kind == "SimpleQueue" else (size,)
        self.most = size if options else 0
        self.begin(lambda modules: getattr(modules.queue, self.kind)(*options))
        self.model = self.worlds[0].subject

    @property
    def free(self) -> list[int]:
        """
        The actors that do not wait.
        """
        return [n for n in range(ACTORS) if n not in (*self.putters, *self.getters, *self.joiners)]

    def _pick(self, data: Any) -> int:
        return data.draw(st.sampled_from(self.free))

    def _wait(self, number: int, waiting: list[int], condition: str, step: Any) -> None:
        # Somebody must be left who ends the wait; the stdlib's SimpleQueue does not show who waits.
        if len(self.free) > 1 and not (waiting and self.kind == "SimpleQueue"):
            waiting.append(number)
            count = len(waiting)

            def waits(subject: Any) -> bool:
                return not hasattr(subject, condition) or len(getattr(subject, condition)._waiters) == count

            self.start(number, step, waits)

    def _wake(self, number: int, step: Any, waiting: list[int], count: int) -> None:
        # A step that ends waits: those of the first that wait.
        woken = waiting[:count]
        del waiting[:count]
        self.start(number, step)
        assert {number, *woken} == set(self.reports(1 + len(woken)))

    @rule(data=st.data(), item=ITEMS)
    def put(self, data: Any, item: int) -> None:
        number = self._pick(data)
        if self.shut or not self.most or self.model.qsize() < self.most:
            self._wake(number, lambda q: q.put(item), self.getters, 0 if self.shut else 1)
        else:
            self._wait(number, self.putters, "not_full", lambda q: q.put(item))

    @rule(data=st.data())
    def get(self, data: Any) -> None:
        number = self._pick(data)
        if self.shut or self.model.qsize():
            self._wake(number, lambda q: q.get(), self.putters, 1)
        else:
            self._wait(number, self.getters, "not_empty", lambda q: q.get())

    @precondition(lambda self: not self.getters and not self.putters)
    @rule(data=st.data(), item=ITEMS, args=AT_ONCE)
    def put_at_once(self, data: Any, item: int, args: tuple[Any, ...]) -> None:
        self.do(self._pick(data), lambda q: q.put(item, *args))

    @precondition(lambda self: not self.putters)
    @rule(data=st.data(), args=AT_ONCE)
    def get_at_once(self, data: Any, args: tuple[Any, ...]) -> None:
        self.do(self._pick(data), lambda q: q.get(*args))

    @precondition(lambda self: self.putters)
    @rule(data=st.data(), args=AT_ONCE)
    def put_into_a_full_one(self, data: Any, args: tuple[Any, ...]) -> None:
        assert self.do(self._pick(data), lambda q: q.put(0, *args))[0] in ("Full", "ValueError")

    @rule(data=st.data())
    def look(self, data: Any) -> None:
        def seen(q: Any) -> Any:
            full = q.full() if hasattr(q, "full") else None
            return q.qsize(), q.empty(), full, getattr(q, "unfinished_tasks", None)

        self.do(self._pick(data), seen)

    @precondition(lambda self: self.kind != "SimpleQueue")
    @rule(data=st.data())
    def task_done(self, data: Any) -> None:
        """
        Also once too often.
        """
        last = self.model.unfinished_tasks == 1
        self._wake(self._pick(data), lambda q: q.task_done(), self.joiners, ACTORS if last else 0)

    @precondition(lambda self: self.kind != "SimpleQueue")
    @rule(data=st.data())
    def join(self, data: Any) -> None:
        number = self._pick(data)
        if self.model.unfinished_tasks:
            self._wait(number, self.joiners, "all_tasks_done", lambda q: q.join())
        else:
            self.do(number, lambda q: q.join())

    @precondition(lambda self: hasattr(stdlib, "ShutDown") and self.kind != "SimpleQueue")
    @rule(data=st.data(), immediate=st.booleans())
    def shutdown(self, data: Any, immediate: bool) -> None:
        """
        From Python 3.13 on: who waits to put or to get is told.
        """
        self._shutdown(self._pick(data), immediate)

    def _shutdown(self, number: int, immediate: bool) -> None:
        self.shut = True
        woken = [*self.putters, *self.getters]
        if immediate and self.model.unfinished_tasks == self.model.qsize():
            woken += self.joiners
            self.joiners.clear()
        self.putters.clear()
        self.getters.clear()
        self._wake(number, lambda q: q.shutdown(immediate), woken, ACTORS)

    @invariant()
    def the_same_wait(self) -> None:
        if self.kind == "SimpleQueue":
            return
        for world in self.worlds:
            q = world.subject
            waiting = [len(each._waiters) for each in (q.not_full, q.not_empty, q.all_tasks_done)]
            assert [len(self.putters), len(self.getters), len(self.joiners)] == waiting, world.name

    def finish(self) -> None:
        """
        Take out and put in until nobody waits.
        """
        number = self.free[0]
        while self.putters:
            self._wake(number, lambda q: q.get(), self.putters, 1)
        while self.getters:
            self._wake(number, lambda q: q.put(0), self.getters, 1)
        while self.joiners:
            last = self.model.unfinished_tasks == 1
            self._wake(number, lambda q: q.task_done(), self.joiners, ACTORS if last else 0)


@pytest.mark.scaled
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"])
def test_queues(kind: str, figures: Figures) -> None:
    """
    Whatever three users do with a queue: the same items come out, to the same users, in the same order.
    """
    check(Queues, figures.times(500, least=8), kind=kind)

"""
Random programs of Semaphore, BoundedSemaphore and Event: the stand-ins do what the stdlib's do.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.faults.figures import Figures
from tests.green.worlds import ACTORS, SHORT_S, Machine, check


class Waiters(Machine):
    """
    Those that wait, the longest first; somebody is always free to end that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[int] = []

    @property
    def free(self) -> list[int]:
        """
        The actors that do not wait.
        """
        return [number for number in range(ACTORS) if number not in self.waiting]

    def wait_with(self, number: int, step: Any) -> None:
        """
        Let an actor begin to wait.
        """
        self.waiting.append(number)
        count = len(self.waiting)
        self.start(number, step, lambda subject: len(subject._cond._waiters) == count)

    def wake_with(self, number: int, step: Any, count: int) -> None:
        """
        Do a step that ends the waits of the first *count* that wait.
        """
        woken, self.waiting = self.waiting[:count], self.waiting[count:]
        self.start(number, step)
        assert {number, *woken} == set(self.reports(1 + len(woken)))

    @invariant()
    def the_same_wait(self) -> None:
        for world in self.worlds:
            assert len(self.waiting) == len(world.subject._cond._waiters), world.name


class Semaphores(Waiters):
    """
    A semaphore of the kind that the class names.
    """

    kind = "Semaphore"

    @initialize(value=st.integers(0, 2))
    def make(self, value: int) -> None:
        if self.kind == "BoundedSemaphore":
            value = max(1, value)  # nobody could release one of 0
        self.value = self.most = value
        self.begin(lambda modules: getattr(modules.threading, self.kind)(value))

    @rule(data=st.data())
    def acquire(self, data: Any) -> None:
        number = data.draw(st.sampled_from(self.free))
        if self.value:
            assert self.do(number, lambda semaphore: semaphore.acquire()) is True
            self.value -= 1
        elif len(self.free) > 1:
            self.wait_with(number, lambda semaphore: semaphore.acquire())

    @rule(data=st.data(), options=st.sampled_from([(False,), (True, SHORT_S), (True, 0), (True, -1)]))
    def acquire_if_free(self, data: Any, options: tuple[Any, ...]) -> None:
        number = data.draw(st.sampled_from(self.free))
        self.value -= self.do(number, lambda semaphore: semaphore.acquire(*options))

    @rule(data=st.data(), count=st.integers(-1, 3))
    def release(self, data: Any, count: int) -> None:
        """
        Several at once; and too many, or none.
        """
        number = data.draw(st.sampled_from(self.free))

        def step(semaphore: Any) -> Any:
            return semaphore.release(count)

        if count < 1 or (self.kind == "BoundedSemaphore" and self.value + count > self.most):
            assert "ValueError" == self.do(number, step)[0]
            return
        woken = min(count, len(self.waiting))
        self.wake_with(number, step, woken)
        self.value += count - woken

    @precondition(lambda self: self.value)
    @rule(data=st.data())
    def use(self, data: Any) -> None:
        def block(semaphore: Any) -> Any:
            with semaphore as got:
                return got, semaphore._value

        self.do(data.draw(st.sampled_from(self.free)), block)

    @rule(data=st.data())
    def acquire_wrongly(self, data: Any) -> None:
        self.do(data.draw(st.sampled_from(self.free)), lambda semaphore: semaphore.acquire(False, 1))

    @invariant()
    def values_are_the_same(self) -> None:
        for world in self.worlds:
            assert self.value == world.subject._value, world.name

    def finish(self) -> None:
        """
        Release for each that waits.
        """
        while self.waiting:
            self.wake_with(self.free[0], lambda semaphore: semaphore.release(), 1)


class Events(Waiters):
    """
    An Event.
    """

    @initialize()
    def make(self) -> None:
        self.on = False
        self.begin(lambda modules: modules.threading.Event())

    @rule(data=st.data(), timeout=st.sampled_from([None, None, SHORT_S, 0, -1]))
    def wait(self, data: Any, timeout: float | None) -> None:
        number = data.draw(st.sampled_from(self.free))
        if timeout is not None or self.on:
            assert self.on == self.do(number, lambda event: event.wait(timeout))
        elif len(self.free) > 1:
            self.wait_with(number, lambda event: event.wait())

    @rule(data=st.data())
    def set(self, data: Any) -> None:
        self.wake_with(data.draw(st.sampled_from(self.free)), lambda event: event.set(), ACTORS)
        self.on = True

    @rule(data=st.data())
    def set_and_clear(self, data: Any) -> None:
        """
        Those that waited have seen it all the same.
        """

        def step(event: Any) -> None:
            event.set()
            event.clear()

        self.wake_with(data.draw(st.sampled_from(self.free)), step, ACTORS)
        self.on = False

    @rule(data=st.data())
    def clear(self, data: Any) -> None:
        self.do(data.draw(st.sampled_from(self.free)), lambda event: event.clear())
        self.on = False

    @rule(data=st.data())
    def look(self, data: Any) -> None:
        assert self.on == self.do(data.draw(st.sampled_from(self.free)), lambda event: event.is_set())

    def finish(self) -> None:
        """
        Set it.
        """
        self.wake_with(self.free[0], lambda event: event.set(), ACTORS)


@pytest.mark.scaled
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["Semaphore", "BoundedSemaphore"])
def test_semaphores(kind: str, figures: Figures) -> None:
    """
    Whatever three users do with a semaphore: those get in that the stdlib lets in.
    """
    check(Semaphores, figures.times(500, least=8), kind=kind)


@pytest.mark.scaled
@pytest.mark.timeout(600)
def test_events(figures: Figures) -> None:
    """
    Whatever three users do with an event: all that wait are woken, once.
    """
    check(Events, figures.times(500, least=8))

"""
Random programs of Lock, RLock and Condition: the stand-ins do what the stdlib's do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.faults.figures import Figures
from tests.green.worlds import ACTORS, SHORT_S, Machine, World, check

ACTOR = st.integers(0, ACTORS - 1)


class LockUsers(Machine):
    """
    What locks and conditions have in common: one actor has the lock, others may wait for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.holder: int | None = None
        self.lockers: list[int] = []  # wait for the lock

    def release_with(self, number: int, step: Callable[[Any], Any]) -> None:
        """
        Do a step that frees the lock: one of those that wait for it, whichever it is, has it then.
        """
        if not self.lockers:
            self.do(number, step)
            self.holder = None
            return
        self.holder = self.lockers.pop(0)

        def ask(world: World) -> Any:
            reports = dict(world.report() for _ in range(2))
            released = reports.pop(number)
            ((winner, got),) = reports.items()
            world.let_be(self.holder, winner)
            return released, got

        self.start(number, step)
        self.same(ask)


class Locks(LockUsers):
    """
    A Lock or an RLock, as the class says.
    """

    kind = "Lock"

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    @initialize()
    def make(self) -> None:
        self.begin(lambda modules: getattr(modules.threading, self.kind)())

    def _waits(self, count: int) -> Callable[[Any], bool]:
        # The stdlib's own lock does not show who waits.
        def waits(lock: Any) -> bool:
            inner = getattr(lock, "_block", lock)
            inner = inner if hasattr(inner, "_waiters") else lock
            return len(getattr(inner, "_waiters", range(count))) == count

        return waits

    def _took(self, number: int, taken: bool) -> None:
        if taken:
            self.holder = number
            self.depth += 1

    @rule(number=ACTOR)
    def acquire(self, number: int) -> None:
        """
        Take it, or begin to wait for it.
        """
        if number in self.lockers:
            return
        if self.holder is None or (self.kind == "RLock" and self.holder == number):
            self._took(number, self.do(number, lambda lock: lock.acquire()))
        elif len(self.lockers) < ACTORS - 1:
            self.lockers.append(number)
            self.start(number, lambda lock: lock.acquire(), self._waits(len(self.lockers)))

    @rule(number=ACTOR, args=st.sampled_from([(False,), (True, SHORT_S), (True, 0), (False, -1)]))
    def acquire_if_free(self, number: int, args: tuple[Any, ...]) -> None:
        if number not in self.lockers:
            self._took(number, self.do(number, lambda lock: lock.acquire(*args)))

    @rule(number=ACTOR, args=st.sampled_from([(False, 1), (True, -2), (True, 1e100), (True, "1")]))
    def acquire_wrongly(self, number: int, args: tuple[Any, ...]) -> None:
        if number not in self.lockers:
            self.do(number, lambda lock: lock.acquire(*args))

    @rule(number=ACTOR)
    def release(self, number: int) -> None:
        """
        Also what one does not have, or nobody.
        """
        if number in self.lockers:
            return
        if self.holder is None or (self.kind == "RLock" and self.holder != number):
            assert "RuntimeError" == self.do(number, lambda lock: lock.release())[0]
            return
        self.depth -= 1
        if self.depth:
            self.do(number, lambda lock: lock.release())
        else:
            self.release_with(number, lambda lock: lock.release())
            self.depth = int(self.holder is not None)

    @precondition(lambda self: self.holder is None)
    @rule(number=ACTOR)
    def use(self, number: int) -> None:
        def block(lock: Any) -> Any:
            with lock as got:
                return got, repr(lock).split()[0]

        self.do(number, block)

    @rule(number=ACTOR)
    def look(self, number: int) -> None:
        if number not in self.lockers:
            if self.kind == "RLock":
                assert (self.holder == number) == self.do(number, lambda lock: lock._is_owned())
            state = self.do(number, lambda lock: repr(lock).split()[0])
            assert state == ("<unlocked" if self.holder is None else "<locked")

    def finish(self) -> None:
        """
        Free the lock until nobody waits for it.
        """
        while self.holder is not None:
            everybody = [number for number in range(ACTORS) if number not in self.lockers]
            self.release(self.holder if self.kind == "RLock" else everybody[0])


class Conditions(LockUsers):
    """
    A Condition over the lock that the class names, taken *depth* times by whoever takes it.
    """

    lock: str | None = None
    depth = 1

    def __init__(self) -> None:
        super().__init__()
        self.sleepers: list[int] = []  # wait to be notified

    @initialize()
    def make(self) -> None:
        def make(modules: Any) -> Any:
            lock = getattr(modules.threading, self.lock)() if self.lock else None
            return modules.threading.Condition(lock)

        self.begin(make)

    @property
    def free(self) -> list[int]:
        """
        The actors that neither wait nor have the lock.
        """
        return [n for n in range(ACTORS) if n not in (self.holder, *self.lockers, *self.sleepers)]

    def _acquire(self, condition: Any) -> bool:
        return all(condition.acquire() for _ in range(self.depth))

    def _release(self, condition: Any) -> None:
        for _ in range(self.depth):
            condition.release()

    @precondition(lambda self: self.free)
    @rule(data=st.data())
    def acquire(self, data: Any) -> None:
        number = data.draw(st.sampled_from(self.free))
        if self.holder is None:
            self.do(number, self._acquire)
            self.holder = number
        else:
            self.lockers.append(number)
            self.start(number, self._acquire)

    @precondition(lambda self: self.holder is not None)
    @rule()
    def release(self) -> None:
        self.release_with(self.holder, self._release)

    @precondition(lambda self: self.holder is not None and len(self.sleepers) < ACTORS - 1)
    @rule()
    def wait(self) -> None:
        """
        Sleep, until others notify; who waited for the lock may have it.
        """
        number = self.holder
        assert number is not None
        self.sleepers.append(number)
        count = len(self.sleepers)
        self.start(number, lambda condition: condition.wait(), lambda c: len(c._waiters) == count)
        self.holder = None
        if self.lockers:
            self.holder = self.lockers.pop(0)

            def ask(world: World) -> Any:
                winner, got = world.report()
                world.let_be(self.holder, winner)
                return got

            self.same(ask)

    @precondition(lambda self: self.holder is not None and not self.lockers)
    @rule(timeout=st.sampled_from([SHORT_S, 0, -1]), told=st.booleans())
    def wait_in_vain(self, timeout: float, told: bool) -> None:
        def wait(condition: Any) -> Any:
            return condition.wait(timeout), condition.wait_for(lambda: told, timeout)

        assert (False, told) == self.do(self.holder, wait)

    @precondition(lambda self: self.holder is not None)
    @rule(count=st.integers(0, ACTORS), everybody=st.booleans())
    def notify(self, count: int, everybody: bool) -> None:
        if everybody:
            self.do(self.holder, lambda condition: condition.notify_all())
            count = ACTORS
        else:
            self.do(self.holder, lambda condition: condition.notify(count))
        self.lockers += self.sleepers[:count]
        del self.sleepers[:count]

    @precondition(lambda self: self.free and (self.holder is None or self.lock != "Lock"))
    @rule(data=st.data(), name=st.sampled_from(["wait", "notify", "notify_all", "release"]))
    def use_without_lock(self, data: Any, name: str) -> None:
        number = data.draw(st.sampled_from(self.free))
        assert "RuntimeError" == self.do(number, lambda condition: getattr(condition, name)())[0]

    @invariant()
    def waiters_are_the_same(self) -> None:
        for world in self.worlds:
            assert len(self.sleepers) == len(world.subject._waiters), world.name

    def finish(self) -> None:
        """
        Wake all, and let each have the lock in its turn.
        """
        while self.holder is not None or self.sleepers:
            if self.holder is None:
                self.holder = self.free[0]
                self.do(self.holder, self._acquire)
            self.notify(0, True)
            self.release()


@pytest.mark.scaled
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["Lock", "RLock"])
def test_locks(kind: str, figures: Figures) -> None:
    """
    Whatever three users do with a lock: each call gives what the stdlib's gives, and nobody is left waiting.
    """
    check(Locks, figures.times(500, least=8), kind=kind)


@pytest.mark.scaled
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("lock", "depth"), [(None, 1), ("RLock", 2), ("Lock", 1)])
def test_conditions(lock: str | None, depth: int, figures: Figures) -> None:
    """
    Whatever three users do with a condition: those are woken that the stdlib wakes, and hold the lock then.
    """
    check(Conditions, figures.times(500, least=8), lock=lock, depth=depth)

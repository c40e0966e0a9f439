"""
Deadlines: motorish.timeout in coroutines and in synchronous code, nested, past and exact.
"""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import Any

import pytest

from motorish import await_, timeout
from motorish.errors import DeadlineExceeded
from motorish.green.threading import Condition, Event, Lock, Semaphore
from motorish.green.time import sleep
from motorish.hub import current_child, spawn
from tests.loops import Runner, in_child, on_every_loop, outcome, turns

LATE_S = 0.15
"""What a busy machine may add."""


@on_every_loop
def test_bounds_the_whole_call(run: Runner) -> None:
    """
    Many short waits together are ended at the deadline, not before and not much later.
    """

    async def main() -> float:
        begun = monotonic()
        with pytest.raises(DeadlineExceeded), timeout(0.05):
            await spawn(lambda: [sleep(0.003) for _ in range(1000)])
        return monotonic() - begun

    assert 0.05 <= run(main) < 0.05 + LATE_S


@on_every_loop
def test_is_absolute_from_entry(run: Runner) -> None:
    """
    Two calls in one block share its time.
    """

    async def main() -> tuple[float, list[Any]]:
        begun = monotonic()
        with timeout(0.05):
            outcomes = [await outcome(spawn(sleep, (0.03,))), await outcome(spawn(sleep, (9,)))]
        return monotonic() - begun, outcomes

    took_s, outcomes = run(main)

    assert [None, DeadlineExceeded] == outcomes
    assert 0.05 <= took_s < 0.05 + LATE_S


@pytest.mark.parametrize(("outer", "inner"), [(0.02, 9), (9, 0.02), (0.02, None), (None, 0.02), (0.02, 0.02)])
@pytest.mark.parametrize("inside", [False, True])
def test_nearer_of_nested_ones_holds(outer: float | None, inner: float | None, inside: bool) -> None:
    """
    Nested blocks take the nearer deadline, in a coroutine and inside a child.
    """

    def call() -> None:
        with timeout(outer), timeout(inner):
            sleep(9)

    async def main() -> float:
        begun = monotonic()
        with pytest.raises(DeadlineExceeded):
            if inside:
                await spawn(call)
            else:
                with timeout(outer), timeout(inner):
                    await spawn(sleep, (9,))
        return monotonic() - begun

    assert 0.02 <= asyncio.run(main()) < 0.02 + LATE_S


@pytest.mark.parametrize(("whole", "inner"), [(0.02, 9), (9, 0.02)])
def test_nearer_of_the_callers_and_the_calls_own(whole: float, inner: float) -> None:
    """
    The caller's deadline and one inside the call: the nearer holds.
    """

    def call() -> None:
        with timeout(inner):
            sleep(9)

    async def main() -> float:
        begun = monotonic()
        with pytest.raises(DeadlineExceeded), timeout(whole):
            await spawn(call)
        return monotonic() - begun

    assert 0.02 <= asyncio.run(main()) < 0.02 + LATE_S


def test_outer_deadline_counts_again_after_an_inner_block() -> None:
    """
    When the inner block is over the outer deadline is the call's, in both shapes.
    """

    def call() -> None:
        with timeout(0.02):
            with timeout(0.01):
                pass
            child = current_child()
            assert child is not None
            sleep(9)

    async def main() -> list[Any]:
        ends = [await outcome(spawn(call))]
        with timeout(0.02):
            with timeout(0.01):
                pass
            ends.append(await outcome(spawn(sleep, (9,))))
        return ends

    assert [DeadlineExceeded] * 2 == asyncio.run(main())


def test_call_goes_on_after_an_inner_deadline() -> None:
    """
    DeadlineExceeded of a block inside the call can be caught there; later waits work again.
    """

    def call() -> str:
        for _ in range(5):
            try:
                with timeout(0.001):
                    sleep(9)
            except DeadlineExceeded:
                pass
            sleep(0)
        return "went on"

    assert "went on" == in_child(call)


def test_swallowed_inner_deadline_ends_with_its_block() -> None:
    """
    When the driver swallows the abort inside the block, the code after the block is not aborted.
    """

    def call() -> str:
        with timeout(0.001):
            try:
                sleep(9)
            except OSError:
                pass
        sleep(0)
        return "went on"

    assert "went on" == in_child(call)


@on_every_loop
@pytest.mark.parametrize("seconds", [0, 1e-9])
def test_deadline_that_has_passed(run: Runner, seconds: float) -> None:
    """
    With no time left a call is ended at its first wait; one that needs no wait completes.
    """

    async def main() -> list[Any]:
        with timeout(seconds):
            await asyncio.sleep(0.001)
            return [await outcome(spawn(sleep, (9,))), await outcome(spawn(int)), await outcome(spawn(_many))]

    assert [DeadlineExceeded, 0, DeadlineExceeded] == run(main)


def _many() -> None:
    while True:
        sleep(0)


def test_time_for_everything_that_waits() -> None:
    """
    Locks, conditions, events, semaphores and await_ are ended by the deadline too.
    """
    lock, semaphore = Lock(), Semaphore(0)
    lock.acquire()

    def condition() -> None:
        changed = Condition()
        with changed:
            changed.wait()

    waits = [
        lock.acquire,
        condition,
        Event().wait,
        semaphore.acquire,
        lambda: await_(asyncio.sleep(9)),
        lambda: await_(spawn(sleep, (9,))),
        lambda: lock.acquire(timeout=9),
    ]

    async def main() -> list[Any]:
        with timeout(0.01):
            return [await outcome(spawn(wait)) for wait in waits]

    assert [DeadlineExceeded] * len(waits) == asyncio.run(main())


def test_own_timeout_of_a_wait_comes_first() -> None:
    """
    A wait's own timeout that is nearer than the deadline works as without one.
    """

    def call() -> list[bool]:
        event = Event()
        return [event.wait(0.001) for _ in range(3)]

    async def main() -> list[bool]:
        with timeout(9):
            return await spawn(call)

    assert [False] * 3 == asyncio.run(main())


def test_does_not_bound_other_awaits() -> None:
    """
    Plain awaits in the block take the time they need.
    """

    async def main() -> str:
        with timeout(0):
            await asyncio.sleep(0.005)
        return "done"

    assert "done" == asyncio.run(main())


def test_belongs_to_the_task_that_opened_it() -> None:
    """
    Another task on the same loop does not see the deadline.
    """

    async def other(opened: asyncio.Event) -> Any:
        await opened.wait()
        return await outcome(spawn(sleep, (0.02,)))

    async def main() -> list[Any]:
        opened = asyncio.Event()
        task = asyncio.create_task(other(opened))
        with timeout(0.01):
            opened.set()
            mine = await outcome(spawn(sleep, (9,)))
            return [mine, await task]

    assert [DeadlineExceeded, None] == asyncio.run(main())


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan, math.inf])
def test_bad_values(seconds: float) -> None:
    """
    Negative, infinite and undefined times are ValueErrors that name the value.
    """
    expected = f"timeout must be a finite number .* not {seconds!r}"
    with pytest.raises(ValueError, match=expected), timeout(seconds):
        pass


@pytest.mark.parametrize("seconds", ["1", [], {}])
def test_wrong_types(seconds: Any) -> None:
    """
    What is no number is a TypeError.
    """
    with pytest.raises(TypeError), timeout(seconds):
        pass


def test_one_timer_per_call() -> None:
    """
    A call that waits many times under a deadline does not pile up timers on the loop.
    """

    async def main() -> int:
        loop = asyncio.get_running_loop()
        with timeout(100):
            call = spawn(lambda: [sleep(0) for _ in range(200)])
            await turns(100)
            timers = len(loop._scheduled)  # type: ignore[attr-defined]
            await call
        return timers

    assert asyncio.run(main()) <= 2


def test_reused_greenlet_has_no_old_deadline() -> None:
    """
    A timer left by an earlier call ends no later one.
    """

    async def main() -> None:
        with timeout(0.01):
            await spawn(sleep, (0.001,))
        await spawn(sleep, (0.03,))

    asyncio.run(main())

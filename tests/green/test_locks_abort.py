"""
Lock, RLock and Condition when waiters are cancelled, time out, or are refused on the loop's thread.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from motorish import calls
from motorish.errors import BlockingCallError, BlockingCallWarning, DeadlineExceeded
from motorish.green.conditions import Condition, RLock
from motorish.green.locks import Lock
from motorish.green.queue import Queue
from motorish.green.threading import Event, Semaphore
from motorish.green.time import sleep
from motorish.hub import current_hub, spawn
from tests.loops import (
    in_threads,
    outcome,
    turns,
    until,
)

LOCKS = [Lock, RLock]
both_locks = pytest.mark.parametrize("make", LOCKS)


@pytest.mark.parametrize("by_deadline", [False, True])
def test_abort_leaves_a_moment_for_the_lock(by_deadline: bool) -> None:
    """
    A call that is being cancelled gets a lock that is free in a moment; the abort comes at its next wait.
    """
    counter = [1]
    lock = Lock()

    def call(gate: Event) -> None:
        gate.wait()
        with lock:  # a thread holds it just now
            counter[0] -= 1
        sleep(0)
        counter[0] = -1

    async def main() -> Any:
        gate = Event()
        with calls.timeout(0.003 if by_deadline else None):
            future = spawn(call, (gate,))
        lock.acquire()
        gate.set()
        await turns(2)
        if not by_deadline:
            future.cancel()
        await asyncio.sleep(0.006)
        lock.release()
        return await outcome(future)

    assert (DeadlineExceeded if by_deadline else asyncio.CancelledError) is asyncio.run(main())
    assert [0] == counter


def test_abort_ends_the_wait_for_a_lock_that_stays_taken() -> None:
    """
    Cancelled while it waits for a lock that nobody releases, a call ends within 50 ms.
    """
    lock = Lock()
    lock.acquire()

    async def main(already: float) -> float:
        future = spawn(lock.acquire)
        await asyncio.sleep(already)
        begun = monotonic()
        future.cancel()
        assert asyncio.CancelledError is await outcome(future)
        return monotonic() - begun

    assert asyncio.run(main(0)) < 0.05
    assert asyncio.run(main(0.03)) < 0.02


def test_abort_never_interrupts_the_inside_of_other_primitives() -> None:
    """
    release() of a semaphore, put() and set() complete in a cancelled call, however contended.
    """
    semaphore, event, queue = Semaphore(0), Event(), Queue()
    mutexes = [semaphore._cond._lock, event._cond._lock, queue.mutex]

    def call(gate: Event) -> None:
        gate.wait()
        semaphore.release()
        event.set()
        queue.put(1)

    async def main() -> Any:
        gate = Event()
        future = spawn(call, (gate,))
        for mutex in mutexes:
            mutex.acquire()
        gate.set()
        await turns(2)
        future.cancel()
        for mutex in mutexes:
            await asyncio.sleep(0.03)
            mutex.release()
        return await outcome(future)

    assert asyncio.run(main()) is None
    assert (1, True, 1) == (semaphore._value, event.is_set(), queue.qsize())


@both_locks
def test_cancelled_waiter_passes_the_lock_on(make: Callable[[], Any]) -> None:
    """
    A release that woke a call which is cancelled in the same turn wakes the next one instead.
    """
    lock = make()

    def wants() -> str:
        with lock:
            return "got it"

    async def main(cancel_first: bool) -> list[Any]:
        gate = Event()
        holder = spawn(lambda: [lock.acquire(), gate.wait(), lock.release()])
        cancelled, waiting = spawn(wants), spawn(wants)
        await turns(2)
        if cancel_first:
            cancelled.cancel()
        gate.set()
        await holder
        cancelled.cancel()
        return [await outcome(cancelled), await waiting, lock.locked()]

    for cancel_first in (False, True):
        first, *rest = asyncio.run(main(cancel_first))
        assert ["got it", False] == rest
        assert first in ("got it", asyncio.CancelledError)


def test_cancels_at_any_moment_break_no_lock() -> None:
    """
    Contended by children and threads, some cancelled or timing out: never two inside, never stuck.
    """
    rng = random.Random(1)
    lock = Lock()
    inside, worst, counter, expected = 0, 0, 0, 0
    stop = threading.Event()

    def work() -> None:
        nonlocal inside, worst, counter, expected
        with lock:
            inside += 1
            worst = max(worst, inside)
            expected += 1
            try:
                if rng.random() < 0.5:
                    sleep(0)
            finally:
                counter += 1
                inside -= 1

    def impatient() -> None:
        while not stop.is_set():
            if lock.acquire(timeout=rng.random() / 3000):
                nonlocal inside, worst
                inside += 1
                worst = max(worst, inside)
                inside -= 1
                lock.release()
            sleep(0.0001)

    async def main() -> None:
        begun = monotonic()
        try:
            while monotonic() - begun < 1:
                futures = [spawn(work) for _ in range(12)]
                for future in futures:
                    if rng.random() < 0.5:
                        await asyncio.sleep(0)
                    if rng.random() < 0.6:
                        future.cancel()
                await asyncio.wait_for(asyncio.wait(futures), 10)
        finally:
            stop.set()

    in_threads([lambda: asyncio.run(main()), *[impatient] * 3])

    assert (1, 0, False) == (worst, inside, lock.locked())
    assert expected == counter > 10
    assert [] == lock._waiters


@pytest.mark.parametrize("make", [None, Lock])
def test_cancelled_condition_wait_holds_the_lock_again(make: Any) -> None:
    """
    Wherever a cancel meets a condition's wait, the lock is held when wait() ends: no release fails.
    """
    wrong: list[Any] = []

    async def sweep(moment: int, deadline: bool) -> None:
        condition = Condition(make and make())

        def waits() -> None:
            with condition:
                try:
                    condition.wait()
                finally:
                    if not condition._is_owned():
                        wrong.append(moment)

        def notifies() -> None:
            for _ in range(4):
                with condition:
                    condition.notify()
                    sleep(0)

        with calls.timeout(moment * 0.0003 if deadline else None):
            waiters = [spawn(waits) for _ in range(6)]
        notifier = spawn(notifies)
        await turns(moment)
        if not deadline:
            for future in waiters[::2]:
                future.cancel()
        await notifier
        await turns(moment)
        for future in waiters:
            future.cancel()
        ends = await asyncio.wait_for(asyncio.gather(*[outcome(future) for future in waiters]), 5)
        wrong.extend(end for end in ends if end not in (None, asyncio.CancelledError, DeadlineExceeded))
        if not condition.acquire(False):
            wrong.append("lock left locked")

    async def main() -> None:
        for moment in range(20):
            for deadline in (False, True):
                await sweep(moment, deadline)

    asyncio.run(main())

    assert [] == wrong


def test_cancel_while_reacquiring_waits_for_the_lock() -> None:
    """
    A notified call that waits to get the lock back is not interrupted there; its next wait is.
    """
    condition = Condition()
    seen: list[Any] = []

    def waits() -> None:
        with condition:
            seen.append(condition.wait())
            seen.append(condition._is_owned())
            sleep(0)
            seen.append("never")

    def holds(gate: Event) -> None:
        with condition:
            condition.notify()
            gate.wait()

    async def main() -> Any:
        gate = Event()
        waiter, holder = spawn(waits), spawn(holds, (gate,))
        await turns(3)
        waiter.cancel()
        await turns(3)
        assert not waiter.done()
        gate.set()
        await holder
        return await outcome(waiter)

    assert asyncio.CancelledError is asyncio.run(main())
    assert [True, True] == seen


@pytest.mark.parametrize("make", [Lock, RLock])
def test_closing_the_loop_takes_no_lock_away_from_a_thread(make: Callable[[], Any]) -> None:
    """
    A call that waits to get its condition's lock back when its loop is closed ends with the lock.
    """
    condition = Condition(make())
    lock = condition._lock._block if make is RLock else condition._lock
    taken, closing, ended = threading.Event(), threading.Event(), threading.Event()
    seen: list[Any] = []

    def waits() -> None:
        with condition:
            condition.wait(0.001)

    def holds() -> None:
        with condition:
            taken.set()
            closing.wait(5)
            seen.append(ended.wait(0.05))
            seen.append(condition._is_owned())

    thread = threading.Thread(target=holds)

    async def main() -> None:
        spawn(waits)
        thread.start()
        taken.wait()
        await until(lambda: lock._waiters)
        closing.set()

    asyncio.run(main())
    ended.set()
    thread.join()

    assert [False, True] == seen
    assert condition.acquire(False)


def test_notification_of_a_cancelled_waiter_goes_to_the_next() -> None:
    """
    However cancels and notifications meet, each item that was announced is taken by somebody.
    """
    left: list[Any] = []

    async def sweep(moment: int) -> None:
        condition, items, taken = Condition(), [], []

        def takes() -> None:
            with condition:
                while not items:
                    condition.wait()
                taken.append(items.pop())

        def gives(item: int) -> None:
            with condition:
                items.append(item)
                condition.notify()

        takers = [spawn(takes) for _ in range(6)]
        for item in range(3):
            spawn(gives, (item,))
        await turns(moment)
        for future in takers[:3]:
            future.cancel()
        await asyncio.wait_for(asyncio.wait(takers[:3]), 5)
        await turns(20)
        if len(taken) != 3:
            left.append((moment, taken))
        for future in takers:
            future.cancel()
        await asyncio.wait(takers)

    async def main() -> int:
        for moment in range(15):
            await sweep(moment)
        return len(current_hub().calls)

    assert 0 == asyncio.run(main())
    assert [] == left


# On the loop's own thread.


@pytest.mark.parametrize("kind", ["lock", "rlock", "with", "condition", "event", "timeout"])
def test_wait_on_the_loops_thread_is_refused(kind: str) -> None:
    """
    Outside a child a wait that would block the loop raises, says what to do, and leaves nothing behind.
    """
    lock, condition = Lock(), Condition()

    def condition_wait() -> None:
        with condition:
            condition.wait()

    def with_statement() -> None:
        with lock:
            pass

    waits: dict[str, Callable[[], Any]] = {
        "lock": lock.acquire,
        "rlock": (rlock := RLock()).acquire,
        "with": with_statement,
        "condition": condition_wait,
        "event": Event().wait,
        "timeout": lambda: lock.acquire(timeout=0.1),
    }

    async def main() -> None:
        gate = Event()
        holder = spawn(
            lambda: [lock.acquire(), rlock.acquire(), gate.wait(), rlock.release(), lock.release()]
        )
        with pytest.raises(BlockingCallError, match=r"would block the event loop .* await motorish\.spawn\("):
            waits[kind]()
        assert not lock.acquire(False)
        gate.set()
        await holder
        assert lock.acquire(False)  # uncontended is fine here
        lock.release()
        with condition:
            condition.notify()

    asyncio.run(main())


def test_condition_with_a_timeout_warns_on_the_loops_thread() -> None:
    """
    It blocks like a socket: a thread may notify it.  Beside a child that waits for it, it is refused.
    """
    condition = Condition()

    def wait() -> bool:
        with condition:
            return condition.wait(5.0)

    def notify() -> None:
        with condition:
            condition.notify()

    async def main() -> None:
        with condition:
            threading.Thread(target=notify).start()
            with pytest.warns(BlockingCallWarning, match="waiting for a condition blocks the event loop"):
                assert condition.wait(5.0)
        with pytest.warns(BlockingCallWarning):
            assert not Event().wait(0.001)
        child = spawn(wait)
        with pytest.raises(BlockingCallError, match="waiting for a condition"):
            wait()
        notify()
        assert await child

    asyncio.run(main())


def test_wait_without_time_is_allowed_on_the_loops_thread() -> None:
    """
    wait(0) cannot block the loop, so it is not refused; it lets a thread in that wants the lock.
    """

    async def main() -> list[bool]:
        event, condition, free = Event(), Condition(Lock()), threading.Event()

        def thread() -> None:
            with condition:
                free.set()

        with condition:
            worker = threading.Thread(target=thread)
            worker.start()
            while not free.is_set():
                condition.wait(0)
        worker.join()
        return [event.wait(0), event.wait(-1)]

    assert [False, False] == asyncio.run(main())


@pytest.mark.parametrize("make", [Lock, Event, Semaphore, Queue])
def test_moment_of_contention_on_the_loops_thread_is_not_refused(make: Callable[[], Any]) -> None:
    """
    A lock that a thread is about to release is waited for: refusing would fail by chance.
    """
    thing = make()
    inside = {Lock: lambda: thing, Event: lambda: thing._cond._lock, Semaphore: lambda: thing._cond._lock}
    lock = inside.get(make, lambda: thing.mutex)()
    use = {Lock: lambda: lock.acquire(), Event: lambda: thing.set(), Semaphore: lambda: thing.release()}

    async def main() -> None:
        lock.acquire()
        threading.Timer(0.005, lock.release).start()
        use.get(make, lambda: thing.put_nowait(1))()

    asyncio.run(main())

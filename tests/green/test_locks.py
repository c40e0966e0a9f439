"""
Lock, RLock and Condition: children of several loops and plain threads on the same object.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

import motorish
from motorish.green.conditions import Condition, RLock
from motorish.green.locks import Lock
from motorish.green.threading import Event
from motorish.green.time import sleep
from motorish.hub import spawn
from tests.loops import (
    Runner,
    in_child,
    in_threads,
    on_every_loop,
    run_asyncio,
    run_tornado,
    run_uvloop,
    same_everywhere,
    turns,
    until,
    what,
)

LOCKS = [Lock, RLock]
both_locks = pytest.mark.parametrize("make", LOCKS)


# The same as the stdlib's.


@pytest.mark.parametrize("kind", ["Lock", "RLock"])
def test_acquire_and_release_parity(kind: str) -> None:
    """
    Results and errors of acquire, release, context manager and locked are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        lock = getattr(modules.threading, kind)()
        seen = [
            what(lock.release),
            lock.acquire(),
            lock.acquire(False),
            lock.acquire(timeout=0.001),
            lock.acquire(True, 0),
            *[
                what(lock.acquire, *args)
                for args in [(False, 1), (True, -2), (1, 1e20), (True, "1"), (True, None)]
            ],
            what(lock.acquire, timeout=modules.threading.TIMEOUT_MAX) if kind == "RLock" else None,
        ]
        while True:
            end = what(lock.release)
            seen.append(end)
            if end is not None:
                break
        seen.append(what(lock.acquire, True, -2))
        seen.append(what(lock.acquire, False, 1))
        seen.append(lock.acquire(True, 1))
        lock.release()
        with lock as entered:
            seen.append(entered)
        return [end if not isinstance(end, tuple) else end[0] for end in seen]

    seen = same_everywhere(script)

    assert RuntimeError is seen[0]
    assert [ValueError, ValueError, True, True] == seen[-4:]


def test_messages_of_errors() -> None:
    """
    Where the stdlib's message helps, ours is the same.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        lock, rlock, condition = (
            getattr(modules.threading, kind)() for kind in ("Lock", "RLock", "Condition")
        )
        return [
            what(lock.release),
            what(rlock.release),
            what(condition.wait),
            what(condition.notify),
            what(condition.notify_all),
            what(condition.wait_for, lambda: False),
            what(condition.release),
        ]

    assert "release unlocked lock" == same_everywhere(script)[0][1]


def test_condition_parity() -> None:
    """
    wait, wait_for and their timeouts, over each kind of lock, are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        seen: list[Any] = []
        for lock in (None, modules.threading.Lock(), modules.threading.RLock()):
            condition = modules.threading.Condition(lock)
            with condition:
                seen.append(condition.wait(0.001))
                seen.append(condition.wait(0))
                seen.append(condition.wait(-1))
                seen.append(condition.wait_for(lambda: "true"))
                seen.append(condition.wait_for(list, 0.001))
                seen.append(condition._is_owned())
                condition.notify(5)
            seen.append(condition._is_owned())
            seen.append(condition.acquire(False))
            seen.append(what(condition.release))
        return seen

    assert 27 == len(same_everywhere(script))


def test_recursive_condition_releases_all_levels() -> None:
    """
    wait() on an RLock that is held twice lets others in, and holds it twice again afterwards.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        condition = modules.threading.Condition()
        seen: list[Any] = []

        def other() -> None:
            with condition:
                seen.append("let in")
                condition.notify()

        with condition, condition:
            thread = modules.threading.Thread(target=other)
            thread.start()
            seen.append(condition.wait(5))
        thread.join()
        seen.append(what(condition.release)[0])
        return seen

    assert ["let in", True, RuntimeError] == same_everywhere(script)


def test_repr_shows_the_state() -> None:
    """
    repr() says locked or unlocked, and whose an RLock is.
    """
    lock, rlock = Lock(), RLock()
    assert "unlocked" in repr(lock)
    assert "unlocked" in repr(rlock)
    with lock, rlock:
        assert repr(lock).startswith("<locked motorish.green.locks.Lock")
        assert f"owner={threading.get_ident()} count=1" in repr(rlock)
        assert lock.locked()
        assert rlock.locked()


# Uncontended.


@both_locks
def test_uncontended_operations_never_yield(make: Callable[[], Any]) -> None:
    """
    Acquire, release and notify with nobody in the way let no other work of the loop run.
    """

    def call(seen: list[str]) -> list[str]:
        asyncio.get_running_loop().call_soon(seen.append, "the loop ran")
        lock, condition = make(), Condition(make())
        for _ in range(100):
            with lock:
                pass
            lock.acquire()
            lock.release()
            with condition:
                condition.notify()
                condition.notify_all()
                condition.wait(0)
        return list(seen)

    assert [] == in_child(call, [])


def test_notify_does_not_switch_to_the_waiter() -> None:
    """
    Who notifies goes on; the waiter runs later.
    """
    order: list[str] = []
    condition = Condition()

    def waits() -> None:
        with condition:
            condition.wait()
        order.append("waiter")

    def notifies() -> None:
        with condition:
            condition.notify()
        order.append("notifier")

    async def main() -> None:
        await asyncio.gather(spawn(waits), spawn(notifies))

    asyncio.run(main())

    assert ["notifier", "waiter"] == order


# Contention.


def _contend(make: Callable[[], Any], children: int, threads: int, rounds: int) -> tuple[int, int]:
    # The counter after all of them have added to it, and the most that were ever inside at once.
    lock = make()
    counter = inside = most = 0

    def work() -> None:
        nonlocal counter, inside, most
        for number in range(rounds):
            with lock:
                inside += 1
                most = max(most, inside)
                before = counter
                if number % 7 == 0:
                    sleep(0)  # in a child: the loop runs while the lock is held
                counter = before + 1
                inside -= 1

    async def main() -> None:
        await asyncio.gather(*[spawn(work) for _ in range(children)])

    loops = [lambda run=run: run(main) for run in (run_asyncio, run_uvloop, run_tornado)]
    in_threads([*loops, *[work] * threads])
    assert not lock.locked()
    return counter, most


@both_locks
def test_children_of_three_loops_and_threads(make: Callable[[], Any]) -> None:
    """
    Children of loops in three threads and plain threads never are inside together, and all get in.
    """
    children, threads, rounds = 10, 4, 100

    counter, most = _contend(make, children, threads, rounds)

    assert (rounds * (3 * children + threads), 1) == (counter, most)


@on_every_loop
@both_locks
def test_children_of_one_thread_exclude_each_other(run: Runner, make: Callable[[], Any]) -> None:
    """
    Two calls of one loop are never inside together: RLock's owner is the call, not the thread.
    """
    lock = make()
    order: list[str] = []

    def call(name: str) -> None:
        with lock:
            order.append(f"{name} in")
            sleep(0)
            sleep(0)
            order.append(f"{name} out")

    async def main() -> None:
        await asyncio.gather(*[spawn(call, (name,)) for name in "abc"])

    run(main)

    assert ["a in", "a out", "b in", "b out", "c in", "c out"] == order


def test_waiters_are_served_in_order() -> None:
    """
    Children get a contended lock first come, first served.
    """
    lock, order = Lock(), []

    def call(number: int) -> None:
        with lock:
            sleep(0)
            order.append(number)

    async def main() -> None:
        await asyncio.gather(*[spawn(call, (number,)) for number in range(30)])

    asyncio.run(main())

    assert list(range(30)) == order


@pytest.mark.parametrize("hog_in_thread", [False, True])
def test_nobody_starves(hog_in_thread: bool) -> None:
    """
    A call (or thread) that takes the lock again as soon as it has released it lets others in all the same.
    """
    lock, stop = Lock(), threading.Event()

    def hog() -> None:
        while not stop.is_set():
            with lock:
                sleep(0.0002)

    def other() -> None:
        with lock:
            pass

    async def main() -> None:
        loop = asyncio.get_running_loop()
        hogging = loop.run_in_executor(None, hog) if hog_in_thread else spawn(hog)
        try:
            await asyncio.wait_for(asyncio.gather(*[spawn(other) for _ in range(5)]), 5)
        finally:
            stop.set()
        await hogging

    asyncio.run(main())


def test_lock_is_not_handed_to_a_loop_that_stands_still() -> None:
    """
    A child whose loop is stopped cannot keep others from the lock, whatever turn it had.
    """
    lock = Lock()
    loop = asyncio.new_event_loop()
    got: list[bool] = []

    async def main() -> None:
        spawn(lambda: got.append(lock.acquire()))
        await turns(2)
        lock.release()  # wakes the child ...
        assert lock.acquire(False)  # ... which finds the lock taken again, and is to be its heir
        await turns(2)

    lock.acquire()
    loop.run_until_complete(main())
    for _ in range(3):
        lock.release()
        assert lock.acquire(False)
    lock.release()
    loop.run_until_complete(asyncio.sleep(0.001))
    loop.close()

    assert [True] == got


def test_loop_that_stands_still_keeps_no_wake_up() -> None:
    """
    A thread that waits behind calls of a stopped loop gets the free lock; the calls get it afterwards.
    """
    lock = Lock()
    loop = asyncio.new_event_loop()
    order: list[str] = []

    def takes(name: str) -> None:
        with lock:
            order.append(name)

    async def main() -> None:
        for _ in range(2):
            spawn(takes, ("call",))

    lock.acquire()
    loop.run_until_complete(main())
    thread = threading.Thread(target=takes, args=("thread",), daemon=True)
    thread.start()
    while len(lock._waiters) < 3:
        thread.join(0.0001)
    lock.release()
    thread.join(5)
    loop.run_until_complete(until(lambda: len(order) == 3))
    loop.close()

    assert ["thread", "call", "call"] == order


@on_every_loop
def test_thread_wakes_child_and_child_wakes_thread(run: Runner) -> None:
    """
    A lock goes to and fro between a child and a plain thread, released by the other side each time.
    """
    ping, pong = Lock(), Lock()
    ping.acquire()
    pong.acquire()
    order: list[str] = []

    def thread() -> None:
        for _ in range(50):
            ping.acquire()
            order.append("thread")
            pong.release()

    def child() -> None:
        for _ in range(50):
            ping.release()
            assert pong.acquire(timeout=5)
            order.append("child")

    async def main() -> None:
        await asyncio.gather(asyncio.to_thread(thread), spawn(child))

    run(main)

    assert ["thread", "child"] * 50 == order


@on_every_loop
def test_condition_between_child_and_thread(run: Runner) -> None:
    """
    A child and a thread notify each other through one condition.
    """
    condition = Condition()
    state = {"turn": "child"}

    def play(mine: str, other: str) -> int:
        for _ in range(50):
            with condition:
                assert condition.wait_for(lambda: state["turn"] == mine, 5)
                state["turn"] = other
                condition.notify_all()
        return 50

    async def main() -> list[int]:
        return await asyncio.gather(
            asyncio.to_thread(play, "thread", "child"), spawn(play, ("child", "thread"))
        )

    assert [50, 50] == run(main)


# Timeouts.


@on_every_loop
@both_locks
def test_acquire_with_timeout(run: Runner, make: Callable[[], Any]) -> None:
    """
    A lock that stays taken gives False when the time is over; one that is released in time gives True.
    """
    lock = make()

    def holds(gate: Event) -> None:
        with lock:
            gate.wait()

    def wants() -> tuple[bool, float]:
        begun = monotonic()
        return lock.acquire(timeout=0.03), monotonic() - begun

    async def main() -> Any:
        gate = Event()
        holder = spawn(holds, (gate,))
        got, took_s = await spawn(wants)
        waiting = spawn(lock.acquire, (True, 5))
        await turns(3)
        gate.set()
        await holder
        return got, took_s >= 0.03, await waiting, lock.locked()

    assert (False, True, True, True) == run(main)


def test_longest_timeout() -> None:
    """
    TIMEOUT_MAX itself is accepted, by children and threads.
    """
    lock = Lock()

    def waits() -> bool:
        return lock.acquire(timeout=threading.TIMEOUT_MAX)

    async def main() -> list[bool]:
        lock.acquire()
        waiting = [spawn(waits), asyncio.to_thread(waits)]
        tasks = [asyncio.ensure_future(one) for one in waiting]
        await asyncio.sleep(0.01)
        lock.release()
        first, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        lock.release()
        await asyncio.wait(rest or first)
        return [task.result() for task in tasks]

    assert [True, True] == asyncio.run(main())


# Identity.


def test_rlock_belongs_to_the_call() -> None:
    """
    A call may take its RLock again; another call of the same thread, and a thread, may not release it.
    """
    rlock = RLock()

    def owner(gate: Event) -> int:
        with rlock, rlock:
            gate.wait()
            return rlock._recursion_count()

    async def main() -> list[Any]:
        gate = Event()
        holder = spawn(owner, (gate,))
        seen = [
            await spawn(what, (rlock.release,)),
            await asyncio.to_thread(what, rlock.release),
            await spawn(rlock.acquire, (False,)),
            await asyncio.to_thread(rlock.acquire, False),
        ]
        gate.set()
        return [*seen, await holder, rlock.locked()]

    error = (RuntimeError, "cannot release un-acquired lock")
    assert [error, error, False, False, 2, False] == asyncio.run(main())


def test_rlock_of_a_reused_greenlet() -> None:
    """
    What one call left locked is not the next call's, although it runs on the same greenlet.
    """
    rlock = RLock()

    async def main() -> list[bool]:
        return [await spawn(rlock.acquire), await spawn(rlock.acquire, (False,))]

    assert [True, False] == asyncio.run(main())


def test_rlock_in_a_scope() -> None:
    """
    Calls of one scope, one after another, are one owner.
    """
    rlock = RLock()

    async def main() -> None:
        with motorish.scope():
            await spawn(rlock.acquire)
            await spawn(rlock.acquire)
            await spawn(rlock.release)
            await spawn(rlock.release)

    asyncio.run(main())

    assert not rlock.locked()


def test_rlock_of_a_scope_excludes_calls_at_the_same_time() -> None:
    """
    Calls of one scope that run together take turns; each may take the lock again, and no other's release.
    """
    rlock, condition = RLock(), Condition()
    order: list[str] = []

    def call(name: str) -> None:
        with rlock, rlock:
            order.append(f"{name} in")
            sleep(0)
            order.append(f"{name} out")

    def waits() -> bool:
        with condition:
            return condition.wait(5)

    def notifies() -> Any:
        before = what(condition.notify)
        with condition:
            condition.notify()
        return before

    async def main() -> list[Any]:
        with motorish.scope():
            holder = spawn(lambda: [rlock.acquire(), sleep(0), sleep(0), rlock.release()])
            stolen = await spawn(what, (rlock.release,))
            await holder
            await asyncio.gather(*[spawn(call, (name,)) for name in "ab"])
            return [stolen, *await asyncio.gather(spawn(waits), spawn(notifies))]

    stolen, notified, too_early = asyncio.run(main())

    assert [RuntimeError, True, RuntimeError] == [stolen[0], notified, too_early[0]]
    assert ["a in", "a out", "b in", "b out"] == order
    assert not rlock.locked()


def test_condition_over_a_stock_lock() -> None:
    """
    A condition may be made over a stdlib lock.
    """

    def call(lock: Any) -> list[Any]:
        condition = Condition(lock)
        with condition:
            return [condition.wait(0.001), condition._is_owned()]

    assert [False, True] == in_child(call, threading.Lock())
    assert [False, True] == in_child(call, threading.RLock())


def test_fork_reinit() -> None:
    """
    As the stdlib's: after a fork a lock that another thread held is free.
    """
    lock, rlock, condition = Lock(), RLock(), Condition()
    for one in (lock, rlock, condition):
        one.acquire()
        one._at_fork_reinit()

    assert [True] * 3 == [one.acquire(False) for one in (lock, rlock, condition)]


def test_waiters_of_a_closed_loop_are_no_obstacle() -> None:
    """
    A loop that is closed while its calls wait for a lock leaves the lock to others.
    """
    lock = Lock()
    lock.acquire()

    async def main() -> None:
        for _ in range(3):
            spawn(lock.acquire)

    asyncio.run(main())
    lock.release()

    assert ([], True) == (lock._waiters, lock.acquire(False))


def test_wait_ends_when_the_condition_comes_true_late() -> None:
    """
    wait_for() on a child goes on waiting through notifications that change nothing.
    """
    condition, values = Condition(), []

    def waits() -> int:
        with condition:
            condition.wait_for(lambda: len(values) == 3)
            return len(values)

    async def main() -> int:
        waiter = spawn(waits)
        for _ in range(3):
            with condition:
                values.append(1)
                condition.notify_all()
            await turns(2)
        await until(waiter.done)
        return await waiter

    assert 3 == asyncio.run(main())

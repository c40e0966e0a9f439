"""
Timer, Event, Semaphore and Barrier: parity with the stdlib, and children of several loops with threads.
"""

from __future__ import annotations

import asyncio
import random
import threading as stdlib
from types import SimpleNamespace
from typing import Any

from motorish.green import threading
from motorish.green.time import sleep
from motorish.hub import current_hub, spawn
from tests.loops import (
    in_child,
    in_threads,
    outcome,
    run_asyncio,
    run_tornado,
    run_uvloop,
    same_everywhere,
    turns,
    what,
)


def test_timer_parity() -> None:
    """
    A timer calls its function with its arguments after the interval, unless it is cancelled.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        seen: list[Any] = []
        timer = modules.threading.Timer(
            0.005, lambda *args, **kwargs: seen.append((args, kwargs)), [1], {"b": 2}
        )
        timer.start()
        timer.join()
        cancelled = modules.threading.Timer(60, seen.append, ("never",))
        cancelled.start()
        cancelled.cancel()
        cancelled.join()
        bare = modules.threading.Timer(0, lambda: seen.append("no arguments"))
        bare.start()
        bare.join()
        kinds = (modules.threading.Timer, modules.threading.Thread, stdlib.Timer)
        return [
            *seen,
            timer.finished.is_set(),
            bare.is_alive(),
            [isinstance(timer, kind) for kind in kinds[:2]],
        ]

    assert [((1,), {"b": 2}), "no arguments", True, False, [True, True]] == same_everywhere(script)


def test_event_parity() -> None:
    """
    is_set, set, clear and wait with its timeouts are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        event = modules.threading.Event()
        seen = [event.is_set(), event.wait(0.001), event.wait(0), event.set(), event.wait(), event.wait(0)]
        event.clear()
        threads = [modules.threading.Thread(target=lambda: seen.append(event.wait(5))) for _ in range(3)]
        for thread in threads:
            thread.start()
        event.set()
        for thread in threads:
            thread.join()
        return [*seen, event.is_set(), isinstance(event, stdlib.Event)]

    assert [True] * 5 == same_everywhere(script)[-5:]


def test_semaphore_parity() -> None:
    """
    Counts, timeouts and errors of both semaphores are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        seen: list[Any] = []
        for kind in (modules.threading.Semaphore, modules.threading.BoundedSemaphore):
            semaphore = kind(2)
            seen.extend([semaphore.acquire(), semaphore.acquire(timeout=0.001), semaphore.acquire(False)])
            seen.extend([semaphore.acquire(timeout=0.001), what(semaphore.acquire, False, 1)])
            seen.append(semaphore.release(2))
            with semaphore as entered:
                seen.append(entered)
            seen.extend([what(semaphore.release), what(semaphore.release, 0), what(kind, -1)])
            seen.append(isinstance(semaphore, modules.threading.Semaphore))
            seen.append(f"value={semaphore._value}" in repr(semaphore))
        return seen

    assert (ValueError, "Semaphore released too many times") in same_everywhere(script)


def test_barrier_parity() -> None:
    """
    Parties meet, the action runs once, and breaking, resetting and timing out are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        threading, seen = modules.threading, []
        barrier = threading.Barrier(3, action=lambda: seen.append("action"))
        indices: list[int] = []
        threads = [threading.Thread(target=lambda: indices.append(barrier.wait(5))) for _ in range(2)]
        for thread in threads:
            thread.start()
        indices.append(barrier.wait())
        for thread in threads:
            thread.join()
        seen.extend([sorted(indices), barrier.parties, barrier.n_waiting, barrier.broken])
        alone = threading.Barrier(2, timeout=0.001)
        broken = what(alone.wait)
        seen.extend(
            [broken[0] is threading.BrokenBarrierError, alone.broken, what(alone.wait)[0] is broken[0]]
        )
        alone.reset()
        seen.extend([alone.broken, alone.abort(), alone.broken])
        return seen

    assert ["action", [0, 1, 2], 3, 0, False, True, True, True, False, None, True] == same_everywhere(script)


def test_semaphore_bounds_children_and_threads() -> None:
    """
    Never more than its value are inside, however children of several loops and threads come.
    """
    semaphore, guard = threading.Semaphore(3), stdlib.Lock()
    inside = most = total = 0

    def work() -> None:
        nonlocal inside, most, total
        for _ in range(20):
            with semaphore:
                with guard:
                    inside += 1
                    total += 1
                    most = max(most, inside)
                sleep(0)
                with guard:
                    inside -= 1

    async def main() -> None:
        await asyncio.gather(*[spawn(work) for _ in range(10)])

    in_threads([*[lambda run=run: run(main) for run in (run_asyncio, run_uvloop, run_tornado)], *[work] * 3])

    assert (0, 33 * 20, 3) == (inside, total, semaphore._value)
    assert 1 < most <= 3


def test_event_wakes_children_and_threads() -> None:
    """
    One set() wakes all that wait: children of several loops and plain threads.
    """
    event, ready = threading.Event(), stdlib.Barrier(6)

    async def main() -> list[bool]:
        waiting = [spawn(event.wait, (5,)) for _ in range(20)]
        await asyncio.to_thread(ready.wait, 10)
        return await asyncio.gather(*waiting)

    def thread() -> list[bool]:
        ready.wait(10)
        return [event.wait(5)]

    def setter() -> list[bool]:
        ready.wait(10)
        event.set()
        return []

    loops = [lambda run=run: run(main) for run in (run_asyncio, run_uvloop, run_tornado)]
    woken = in_threads([*loops, thread, thread, setter])

    assert [True] * 62 == [one for ones in woken for one in ones]


def test_barrier_of_children_and_threads() -> None:
    """
    A barrier meets over and over between children of two loops and a thread.
    """
    barrier = threading.Barrier(3)

    def work() -> int:
        return sum(barrier.wait(10) for _ in range(30))

    totals = in_threads([lambda: in_child(work), lambda: in_child(work, run=run_uvloop), work])

    assert 30 * (0 + 1 + 2) == sum(totals)


def test_cancelled_semaphore_waiters_lose_no_slot() -> None:
    """
    However acquires are cancelled, the slots that were released can be taken again.
    """
    rng = random.Random(2)
    semaphore = threading.Semaphore(2)

    def work() -> None:
        with semaphore:
            sleep(0)

    async def main() -> int:
        for _ in range(40):
            futures = [spawn(work) for _ in range(8)]
            for future in futures:
                await turns(rng.randrange(3))
                if rng.random() < 0.5:
                    future.cancel()
            await asyncio.wait_for(asyncio.gather(*[outcome(future) for future in futures]), 5)
        return len(current_hub().calls)

    assert (0, 2) == (asyncio.run(main()), semaphore._value)

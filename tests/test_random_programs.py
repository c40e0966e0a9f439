"""
Random programs of calls, locks, deadlines, cancels and nesting, on two loops and in threads at once.

Whatever they do: nothing hangs, each call has one of three outcomes, mutual exclusion holds, and in the
end nothing is left locked, waiting or in flight.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from motorish import await_, timeout
from motorish.errors import DeadlineExceeded
from motorish.green import queue
from motorish.green.threading import Condition, Lock, RLock, Semaphore, local
from motorish.green.time import sleep
from motorish.hub import current_child, current_hub, spawn
from tests.loops import in_threads, run_asyncio, run_uvloop, until

DEEPEST = 3


class Program:
    """
    What the random calls share, and what went wrong.
    """

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lock, self.rlock, self.condition = Lock(), RLock(), Condition()
        self.semaphore, self.queue, self.local = Semaphore(2), queue.Queue(2), local()
        self.inside = 0
        self.problems: list[Any] = []
        simple = [self.sleeps, self.locks, self.locks_twice, self.waits, self.notifies]
        self.simple = [*simple, self.counts, self.puts, self.gets, self.remembers]
        self.nested = [self.awaits_call, self.awaits_coroutine, self.bounds, self.crosses, self.cancels]

    def work(self, depth: int = 0) -> None:
        """
        A few random steps.  Runs in a child or in a plain thread.
        """
        kinds: list[Callable[[int], None]] = list(self.simple)
        if depth < DEEPEST and current_child() is not None:
            kinds += self.nested
        for _ in range(self.rng.randrange(1, 6)):
            self.rng.choice(kinds)(depth)

    def short(self) -> float:
        return self.rng.random() / 500

    def exclusively(self) -> None:
        self.inside += 1
        if self.inside != 1:
            self.problems.append("two inside")
        try:
            sleep(0)
        finally:
            self.inside -= 1

    def sleeps(self, depth: int) -> None:
        sleep(self.rng.choice([0, self.short()]))

    def locks(self, depth: int) -> None:
        with self.lock:
            self.exclusively()

    def locks_twice(self, depth: int) -> None:
        with self.rlock, self.rlock:
            sleep(0)

    def waits(self, depth: int) -> None:
        with self.condition:
            self.condition.wait(self.short())

    def notifies(self, depth: int) -> None:
        with self.condition:
            self.condition.notify(self.rng.randrange(3))

    def counts(self, depth: int) -> None:
        with self.semaphore:
            sleep(self.short())

    def puts(self, depth: int) -> None:
        try:
            self.queue.put(depth, timeout=self.short())
        except queue.Full:
            pass

    def gets(self, depth: int) -> None:
        try:
            self.queue.get(timeout=self.short())
        except queue.Empty:
            pass

    def remembers(self, depth: int) -> None:
        mine = self.local.mine = object()
        sleep(0)
        if self.local.mine is not mine:
            self.problems.append("another's local")

    def awaits_call(self, depth: int) -> None:
        await_(spawn(self.work, (depth + 1,)))

    def awaits_coroutine(self, depth: int) -> None:
        async def coroutine() -> None:
            await asyncio.sleep(0)
            await spawn(self.work, (depth + 1,))

        await_(coroutine())

    def bounds(self, depth: int) -> None:
        try:
            with timeout(self.short()):
                self.work(depth + 1)
        except DeadlineExceeded:
            pass

    def crosses(self, depth: int) -> None:
        await_(greenlet_spawn(lambda: await_only(spawn(self.work, (depth + 1,)))))

    def cancels(self, depth: int) -> None:
        inner = spawn(self.work, (depth + 1,))
        inner.cancel()
        try:
            await_(inner)
        except asyncio.CancelledError:
            child = current_child()
            if child is not None and child.abort is not None:
                raise

    async def run(self) -> Counter[Any]:
        """
        Start, bound and cancel calls; count their outcomes.
        """
        outcomes: Counter[Any] = Counter()
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.problems.append(context))
        for _ in range(12):
            with timeout(self.rng.choice([None, self.short()])):
                futures = [spawn(self.work) for _ in range(15)]
            for future in futures:
                if self.rng.random() < 0.3:
                    await asyncio.sleep(self.short() / 4)
                if self.rng.random() < 0.4:
                    future.cancel()
            done, hung = await asyncio.wait(futures, timeout=10)
            assert not hung, current_hub()
            outcomes.update("cancelled" if each.cancelled() else type(each.exception()) for each in done)
        await until(lambda: not current_hub().calls)  # those that an aborted one awaited unwind last
        return outcomes


@pytest.mark.parametrize("seed", range(4))
def test_random_programs(seed: int) -> None:
    """
    Two loops and two threads run a random program on the same objects.
    """
    program = Program(seed)
    end = time.monotonic() + 0.4

    def thread() -> Counter[Any]:
        while time.monotonic() < end:
            program.work()
        return Counter()

    counts = in_threads([lambda: run_asyncio(program.run), lambda: run_uvloop(program.run), thread, thread])

    outcomes = sum(counts, Counter())
    assert [] == program.problems
    assert {"cancelled", type(None), DeadlineExceeded} >= set(outcomes)
    assert 2 * 12 * 15 == outcomes.total()
    assert (False, False, 2) == (program.lock.locked(), program.rlock.locked(), program.semaphore._value)
    assert ([], []) == (program.lock._waiters, list(program.condition._waiters))
    assert 0 == program.inside

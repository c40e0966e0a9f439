"""
The queues: as the stdlib's, between children of several loops and plain threads.
"""

from __future__ import annotations

import asyncio
import queue as stdlib
import random
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motorish.errors import BlockingCallError
from motorish.green import queue
from motorish.green.time import sleep
from motorish.hub import current_hub, spawn
from tests.loops import (
    Runner,
    in_child,
    in_threads,
    on_every_loop,
    outcome,
    run_asyncio,
    run_tornado,
    run_uvloop,
    same_everywhere,
    turns,
    what,
)

KINDS = ["Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"]


@pytest.mark.parametrize("kind", KINDS)
def test_parity(kind: str) -> None:
    """
    Order, sizes, timeouts and errors are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        made = getattr(modules.queue, kind)
        one = made()
        seen = [
            one.empty(),
            one.qsize(),
            what(one.get_nowait),
            what(one.get, timeout=0.001),
            what(one.get, False),
        ]
        for item in (3, 1, 2):
            one.put(item)
        seen.extend([one.qsize(), one.get(), one.get(True, 1), one.get_nowait(), one.empty()])
        seen.append(what(one.get, timeout=-1))
        if kind != "SimpleQueue":
            bounded = made(2)
            bounded.put(1)
            bounded.put_nowait(2)
            seen.extend([bounded.full(), what(bounded.put, 3, timeout=0.001), what(bounded.put_nowait, 3)])
            seen.extend([what(bounded.put, 3, timeout=-1), what(bounded.put, 3, False)])
            bounded.get()
            seen.extend([bounded.task_done(), bounded.task_done(), what(bounded.task_done)])
            seen.extend([bounded.unfinished_tasks, bounded.join(), bounded.maxsize])
        seen.append([kind[0].__name__ if isinstance(kind, tuple) else None for kind in seen])
        return seen

    assert (stdlib.Empty, "") in same_everywhere(script)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.integers(0, 3),
    st.lists(st.one_of(st.tuples(st.just("put"), st.integers(0, 9)), st.just(("get",)), st.just(("qsize",)))),
)
def test_any_sequence_of_operations(kind: str, maxsize: int, steps: list[Any]) -> None:
    """
    Any sequence of non-blocking operations gives what the stdlib gives.
    """

    def apply(module: Any) -> list[Any]:
        made = getattr(module, kind)
        one = made() if kind == "SimpleQueue" else made(maxsize)
        names = {"put": "put_nowait", "get": "get_nowait", "qsize": "qsize"}
        return [what(getattr(one, names[name]), *args) for name, *args in steps]

    assert apply(stdlib) == apply(queue)


@pytest.mark.parametrize("kind", KINDS)
@on_every_loop
def test_producers_and_consumers(run: Runner, kind: str) -> None:
    """
    Items that children and a thread put are got by children and a thread, each exactly once.
    """
    items = getattr(queue, kind)()
    got: list[int] = []

    def produce(first: int) -> None:
        for number in range(first, first + 20):
            items.put(number)
            if number % 5 == 0:
                sleep(0)

    def consume() -> None:
        while (item := items.get(timeout=10)) != 10_000:
            got.append(item)

    async def main() -> None:
        producers = [spawn(produce, (100 * n,)) for n in range(3)]
        consumers = [asyncio.ensure_future(asyncio.to_thread(consume)), spawn(consume), spawn(consume)]
        await asyncio.gather(*producers, asyncio.to_thread(produce, 300))
        await turns(20)
        for _ in consumers:
            await spawn(items.put, (10_000,)) if kind != "LifoQueue" else await _last(items)
        await asyncio.gather(*consumers)

    async def _last(lifo: Any) -> None:
        while not lifo.empty():
            await asyncio.sleep(0.001)
        lifo.put(10_000)

    run(main)

    assert [100 * n + m for n in range(4) for m in range(20)] == sorted(got)


def test_bounded_queue_between_loops_and_threads() -> None:
    """
    A bounded queue parks children and blocks threads on both sides; join() waits for the last task.
    """
    jobs = queue.Queue(2)
    done: list[int] = []

    def work() -> None:
        while True:
            number = jobs.get(timeout=10)
            if number < 0:
                jobs.task_done()
                return
            sleep(0)
            done.append(number)
            jobs.task_done()

    def produce() -> None:
        for number in range(60):
            jobs.put(number, timeout=10)
        jobs.join()
        assert len(done) == 60
        for _ in range(4):
            jobs.put(-1)

    async def two() -> None:
        await asyncio.gather(spawn(work), spawn(work))

    in_threads([lambda: asyncio.run(two()), work, lambda: in_child(work, run=run_uvloop), produce])

    assert list(range(60)) == sorted(done)


def test_join_parks_a_child() -> None:
    """
    join() in a child lets the loop run until every task is done.
    """
    jobs = queue.Queue()

    def work() -> None:
        for _ in range(3):
            jobs.get()
            sleep(0)
            jobs.task_done()

    async def main() -> int:
        for number in range(3):
            jobs.put(number)
        joining = spawn(jobs.join)
        await spawn(work)
        await joining
        return jobs.unfinished_tasks

    assert 0 == asyncio.run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_cancelled_getters_lose_no_item(kind: str) -> None:
    """
    However gets are cancelled, every item is got by somebody or still there.
    """
    rng = random.Random(3)
    items = getattr(queue, kind)()
    got: list[int] = []

    async def main() -> int:
        for number in range(150):
            getters = [spawn(lambda: got.append(items.get())) for _ in range(3)]
            await turns(rng.randrange(2))
            items.put(number)
            await turns(rng.randrange(3))
            for getter in getters:
                getter.cancel()
            await asyncio.wait_for(asyncio.gather(*[outcome(getter) for getter in getters]), 5)
        return len(current_hub().calls)

    assert 0 == asyncio.run(main())
    left = [items.get_nowait() for _ in range(items.qsize())]
    assert list(range(150)) == sorted(got + left)


@pytest.mark.parametrize("use", [lambda: queue.Queue().get(), lambda: queue.SimpleQueue().get()])
def test_wait_on_the_loops_thread_is_refused(use: Callable[[], Any]) -> None:
    """
    Outside a child a get() that would block the loop raises; the queue is usable afterwards.
    """

    async def main() -> None:
        with pytest.raises(BlockingCallError, match=r"await motorish\.spawn\("):
            use()

    asyncio.run(main())


def test_names_are_the_stdlibs() -> None:
    """
    Empty and Full are the originals, so that 'except queue.Full' of any code matches.
    """
    assert (stdlib.Empty, stdlib.Full) == (queue.Empty, queue.Full)
    assert issubclass(queue.PriorityQueue, stdlib.PriorityQueue)
    assert issubclass(queue.LifoQueue, queue.Queue)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="shutdown() came with Python 3.13")
def test_shutdown_wakes_waiters() -> None:
    """
    shutdown() ends the gets that wait in children.
    """

    async def main() -> Any:
        jobs = queue.Queue()
        waiting = spawn(jobs.get)
        jobs.shutdown()
        return await outcome(waiting)

    for run in (run_asyncio, run_tornado):
        assert stdlib.ShutDown is run(main)  # type: ignore[attr-defined]

"""
Thread, Timer, Event, Semaphore, Barrier and the identity of a call.
"""

from __future__ import annotations

import asyncio
import gc
import random
import sys
import threading as stdlib
import weakref
from collections.abc import Callable
from itertools import pairwise
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from motorish import adapter, calls
from motorish.errors import BlockingCallError, BlockingCallWarning
from motorish.green import outside, threading
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
    until,
    what,
)


def target_of_a_driver(*args: Any) -> None:
    """
    A thread target that the adapter below names: it becomes a greenlet.
    """
    for function in args:
        function()


class Monitor:
    """
    A driver's object whose method is the thread's target.
    """

    def __init__(self) -> None:
        self.rounds = 0
        self.stopped = threading.Event()

    def watch(self) -> None:
        """
        Count until told to stop.
        """
        while not self.stopped.wait(0.001):
            self.rounds += 1


@pytest.fixture
def green(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An adapter that names this module's targets as green.
    """
    package = __name__.partition(".")[0]
    names = {f"{__name__}.target_of_a_driver", f"{__name__}.Monitor.watch"}
    known = adapter.Adapter(name="driver", packages=(package,), green_threads=frozenset(names))
    monkeypatch.setitem(adapter._by_package, package, known)


# Threads that stay threads.


def test_thread_parity() -> None:
    """
    Life of a thread: states, results, names and errors are the stdlib's.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        threading, seen = modules.threading, []
        gate = threading.Event()

        def work(a: int, b: int) -> None:
            gate.wait(5)
            seen.append(a + b)

        class Unfinished(threading.Thread):
            def __init__(self) -> None:
                pass

        thread = threading.Thread(target=work, args=(1,), kwargs={"b": 2}, name="worker", daemon=True)
        seen.append((thread.name, thread.daemon, thread.ident, thread.is_alive(), what(thread.join)))
        thread.start()
        seen.append((thread.is_alive(), thread.ident is None, thread.native_id is None, what(thread.start)))
        seen.append((thread.join(0.001), thread.is_alive(), thread.join(-1), thread.join(0)))
        gate.set()
        thread.join()
        thread.join(1)
        seen.append((thread.is_alive(), what(thread.start), "stopped" in repr(thread)))
        seen.append(what(Unfinished().start))
        seen.append([isinstance(thread, threading.Thread), isinstance(thread, stdlib.Thread)])
        return seen

    assert 3 == same_everywhere(script)[3]


def test_subclass_that_overrides_run() -> None:
    """
    A subclass with its own run(), and an __init__ that sets attributes after the base class's, works.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        class Worker(modules.threading.Thread):
            def __init__(self, value: int) -> None:
                super().__init__()
                self.value = value
                self.result: Any = None

            def run(self) -> None:
                self.result = (self.value, modules.threading.current_thread() is self)

        worker = Worker(5)
        worker.start()
        worker.join()
        return [worker.result, worker.is_alive()]

    assert [(5, True), False] == same_everywhere(script)


def test_join_of_itself_and_of_an_unstarted_thread() -> None:
    """
    Both are RuntimeErrors, as in the stdlib.
    """

    def script(modules: SimpleNamespace) -> list[Any]:
        seen: list[Any] = []
        thread = modules.threading.Thread(
            target=lambda: seen.append(what(modules.threading.current_thread().join))
        )
        seen.append(what(thread.join))
        thread.start()
        thread.join()
        return seen

    assert ["cannot join thread before it is started", "cannot join current thread"] == [
        text for _, text in same_everywhere(script)
    ]


@on_every_loop
def test_join_parks_a_child(run: Runner) -> None:
    """
    While a child joins a real thread the loop runs; join() sees the thread ended for good.
    """

    def call(gate: threading.Event) -> list[Any]:
        thread = threading.Thread(target=gate.wait)
        thread.start()
        asyncio.get_running_loop().call_later(0.005, gate.set)
        thread.join()
        return [thread.is_alive(), thread in stdlib.enumerate()]

    assert [False, False] == in_child(call, threading.Event(), run=run)


def test_join_on_the_loops_thread_warns() -> None:
    """
    Outside a child a join blocks the loop, and says so; one that need not wait is silent.
    """

    async def main() -> None:
        gate = stdlib.Event()
        thread = threading.Thread(target=gate.wait)
        thread.start()
        outside._warned.clear()
        with pytest.warns(BlockingCallWarning, match=r"joining <Thread\(.* blocks the event loop"):
            thread.join(0.001)
        thread.join(0)
        gate.set()
        await asyncio.to_thread(thread.join)
        thread.join()

    asyncio.run(main())


@pytest.mark.parametrize("is_green", [False, True])
def test_exceptions_go_to_the_excepthook(
    is_green: bool, green: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What a thread raises reaches threading.excepthook with the thread; SystemExit is silent.
    """
    seen: list[Any] = []
    monkeypatch.setattr(stdlib, "excepthook", lambda args: seen.append((args.exc_type, args.thread.name)))

    def fails(kind: type[BaseException]) -> None:
        raise kind("in a thread")

    def call() -> list[bool]:
        alive = []
        for kind in (ValueError, SystemExit, StopIteration, asyncio.CancelledError):
            arguments = (lambda kind=kind: fails(kind),)
            target = target_of_a_driver if is_green else lambda function: function()
            thread = threading.Thread(target=target, args=arguments, name=kind.__name__)
            thread.start()
            thread.join()
            alive.append(thread.is_alive())
        return alive

    assert [False] * 4 == in_child(call)
    seen = [kind for kind, name in seen if kind is not SystemExit and name == kind.__name__]
    assert [ValueError, StopIteration, asyncio.CancelledError] == seen


def test_thread_leaves_no_garbage() -> None:
    """
    A thread that has ended, and the primitives, are freed without the garbage collector.
    """

    def make() -> list[weakref.ref[Any]]:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
        things = [
            thread,
            threading.Event(),
            threading.Condition(),
            threading.Semaphore(),
            threading.Barrier(2),
        ]
        return [weakref.ref(thing) for thing in things]

    gc.collect()
    gc.disable()
    try:
        assert [None] * 5 == [reference() for reference in make()]
        assert [None] * 5 == in_child(lambda: [reference() for reference in make()])
    finally:
        gc.enable()


# Threads that become greenlets.


@on_every_loop
def test_named_target_becomes_a_greenlet(green: None, run: Runner) -> None:
    """
    Started from a child, a thread that the adapter names is no OS thread, and looks like one.
    """
    seen: list[Any] = []

    def call() -> list[Any]:
        monitor = Monitor()
        thread = threading.Thread(target=monitor.watch, name="monitor")
        before = (thread.is_alive(), thread.ident, stdlib.active_count())
        thread.start()
        seen.extend([stdlib.active_count() - before[2], thread.is_alive(), "started" in repr(thread)])
        sleep(0.01)
        thread.join(0.001)
        seen.extend([monitor.rounds > 1, thread.is_alive(), what(thread.start)])
        monitor.stopped.set()
        thread.join()
        seen.extend([thread.is_alive(), thread.join(), "stopped" in repr(thread), what(thread.start)])
        return [before[:2], thread.ident is None]

    assert [(False, None), False] == in_child(call, run=run)
    twice = (RuntimeError, "threads can only be started once")
    assert [0, True, True, True, True, twice, False, None, True, twice] == seen


def test_green_thread_is_itself(green: None) -> None:
    """
    current_thread() and get_ident() inside are the thread's; joining itself is an error.
    """
    seen: list[Any] = []

    def look() -> None:
        thread = threading.current_thread()
        seen.extend([thread.name, thread.ident == threading.get_ident(), what(thread.join)])
        sleep(0)
        seen.append(threading.current_thread() is thread)

    def call() -> bool:
        thread = threading.Thread(target=target_of_a_driver, args=(look,), name="green")
        thread.start()
        thread.join()
        return thread.ident == threading.get_ident()

    assert not in_child(call)
    assert ["green", True, (RuntimeError, "cannot join current thread"), True] == seen


def test_green_thread_starts_later_with_an_empty_context(green: None) -> None:
    """
    As a new thread: it begins when its creator waits, and inherits no deadline.
    """
    order: list[str] = []

    def call() -> None:
        with calls.timeout(0.005):
            work = (lambda: order.append("begins"), lambda: sleep(0.01), lambda: order.append("ends"))
            thread = threading.Thread(target=target_of_a_driver, args=work)
            thread.start()
            order.append("started")
        thread.join()

    in_child(call)

    assert ["started", "begins", "ends"] == order


def test_green_thread_outlives_the_call_that_started_it(green: None) -> None:
    """
    It runs on after its creator's end, and other calls, threads and loops can join it.
    """
    monitor = Monitor()

    def start() -> stdlib.Thread:
        thread = threading.Thread(target=monitor.watch)
        thread.start()
        return thread

    async def main() -> list[Any]:
        thread = await spawn(start)
        await until(lambda: monitor.rounds > 2)
        from_child = spawn(thread.join)
        from_thread = asyncio.to_thread(thread.join, 5)
        from_loop = asyncio.to_thread(lambda: in_child(thread.join))
        joining = asyncio.gather(from_child, from_thread, from_loop)
        await asyncio.sleep(0.005)
        assert not joining.done()
        with pytest.raises(BlockingCallError):
            thread.join()
        monitor.stopped.set()
        await joining
        return [thread.is_alive()]

    assert [False] == asyncio.run(main())


@on_every_loop
def test_green_thread_ends_with_its_loop(green: None, run: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    """
    When the loop is closed the greenlet unwinds, quietly; afterwards it is not alive and can be joined.
    """
    ended: list[str] = []
    threads: list[stdlib.Thread] = []

    def work() -> None:
        try:
            threading.Event().wait()
        finally:
            ended.append("unwound")

    def call() -> None:
        for _ in range(2):
            threads.append(threading.Thread(target=target_of_a_driver, args=(work,)))
            threads[-1].start()
        sleep(0)

    in_child(call, run=run)
    for thread in threads:
        thread.join()

    assert ["unwound"] * 2 == ended
    assert [False, False] == [thread.is_alive() for thread in threads]
    assert ("", "") == capfd.readouterr()


def test_thread_joining_a_green_thread_when_the_loop_is_closed(green: None) -> None:
    """
    A plain thread that waits for the greenlet's end does not hang when its loop is closed.
    """
    monitor = Monitor()
    begun = stdlib.Event()

    def start() -> stdlib.Thread:
        thread = threading.Thread(target=monitor.watch)
        thread.start()
        return thread

    async def main() -> stdlib.Thread:
        thread = await spawn(start)
        await until(lambda: monitor.rounds)
        joining = stdlib.Thread(target=lambda: (begun.set(), thread.join()))
        joining.start()
        await asyncio.to_thread(begun.wait)
        return joining

    joining = asyncio.run(main())
    joining.join(5)

    assert not joining.is_alive()


def test_named_target_in_a_plain_thread_stays_a_thread(green: None) -> None:
    """
    The same target started outside a child is an OS thread; so is a new one after the loop's end.
    """
    idents: list[int] = []

    def start_and_join() -> None:
        thread = threading.Thread(
            target=target_of_a_driver, args=(lambda: idents.append(stdlib.get_ident()),)
        )
        thread.start()
        thread.join()

    start_and_join()
    in_child(start_and_join)
    start_and_join()

    here = stdlib.get_ident()
    assert [False, True, False] == [ident == here for ident in idents]


def test_other_targets_stay_threads(green: None) -> None:
    """
    What the adapter does not name stays a thread, started from a child too.
    """
    idents: list[int] = []

    def call() -> None:
        thread = threading.Thread(target=lambda: idents.append(stdlib.get_ident()))
        thread.start()
        thread.join()

    in_child(call)

    assert stdlib.get_ident() != idents[0]


def test_keyboard_interrupt_in_a_green_thread_stops_the_loop(green: None) -> None:
    """
    Ctrl-C that arrives while a greenlet runs is not the thread's to report.
    """

    def interrupt() -> None:
        raise KeyboardInterrupt

    def call() -> None:
        thread = threading.Thread(target=target_of_a_driver, args=(interrupt,))
        thread.start()
        thread.join()

    with pytest.raises(KeyboardInterrupt):
        in_child(call)


# Timer, Event, Semaphore, Barrier.


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


# Identity.


def test_identity_belongs_to_the_call() -> None:
    """
    get_ident() and current_thread() stay the same through a call's waits, and are nobody else's.
    """

    def call() -> tuple[int, stdlib.Thread]:
        ident, thread = threading.get_ident(), threading.current_thread()
        sleep(0)
        assert (ident, thread) == (threading.get_ident(), threading.current_thread())
        assert ident == thread.ident
        assert thread.is_alive()
        assert isinstance(thread, threading.Thread.__mro__[1])
        return ident, thread

    async def main() -> list[Any]:
        together = await asyncio.gather(*[spawn(call) for _ in range(5)])
        return [*together, *[await spawn(call) for _ in range(5)]]

    idents, threads = zip(*asyncio.run(main()), strict=True)

    assert (10, 10) == (len(set(idents)), len(set(map(id, threads))))
    assert stdlib.get_ident() not in idents


def test_identity_outside_a_child_is_the_stdlibs() -> None:
    """
    In a plain thread, and on the loop itself, the stand-ins give what the stdlib gives.
    """

    def look() -> list[bool]:
        return [
            threading.get_ident() == stdlib.get_ident(),
            threading.current_thread() is stdlib.current_thread(),
            threading.main_thread() is stdlib.main_thread(),
        ]

    async def main() -> list[bool]:
        return look()

    assert [True] * 9 == [*look(), *in_threads([look])[0], *asyncio.run(main())]


def test_call_cannot_be_joined() -> None:
    """
    The thread object of a call says what to do instead of join().
    """

    def call() -> Any:
        return threading.current_thread()

    thread = in_child(call)

    with pytest.raises(RuntimeError, match="await its future instead"):
        thread.join()
    assert "motorish-call-" in repr(thread)


def test_bootstrap_seam_of_the_stdlib() -> None:
    """
    The private names of threading that the stand-ins build on are there in this Python.
    """
    needed: dict[Any, list[str]] = {
        stdlib.Thread: ["_bootstrap_inner", "start", "run"],
        stdlib.Thread(): ["_started", "_invoke_excepthook", "_ident", "_target"],
        stdlib.Condition(): ["_release_save", "_acquire_restore", "_is_owned", "_waiters", "_lock"],
        stdlib.Event(): ["_cond"],
        stdlib.Semaphore(): ["_cond", "_value"],
        stdlib.Barrier(1): ["_cond"],
    }

    missing = [(thing, name) for thing, names in needed.items() for name in names if not hasattr(thing, name)]

    assert [] == missing, sys.version


def test_many_threads_keep_the_loop_ticking() -> None:
    """
    Starting a hundred threads from a child and joining them keeps the loop's ticker going.
    """
    ticks: list[float] = []

    async def ticker(done: Callable[[], bool]) -> None:
        while not done():
            ticks.append(monotonic())
            await asyncio.sleep(0.001)

    def call() -> None:
        threads = [threading.Thread(target=sleep, args=(0.01,)) for _ in range(20)]
        for thread in threads:
            thread.start()
            sleep(0)
        for thread in threads:
            thread.join()

    async def main() -> None:
        work = spawn(call)
        await ticker(work.done)
        await work

    asyncio.run(main())

    assert max(b - a for a, b in pairwise(ticks)) < 0.2

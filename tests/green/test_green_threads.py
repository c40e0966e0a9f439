"""
Threads that become greenlets: those that a child starts and the driver's adapter names.
"""

from __future__ import annotations

import asyncio
import threading as stdlib
from time import monotonic
from typing import Any

import pytest

from motorish import adapter, calls
from motorish.errors import BlockingCallError
from motorish.green import threading
from motorish.green.time import sleep
from motorish.hub import spawn
from tests.loops import (
    Runner,
    in_child,
    on_every_loop,
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


@on_every_loop
def test_named_target_becomes_a_greenlet(green: None, run: Runner) -> None:
    """
    Started from a child, a thread that the adapter names is no OS thread, and looks like one.
    """
    seen: list[Any] = []

    def call() -> list[Any]:
        monitor = Monitor()
        thread = threading.Thread(target=monitor.watch, name="monitor")
        before = (thread.is_alive(), thread.ident, set(stdlib.enumerate()))
        thread.start()
        seen.extend([len(set(stdlib.enumerate()) - before[2]), thread.is_alive(), "started" in repr(thread)])
        sleep(0.01)
        thread.join(0.001)
        seen.extend([monitor.rounds > 1, thread.is_alive(), what(thread.start)])
        monitor.stopped.set()
        thread.join()
        seen.extend([thread.is_alive(), thread.join(), "stopped" in repr(thread), what(thread.start)])
        return [before[:2], thread.ident is None, thread.native_id]

    assert [(False, None), False, stdlib.get_native_id()] == in_child(call, run=run)
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


def test_joining_a_green_thread_whose_loop_does_not_run(green: None) -> None:
    """
    Where no loop runs, a join with a timeout does not wait for what cannot end: PyMongo joins at exit.
    """
    loop = asyncio.new_event_loop()
    monitor = Monitor()
    thread = threading.Thread(target=monitor.watch)

    async def main() -> None:
        await spawn(thread.start)

    loop.run_until_complete(main())
    begun = monotonic()
    thread.join(10)
    took = monotonic() - begun
    alive = thread.is_alive()
    loop.close()

    assert took < 1
    assert (True, False) == (alive, thread.is_alive())


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


@on_every_loop
def test_named_function_of_a_timer_becomes_a_greenlet(green: None, run: Runner) -> None:
    """
    A timer is a thread, too; cancelled in time, it does nothing.
    """
    called: list[str] = []

    def call() -> None:
        before = set(stdlib.enumerate())
        timers = [
            threading.Timer(seconds, target_of_a_driver, (lambda: called.append("timer"),))
            for seconds in (0, 60)
        ]
        for timer in timers:
            timer.start()
        assert before == set(stdlib.enumerate())
        timers[1].cancel()
        for timer in timers:
            timer.join()

    in_child(call, run=run)
    assert ["timer"] == called

"""
Thread, Timer, Event, Semaphore, Barrier and the identity of a call.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading as stdlib
import weakref
from collections.abc import Callable
from itertools import pairwise
from time import monotonic
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from motorish import adapter
from motorish.errors import BlockingCallWarning
from motorish.green import outside, threading
from motorish.green.time import sleep
from motorish.hub import spawn
from tests.loops import (
    Runner,
    in_child,
    in_threads,
    on_every_loop,
    same_everywhere,
    what,
)


def target_of_a_driver(*args: Any) -> None:
    """
    A thread target that the adapter below names: it becomes a greenlet.
    """
    for function in args:
        function()


@pytest.fixture
def green(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An adapter that names this module's targets as green.
    """
    package = __name__.partition(".")[0]
    names = {f"{__name__}.target_of_a_driver"}
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


@pytest.mark.parametrize("set_on", [stdlib, threading], ids=["stdlib", "green"])
@pytest.mark.parametrize("is_green", [False, True])
def test_exceptions_go_to_the_excepthook(
    is_green: bool, set_on: ModuleType, green: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What a thread raises reaches threading.excepthook, wherever that was set; SystemExit is silent.
    """
    seen: list[Any] = []
    monkeypatch.setattr(set_on, "excepthook", lambda args: seen.append((args.exc_type, args.thread.name)))

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

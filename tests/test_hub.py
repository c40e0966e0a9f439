"""
Starting calls: reuse of greenlets, identity, context, depth, errors, and what is left in memory.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import inspect
import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from greenlet import GreenletExit, getcurrent

from motorish import errors, hub
from motorish.green.locks import get_ident
from motorish.green.threading import Event
from motorish.green.time import sleep
from motorish.hub import CallFuture, Child, current_child, current_hub, spawn
from tests.faults.figures import Figures
from tests.loops import Runner, in_child, on_every_loop, parked, run_asyncio, run_uvloop, until

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


@on_every_loop
def test_call_returns_its_result(run: Runner) -> None:
    """
    A call that waits several times gives its result, with its arguments passed on.
    """

    def call(a: int, *, b: int) -> int:
        for _ in range(3):
            sleep(0)
        return a + b

    async def main() -> int:
        return await spawn(call, (1,), {"b": 2})

    assert 3 == run(main)


@on_every_loop
def test_starts_at_once_and_returns_at_first_wait(run: Runner) -> None:
    """
    When spawn() returns, the call has run to its first wait and not further.
    """
    seen: list[str] = []

    def call() -> None:
        seen.append("begun")
        sleep(0)
        seen.append("ended")

    async def main() -> list[str]:
        future = spawn(call)
        before = list(seen)
        await future
        return before

    assert ["begun"] == run(main)
    assert ["begun", "ended"] == seen


def test_greenlets_are_reused() -> None:
    """
    Calls one after another run on one greenlet; each has an identity of its own.
    """

    def call() -> tuple[int, int, int]:
        child = current_child()
        assert child is not None
        return id(child), child.serial, get_ident()

    async def main() -> list[tuple[int, int, int]]:
        return [await spawn(call) for _ in range(5)]

    greenlets, serials, idents = zip(*asyncio.run(main()), strict=True)

    assert (1, 5, 5) == (len(set(greenlets)), len(set(serials)), len(set(idents)))


def test_idle_list_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No more than IDLE_MAX greenlets are kept after a burst.
    """
    monkeypatch.setattr(hub, "IDLE_MAX", 10)

    async def main() -> tuple[int, int]:
        gate = Event()
        calls = [spawn(gate.wait) for _ in range(30)]
        gate.set()
        await asyncio.gather(*calls)
        return len(current_hub().idle), len(current_hub().calls)

    assert (10, 0) == asyncio.run(main())


@on_every_loop
def test_thousands_at_once(run: Runner) -> None:
    """
    Two thousand calls wait at the same time and each gets its own result.
    """

    def call(gate: Event, number: int) -> int:
        gate.wait()
        return number

    async def main() -> list[int]:
        gate = Event()
        calls = [spawn(call, (gate, number)) for number in range(2000)]
        spawn(gate.set)
        return await asyncio.gather(*calls)

    assert list(range(2000)) == run(main)


@on_every_loop
def test_context_is_copied_in_and_does_not_leak_back(run: Runner) -> None:
    """
    A call sees its caller's context variables, before and after waiting; what it sets stays inside.
    """

    def call() -> list[str]:
        seen = [variable.get()]
        sleep(0)
        seen.append(variable.get())
        variable.set("changed inside")
        sleep(0)
        return [*seen, variable.get()]

    async def main() -> list[str]:
        variable.set("caller's")
        first = await spawn(call)
        variable.set("another")
        second = await spawn(call)
        return [*first, *second, variable.get()]

    assert [
        *["caller's", "caller's", "changed inside"],
        *["another", "another", "changed inside"],
        "another",
    ] == run(main)


def test_interleaved_calls_keep_their_contexts() -> None:
    """
    Fifty calls that take turns each go on seeing their own context.
    """

    def call(name: str) -> bool:
        variable.set(name)
        right = True
        for _ in range(10):
            sleep(0)
            right = right and variable.get() == name
        return right

    async def main() -> list[bool]:
        return await asyncio.gather(*[spawn(call, (str(number),)) for number in range(50)])

    assert [True] * 50 == asyncio.run(main())


def _called_at_depth(depth: int, function: Callable[[], Any]) -> Any:
    return function() if depth == 0 else _called_at_depth(depth - 1, function)


def _depth_left(used: int = 0) -> int:
    try:
        return _depth_left(used + 1)
    except RecursionError:
        return used


@pytest.mark.row("D36")
@on_every_loop
def test_starts_from_a_deep_caller(run: Runner, figures: Figures) -> None:
    """
    A caller 900 frames deep starts calls that have nearly the whole recursion limit to themselves.
    """

    def call() -> int:
        sleep(0)
        return _depth_left()

    async def main() -> list[int]:
        with_none_idle = _called_at_depth(850, lambda: [spawn(call) for _ in range(3)])
        first = await asyncio.gather(*with_none_idle)
        with_idle = _called_at_depth(850, lambda: [spawn(call) for _ in range(5)])
        return first + await asyncio.gather(*with_idle)

    left = run(main)

    assert 8 == len(left)
    figures.at_least(
        f"{run.__name__}: frames left to a call started 850 deep", sys.getrecursionlimit() - 200, min(left)
    )


@on_every_loop
def test_starts_from_inside_a_child(run: Runner) -> None:
    """
    A call starts others, which run to their first wait at once; all of them end.
    """
    order: list[str] = []

    def inner(name: str) -> str:
        order.append(f"{name} begins")
        sleep(0)
        order.append(f"{name} ends")
        return name

    def outer() -> list[CallFuture[str]]:
        started = [spawn(inner, (name,)) for name in "ab"]
        order.append("outer goes on")
        sleep(0)
        return started

    async def main() -> list[str]:
        return await asyncio.gather(*await spawn(outer))

    assert ["a", "b"] == run(main)
    assert ["a begins", "b begins", "outer goes on"] == order[:3]


@on_every_loop
def test_starts_from_a_plain_callback(run: Runner) -> None:
    """
    A loop callback, outside of any task, can start a call.
    """

    async def main() -> str:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()

        def call() -> str:
            sleep(0)
            return "from a callback"

        loop.call_soon(lambda: spawn(call).add_done_callback(lambda call: done.set_result(call.result())))
        return await done

    assert "from a callback" == run(main)


def test_later_does_not_start_at_once() -> None:
    """
    With later=True the call begins on the loop's next turn; cancelled before, it never begins.
    """
    seen: list[str] = []

    async def main() -> None:
        one, other = (spawn(seen.append, (name,), later=True) for name in ("one", "other"))
        assert [] == seen
        assert other.cancel()
        await one
        await asyncio.sleep(0)
        assert other.cancelled()

    asyncio.run(main())

    assert ["one"] == seen


def test_child_is_known_by_its_type() -> None:
    """
    current_child() is None on the loop greenlet and in a plain thread.
    """

    async def main() -> Any:
        return current_child(), await spawn(current_child)

    outside, inside = asyncio.run(main())

    assert (None, None, Child) == (outside, current_child(), type(inside))


def test_stop_iteration_cannot_escape() -> None:
    """
    A StopIteration, which no future can carry, becomes a RuntimeError with the original as its cause.
    """
    with pytest.raises(RuntimeError, match="StopIteration") as info:
        in_child(next, iter(()))

    assert StopIteration is type(info.value.__cause__)


def test_greenlet_exit_ends_the_call_as_cancelled() -> None:
    """
    GreenletExit raised inside a call ends it as cancelled, and the greenlet can be used again.
    """

    def leave() -> None:
        raise GreenletExit

    async def main() -> tuple[bool, int]:
        call = spawn(leave)
        await asyncio.wait([call])
        return call.cancelled(), await spawn(int)

    assert (True, 0) == asyncio.run(main())


@pytest.mark.row("D35")
@on_every_loop
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_interrupts_stop_the_loop(run: Runner, kind: type[BaseException]) -> None:
    """
    KeyboardInterrupt and SystemExit are stored in the future and raised from the loop, as by a task.
    """
    calls: list[CallFuture[None]] = []

    def interrupted() -> None:
        sleep(0)
        raise kind("stop")

    async def main() -> None:
        calls.append(spawn(interrupted))
        await asyncio.sleep(5)

    with pytest.raises(kind, match="stop"):
        run(main)

    assert kind is type(calls[0].exception())
    assert not calls[0].cancel()


def test_traceback_shows_the_call_and_nothing_of_the_hub() -> None:
    """
    The traceback of a failed call goes from the awaiting coroutine to the function that failed.
    """

    def fails() -> None:
        sleep(0)
        raise ValueError("here")

    async def main() -> None:
        await spawn(fails)

    with pytest.raises(ValueError) as info:
        asyncio.run(main())
    names = [frame.name for frame in traceback.extract_tb(info.value.__traceback__)]

    assert ["main", "fails"] == names[-2:]
    assert "motorish/hub.py" not in "".join(traceback.format_tb(info.value.__traceback__))


class Thing:
    """
    Something to have weak references to.
    """


class Failure(Exception):
    """
    An exception to have weak references to.
    """


def test_idle_child_keeps_nothing_alive() -> None:
    """
    Arguments, result and exception of a call are freed as soon as its caller lets go of them.
    """

    def gives(thing: Thing) -> Thing:
        sleep(0)
        return Thing()

    def raises(thing: Thing) -> None:
        sleep(0)
        raise Failure

    references: list[weakref.ref[Any]] = []

    async def main() -> list[Any]:
        argument = Thing()
        references.append(weakref.ref(argument))
        result = await spawn(gives, (argument,))
        references.append(weakref.ref(result))
        try:
            await spawn(raises, (argument,))
        except Failure as error:
            references.append(weakref.ref(error))
        cancelled = parked(lambda thing: sleep(9), argument)
        cancelled.cancel()
        await asyncio.wait([cancelled])
        del argument, result, cancelled
        await asyncio.sleep(0)
        return [reference() for reference in references]

    gc.collect()
    gc.disable()
    try:
        assert [None] * 3 == asyncio.run(main())
    finally:
        gc.enable()


def test_calls_leave_no_garbage() -> None:
    """
    Calls that succeed, fail, are cancelled or time out leave no reference cycle behind.
    """

    def fails() -> None:
        sleep(0)
        raise OSError("broken")

    async def ends(call: CallFuture[Any], cancel: bool = False) -> None:
        if cancel:
            call.cancel()
        await asyncio.wait([call])
        if not call.cancelled():
            call.exception()

    async def main() -> int:
        for collect in (False, True):  # the first round fills caches
            await ends(spawn(sleep, (0,)))
            await ends(spawn(fails))
            await ends(parked(), cancel=True)
            await ends(spawn(lambda: sleep(9), context=_past_deadline()))
            await asyncio.sleep(0)
            if not collect:
                gc.collect()
        return gc.collect()

    gc.disable()
    try:
        assert 0 == asyncio.run(main())
    finally:
        gc.enable()


def _past_deadline() -> contextvars.Context:
    context = contextvars.copy_context()
    context.run(hub.deadline_of_context.set, 0.0)
    return context


def test_repr_shows_the_state() -> None:
    """
    The hub's repr counts the calls in flight and the idle children.
    """

    async def main() -> str:
        await asyncio.gather(spawn(sleep, (0,)), spawn(sleep, (0,)))
        call = parked()
        text = repr(current_hub())
        call.cancel()
        return text

    assert asyncio.run(main()).endswith("1 calls in flight, 1 parked, 1 idle>")


def test_needs_a_running_loop() -> None:
    """
    Without a running loop spawn() says what motorish is for, and starts nothing.
    """
    with pytest.raises(errors.UsageError, match="no event loop is running in this thread"):
        spawn(pytest.fail)


def test_needs_a_loop_that_watches_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    On a loop like Windows' Proactor there is a clear error.
    """

    class ProactorEventLoop:
        pass

    monkeypatch.setattr(hub, "running_loop", ProactorEventLoop)

    with pytest.raises(errors.UsageError, match=r"ProactorEventLoop cannot watch sockets: .*uvloop"):
        spawn(pytest.fail)


@pytest.mark.row("D32")
def test_loops_in_several_threads_at_once() -> None:
    """
    Eight loops (asyncio and uvloop) in eight threads run calls side by side, one hub each.
    """
    failed: list[BaseException] = []
    hubs: list[int] = []
    start = threading.Barrier(8)

    def call(number: int) -> tuple[int, int]:
        ours = threading.get_ident()
        for _ in range(5):
            sleep(0)
        assert threading.get_ident() == ours
        return number, ours

    async def main() -> None:
        results = await asyncio.gather(*[spawn(call, (number,)) for number in range(100)])
        assert [(number, threading.get_ident()) for number in range(100)] == results
        hubs.append(id(current_hub()))
        start.wait(10)  # all hubs are alive

    def thread(number: int) -> None:
        try:
            (run_uvloop if number % 2 else run_asyncio)(main)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=thread, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)

    assert [] == failed
    assert 8 == len(set(hubs))


def test_loop_that_moves_to_another_thread() -> None:
    """
    A loop that ran in one thread and now runs in another goes on starting calls.
    """
    loop = asyncio.new_event_loop()
    results: list[int] = []

    async def main() -> int:
        return await spawn(lambda: (sleep(0), threading.get_ident())[1])

    try:
        results.append(loop.run_until_complete(main()))
        other = threading.Thread(target=lambda: results.append(loop.run_until_complete(main())))
        other.start()
        other.join(10)
        results.append(loop.run_until_complete(main()))
    finally:
        loop.close()

    here = threading.get_ident()
    assert [True, False, True] == [ident == here for ident in results]


def test_registry_holds_calls_in_flight_only() -> None:
    """
    A call is in the hub's registry from start to end, and is not kept by its own frame alone.
    """

    async def main() -> list[int]:
        gate = Event()
        call = spawn(gate.wait)
        counts = [len(current_hub().calls)]
        gate.set()
        await call
        counts.append(len(current_hub().calls))
        return counts

    assert [1, 0] == asyncio.run(main())


def test_finished_call_leaves_the_callers_greenlet_current() -> None:
    """
    However calls nest, spawn() returns to the greenlet that called it.
    """

    async def main() -> bool:
        here = getcurrent()

        def inner() -> None:
            sleep(0)

        def outer() -> bool:
            ours = getcurrent()
            spawn(inner)
            return getcurrent() is ours

        right = await spawn(outer)
        await until(lambda: not current_hub().calls)
        return right and getcurrent() is here

    assert asyncio.run(main())


def test_hub_is_the_only_file_that_switches() -> None:
    """
    No other file calls greenlet's switch() or throw().
    """
    package = Path(inspect.getfile(errors)).parent

    culprits = [
        path.name
        for path in package.rglob("*.py")
        if path.name != "hub.py"
        and path.parent.name != "cli"
        and any(word in path.read_text() for word in (".switch(", ".throw("))
    ]

    assert [] == culprits

"""
Cancelling calls: what the driver sees, what the caller sees, and when; the clean-up afterwards.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from motorish import adapter, calls, hub
from motorish.errors import CallAborted, DeadlineExceeded
from motorish.green.threading import Event, Lock
from motorish.green.time import sleep
from motorish.hub import CallFuture, current_child, current_hub, spawn
from tests.loops import Runner, on_every_loop, outcome, parked, turns, until

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


class DriverError(Exception):
    """
    What a driver makes of everything that goes wrong.
    """


@on_every_loop
def test_ends_the_call_at_its_wait(run: Runner) -> None:
    """
    cancel() returns True, the driver gets an OSError where it waits, and the future ends cancelled.
    """
    seen: list[type[BaseException]] = []

    def call() -> None:
        try:
            Event().wait()
        except BaseException as error:
            seen.append(type(error))
            raise

    async def main() -> tuple[bool, Any, bool]:
        future = spawn(call)
        asked = future.cancel()
        return asked, await outcome(future), future.cancel()

    assert (True, asyncio.CancelledError, False) == run(main)
    assert [CallAborted] == seen
    assert issubclass(CallAborted, ConnectionAbortedError)


@on_every_loop
def test_future_ends_only_when_the_driver_has_unwound(run: Runner) -> None:
    """
    While the driver's clean-up still waits for a mutex the future is pending; then it is cancelled.
    """
    order: list[str] = []

    def call(mutex: Lock) -> None:
        try:
            Event().wait()
        finally:
            order.append("unwinding")
            with mutex:
                order.append("unwound")

    async def main() -> Any:
        mutex = Lock()
        mutex.acquire()
        future = spawn(call, (mutex,))
        future.cancel()
        await until(lambda: order)
        await turns(5)
        assert not future.done()
        mutex.release()
        return await outcome(future)

    assert asyncio.CancelledError is run(main)
    assert ["unwinding", "unwound"] == order


def test_unwinding_does_not_wait_for_a_mutex_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A mutex that is not released within UNWIND_LOCK_S raises the abort again.
    """
    monkeypatch.setattr("motorish.green.locks.UNWIND_LOCK_S", 0.01)

    def call(mutex: Lock) -> None:
        try:
            Event().wait()
        finally:
            mutex.acquire()

    async def main() -> Any:
        mutex = Lock()
        mutex.acquire()
        future = spawn(call, (mutex,))
        future.cancel()
        return await outcome(future)

    assert asyncio.CancelledError is asyncio.run(main())


@on_every_loop
def test_result_wins(run: Runner) -> None:
    """
    A call that completes in spite of the abort gives its result.
    """

    def call() -> str:
        try:
            Event().wait()
        except OSError:
            return "done all the same"
        return "never"

    async def main() -> Any:
        future = spawn(call)
        future.cancel()
        return await outcome(future)

    assert "done all the same" == run(main)


def test_driver_that_needs_no_further_wait_completes() -> None:
    """
    A cancel that comes when the call's last wait is over already changes nothing.
    """

    async def main() -> Any:
        gate = Event()
        future = spawn(gate.wait)
        gate.set()
        future.cancel()
        return await outcome(future)

    assert asyncio.run(main()) is True


def test_is_sticky_and_becomes_a_cancelled_error() -> None:
    """
    Every later wait of the call raises again, at once; from the third time it is CancelledError.
    """
    seen: list[type[BaseException]] = []

    def call() -> None:
        for _ in range(4):
            try:
                sleep(9)
            except BaseException as error:
                seen.append(type(error))

    async def main() -> None:
        future = spawn(call)
        future.cancel()
        await future

    asyncio.run(main())

    assert [CallAborted, CallAborted, asyncio.CancelledError, asyncio.CancelledError] == seen


def test_next_call_on_the_greenlet_is_not_touched() -> None:
    """
    Neither a late cancel nor an old abort reaches the call that reuses the greenlet.
    """

    async def main() -> list[Any]:
        first = spawn(sleep, (0,))
        await first
        first.cancel()
        cancelled = parked()
        cancelled.cancel()
        await asyncio.wait([cancelled])
        cancelled.cancel()
        next_one = spawn(lambda: (sleep(0), sleep(0), "right")[2])
        return [await next_one, len(current_hub().idle)]

    assert ["right", 1] == asyncio.run(main())


@pytest.mark.parametrize("rewrap", [DriverError, OSError, KeyError, asyncio.CancelledError])
def test_what_the_driver_makes_of_it_does_not_matter(rewrap: type[BaseException]) -> None:
    """
    Drivers re-wrap what is thrown into them; the caller sees CancelledError all the same.
    """

    def call() -> None:
        try:
            sleep(9)
        except BaseException as error:
            raise rewrap("lost connection") from error

    async def main() -> Any:
        future = spawn(call)
        future.cancel()
        return await outcome(future)

    assert asyncio.CancelledError is asyncio.run(main())


@pytest.mark.parametrize("rewrap", [DriverError, OSError, TimeoutError])
def test_deadline_is_told_by_the_state_too(rewrap: type[BaseException]) -> None:
    """
    A deadline gives DeadlineExceeded, and the driver's own error is its cause.
    """

    def call() -> None:
        try:
            sleep(9)
        except OSError as error:
            raise rewrap("lost connection") from error

    async def main() -> None:
        with calls.timeout(0.001):
            await spawn(call)

    with pytest.raises(DeadlineExceeded, match=r"deadline of motorish.timeout") as info:
        asyncio.run(main())

    assert rewrap is type(info.value.__cause__)
    assert CallAborted is type(info.value.__cause__.__cause__)


def test_drivers_own_error_stays_what_it_is() -> None:
    """
    An OSError or a TimeoutError of a call that nobody cancelled passes through.
    """

    def call() -> None:
        sleep(0)
        raise ConnectionAbortedError("the server's")

    async def main() -> None:
        await spawn(call)

    with pytest.raises(ConnectionAbortedError, match="the server's"):
        asyncio.run(main())


def _module(name: str, **names: Any) -> SimpleNamespace:
    # A driver's module: its function wait() calls what it is given.
    namespace: dict[str, Any] = {"__name__": name, **names}
    exec("def wait(function, *args):\n    return function(*args)\n", namespace)
    return SimpleNamespace(**namespace)


@pytest.fixture
def drivers(monkeypatch: pytest.MonkeyPatch) -> tuple[SimpleNamespace, SimpleNamespace]:
    """
    Two registered drivers: one that wants CancelledError, and one that wants a RuntimeError.
    """
    monkeypatch.setattr(adapter, "_by_package", {})
    adapter.register(
        adapter.Adapter(name="a", packages=("driver_a",), cancel_exception=asyncio.CancelledError)
    )
    adapter.register(adapter.Adapter(name="b", packages=("driver_b",), cancel_exception=RuntimeError))
    return _module("driver_a.pool"), _module("driver_b")


def test_adapter_of_the_innermost_driver_chooses(drivers: tuple[SimpleNamespace, SimpleNamespace]) -> None:
    """
    The exception is the one that the driver which actually waits asked for, or the default.
    """
    a, b = drivers
    seen: list[type[BaseException]] = []

    def call(*chain: Callable[..., Any]) -> None:
        first, *rest = chain
        try:
            first(*rest)
        except BaseException as error:
            seen.append(type(error))

    async def main() -> None:
        wait = Event().wait
        for chain in [
            (a.wait, wait),
            (b.wait, wait),
            (b.wait, a.wait, wait),
            (a.wait, b.wait, wait),
            (wait,),
        ]:
            future = spawn(call, chain)
            future.cancel()
            await future

    asyncio.run(main())

    assert [
        *[asyncio.CancelledError, RuntimeError],
        *[asyncio.CancelledError, RuntimeError],
        CallAborted,
    ] == seen


def test_callers_driver_does_not_choose(drivers: tuple[SimpleNamespace, SimpleNamespace]) -> None:
    """
    A driver on the stack of whoever started the call has no say in it.
    """
    a, _ = drivers
    seen: list[type[BaseException]] = []

    def call() -> None:
        try:
            Event().wait()
        except BaseException as error:
            seen.append(type(error))

    async def main() -> None:
        future = a.wait(spawn, call)
        future.cancel()
        await future

    asyncio.run(main())

    assert [CallAborted] == seen


@on_every_loop
def test_cancelling_the_awaiting_task(run: Runner) -> None:
    """
    A task that is cancelled while it awaits a call ends when the driver has unwound.
    """
    order: list[str] = []

    def call() -> None:
        try:
            Event().wait()
        finally:
            order.append("driver")

    async def awaiting() -> None:
        try:
            await spawn(call)
        finally:
            order.append("task")

    async def main() -> Any:
        task = asyncio.create_task(awaiting())
        await until(lambda: current_hub().calls)
        task.cancel()
        return await outcome(task)

    assert asyncio.CancelledError is run(main)
    assert ["driver", "task"] == order


@on_every_loop
@pytest.mark.parametrize("ending", ["result", "error"])
def test_cancelled_task_ends_though_its_call_completes(run: Runner, ending: str) -> None:
    """
    A cancel that comes too late for the call is not lost: a worker in an endless loop ends.
    """
    gates: list[Event] = []
    undisturbed: list[bool] = []

    def call() -> None:
        gates.append(Event())
        gates[-1].wait()
        if ending == "error":
            raise DriverError

    async def worker() -> None:
        while True:
            with suppress(DriverError):
                await spawn(call)

    async def main() -> Any:
        task = asyncio.create_task(worker())
        await until(lambda: gates)
        gates[0].set()
        task.cancel()
        await asyncio.wait([task], timeout=1)
        undisturbed.append(len(gates) == 1 and task.cancelling() == 1)
        return task.done() and await outcome(task)

    assert asyncio.CancelledError is run(main)
    assert [True] == undisturbed


@on_every_loop
def test_cancelled_future_leaves_the_awaiting_task_alone(run: Runner) -> None:
    """
    When it is the future that somebody cancels, and the call completes, the task gets the result.
    """

    async def awaiting(future: CallFuture[bool]) -> bool:
        return await future

    async def main() -> Any:
        gate = Event()
        future = spawn(gate.wait)
        task = asyncio.create_task(awaiting(future))
        await turns(2)
        gate.set()
        future.cancel()
        return await outcome(task)

    assert run(main) is True


@on_every_loop
def test_cancelled_future_does_not_keep_the_awaiting_task(run: Runner) -> None:
    """
    The task has the future, in the frames of its CancelledError; the future has no task any more: no cycle.
    """

    async def awaiting(future: CallFuture[bool]) -> bool:
        return await future

    async def main() -> tuple[Any, Any]:
        future = spawn(Event().wait)
        task = asyncio.create_task(awaiting(future))
        kept = weakref.ref(task)
        await turns(2)
        task.cancel()
        ended = await outcome(task)
        del task
        await turns(2)
        return ended, kept()

    gc.disable()
    try:
        assert (asyncio.CancelledError, None) == run(main)
    finally:
        gc.enable()


@on_every_loop
def test_asyncio_wait_for_and_timeout(run: Runner) -> None:
    """
    asyncio.wait_for and asyncio.timeout end the call and raise TimeoutError.
    """

    async def with_timeout() -> None:
        async with asyncio.timeout(0.001):
            await parked()

    async def main() -> tuple[list[Any], int]:
        outcomes = [
            await outcome(asyncio.wait_for(parked(), 0.001)),
            await outcome(with_timeout()),
            await outcome(asyncio.wait_for(spawn(int), 5)),
        ]
        return outcomes, len(current_hub().calls)

    assert ([TimeoutError, TimeoutError, 0], 0) == run(main)


def test_task_group() -> None:
    """
    When one task of a TaskGroup fails, the calls that the others await are ended.
    """

    def fails() -> None:
        sleep(0)
        raise DriverError

    async def awaiting(function: Callable[[], Any]) -> None:
        await spawn(function)

    async def main() -> int:
        with pytest.raises(BaseExceptionGroup) as info:
            async with asyncio.TaskGroup() as group:
                for function in (Event().wait, Event().wait, fails):
                    group.create_task(awaiting(function))
        assert [DriverError] == [type(error) for error in info.value.exceptions]
        return len(current_hub().calls)

    assert 0 == asyncio.run(main())


@on_every_loop
def test_message_of_the_cancel(run: Runner) -> None:
    """
    The task that awaited the call gets it, as from a future of asyncio's; so does one whose call completes.
    """

    def completes() -> int:
        with suppress(CallAborted):
            Event().wait()
        return 1

    async def awaiting(function: Callable[[], Any]) -> Any:
        try:
            await spawn(function)
            await asyncio.sleep(5)
        except asyncio.CancelledError as error:
            return error.args

    async def main() -> list[Any]:
        tasks = [asyncio.create_task(awaiting(function)) for function in (Event().wait, completes)]
        await until(lambda: len(current_hub().calls) == 2)
        for task in tasks:
            task.cancel("enough")
        return await asyncio.gather(*tasks)

    assert [("enough",), ("enough",)] == run(main)


@on_every_loop
def test_anyio(run: Runner) -> None:
    """
    Its timeouts and task groups, on which FastAPI and httpx stand, know the cancels of calls for their own.
    """

    async def main() -> tuple[bool, bool, int]:
        with anyio.move_on_after(0.001) as outer, anyio.move_on_after(5) as inner:
            await parked()
        with pytest.raises(TimeoutError), anyio.fail_after(0.001):
            await parked()
        with pytest.raises(BaseExceptionGroup) as info:
            async with anyio.create_task_group() as group:
                group.start_soon(asyncio.wait_for, parked(), 5)
                await until(lambda: current_hub().calls)
                raise DriverError
        assert [DriverError] == [type(error) for error in info.value.exceptions]
        task = asyncio.current_task()
        assert task is not None
        return outer.cancelled_caught, inner.cancelled_caught, task.cancelling() + len(current_hub().calls)

    assert (True, False, 0) == run(main)


def test_gather_and_shield() -> None:
    """
    Cancelling gather() cancels its calls; shield() keeps a call from it.
    """

    async def main() -> list[Any]:
        gate = Event()
        one, other, shielded = spawn(Event().wait), spawn(Event().wait), spawn(gate.wait)
        group = asyncio.gather(one, other, asyncio.shield(shielded))
        await asyncio.sleep(0)
        group.cancel()
        await outcome(group)
        await asyncio.wait([one, other])
        gate.set()
        return [one.cancelled(), other.cancelled(), await shielded]

    assert [True, True, True] == asyncio.run(main())


@on_every_loop
@pytest.mark.parametrize("cancel_first", [False, True])
def test_result_and_cancel_in_the_same_turn(run: Runner, cancel_first: bool) -> None:
    """
    However a wake-up and a cancel meet, the future has one outcome, and it is the driver's.
    """
    mismatches: list[Any] = []

    async def race(gap: int) -> None:
        gate, finished = Event(), []

        def call() -> str:
            gate.wait()
            sleep(0)
            finished.append(True)
            return "result"

        future: CallFuture[str] = spawn(call)
        steps = [gate.set, future.cancel]
        for step in reversed(steps) if cancel_first else steps:
            step()
            await turns(gap)
        end = await outcome(future)
        if end != ("result" if finished else asyncio.CancelledError):
            mismatches.append((gap, end, finished))

    async def main() -> int:
        for gap in range(8):
            for _ in range(25):
                await asyncio.gather(*[race(gap) for _ in range(4)])
        return len(current_hub().calls)

    assert 0 == run(main)
    assert [] == mismatches


def test_cancel_by_the_call_itself() -> None:
    """
    A call that cancels its own future goes on to its next wait, which raises.
    """
    futures: list[CallFuture[Any]] = []
    seen: list[str] = []

    def call() -> None:
        sleep(0)
        futures[0].cancel()
        seen.append("went on")
        sleep(0)
        seen.append("never")

    async def main() -> Any:
        futures.append(spawn(call))
        return await outcome(futures[0])

    assert asyncio.CancelledError is asyncio.run(main())
    assert ["went on"] == seen


def test_cancel_outlives_the_deadline_of_an_inner_block() -> None:
    """
    A cancel that arrives while the call unwinds from an inner timeout is not lost with it.
    """

    def call(mutex: Lock) -> str:
        try:
            with calls.timeout(0.001):
                try:
                    Event().wait()
                finally:
                    with mutex:
                        pass
        except OSError:
            pass
        sleep(0)
        return "the cancel was lost"

    async def main() -> Any:
        mutex = Lock()
        mutex.acquire()
        future = spawn(call, (mutex,))
        (child,) = current_hub().calls
        await until(lambda: child.raised)
        assert future.cancel()
        mutex.release()
        return await outcome(future)

    assert asyncio.CancelledError is asyncio.run(main())


def test_cancel_from_another_thread_through_the_loop() -> None:
    """
    A foreign thread cancels with call_soon_threadsafe, as any asyncio future.
    """

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        future = parked()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(loop.call_soon_threadsafe, future.cancel).result()
        return await outcome(future)

    assert asyncio.CancelledError is asyncio.run(main())


# Clean-up on the server.


@on_every_loop
@pytest.mark.parametrize("by_deadline", [False, True])
def test_clean_up_runs_after_the_unwinding(run: Runner, by_deadline: bool) -> None:
    """
    An aborted call's clean-up runs when the driver has unwound, in another call that can wait.
    """
    order: list[str] = []
    about: dict[str, Any] = {}

    def call() -> None:
        try:
            Event().wait()
        finally:
            order.append("unwound")

    def clean_up() -> None:
        child = current_child()
        assert child is not None
        assert child.deadline is not None
        about.update(left_s=child.deadline - monotonic(), abort=child.abort, seen=variable.get())
        sleep(0)
        order.append("cleaned up")

    async def main() -> Any:
        variable.set("the caller's")
        with calls.timeout(0.001 if by_deadline else 100):
            future = spawn(call, cleanup=clean_up)
        if not by_deadline:
            future.cancel()
        end = await outcome(future)
        await until(lambda: len(order) == 2)
        return end

    assert (DeadlineExceeded if by_deadline else asyncio.CancelledError) is run(main)
    assert ["unwound", "cleaned up"] == order
    assert hub.CLEANUP_S - 1 < about.pop("left_s") <= hub.CLEANUP_S
    assert {"abort": None, "seen": "unset"} == about


def test_clean_up_is_not_for_calls_that_ended_themselves() -> None:
    """
    Neither a result, nor an error, nor a cancel that came too late runs the clean-up.
    """
    cleaned: list[str] = []

    def fails() -> None:
        raise DriverError

    async def main() -> None:
        await spawn(int, cleanup=lambda: cleaned.append("result"))
        await outcome(spawn(fails, cleanup=lambda: cleaned.append("error")))
        gate = Event()
        late = spawn(gate.wait, cleanup=lambda: cleaned.append("late"))
        gate.set()
        late.cancel()
        await late
        await turns(5)

    asyncio.run(main())

    assert [] == cleaned


def test_clean_up_that_fails_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """
    An error in the clean-up is nobody's: nothing is raised, nothing is logged.
    """

    def clean_up() -> None:
        cleaned.append(True)
        raise DriverError("the server is gone")

    cleaned: list[bool] = []

    async def main() -> Any:
        future = parked(cleanup=clean_up)
        future.cancel()
        end = await outcome(future)
        await until(lambda: cleaned)
        return end

    assert asyncio.CancelledError is asyncio.run(main())
    assert [] == caplog.records


def test_clean_up_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A clean-up that hangs is ended after CLEANUP_S, without a clean-up of its own.
    """
    monkeypatch.setattr(hub, "CLEANUP_S", 0.01)
    ended: list[BaseException] = []

    def clean_up() -> None:
        try:
            Event().wait()
        except BaseException as error:
            ended.append(error)
            raise

    async def main() -> int:
        parked(cleanup=clean_up).cancel()
        await until(lambda: ended)
        await turns(3)
        return len(current_hub().calls)

    assert 0 == asyncio.run(main())
    assert [CallAborted] == [type(error) for error in ended]


def test_cancel_of_many_at_every_moment() -> None:
    """
    Calls cancelled at any of their waits end within a turn or two, and none hangs.
    """

    def call(waits: int) -> int:
        for _ in range(waits):
            sleep(0)
        return waits

    async def main() -> list[Any]:
        outcomes = []
        for moment in range(12):
            futures = [spawn(call, (waits,)) for waits in range(10)]
            await turns(moment)
            for future in futures:
                future.cancel()
            outcomes.append(await asyncio.gather(*[outcome(future) for future in futures]))
        return outcomes

    for row in asyncio.run(main()):
        done = [end for end in row if end is not asyncio.CancelledError]
        assert list(range(len(done))) == done
        assert [asyncio.CancelledError] * (10 - len(done)) == row[len(done) :]

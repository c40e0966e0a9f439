"""
What an application calls: spawn, asynchronize with its callbacks, await_ and scope.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
from collections.abc import Callable
from typing import Any

import pytest

import motorish
from motorish import calls, errors, hub
from motorish.green.locks import get_ident
from motorish.green.threading import Event, current_thread
from motorish.green.time import sleep
from motorish.hub import spawn
from tests.faults.figures import Figures
from tests.loops import Runner, in_child, on_every_loop, outcome, turns, until


def add(a: int, b: int = 2) -> int:
    """
    A synchronous function of an application.
    """
    sleep(0)
    return a + b


def fail() -> None:
    """
    One that fails.
    """
    sleep(0)
    raise LookupError("no such row")


@on_every_loop
def test_spawn_passes_everything_on(run: Runner) -> None:
    """
    motorish.spawn() gives all arguments to the function, names like "context" included.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        return args, kwargs

    async def main() -> Any:
        return await motorish.spawn(call, 1, context=2, cleanup=3, function=4, args=5)

    assert ((1,), {"context": 2, "cleanup": 3, "function": 4, "args": 5}) == run(main)


def test_without_a_loop_it_is_said_how_to_run_one() -> None:
    """
    A call where no event loop runs names asyncio.run(), and the synchronous way.
    """
    with pytest.raises(
        errors.UsageError, match=r"asyncio\.run\(main\(\)\).*call the driver's function directly"
    ):
        motorish.asynchronize(add)(1)


def test_asynchronize_keeps_the_signature() -> None:
    """
    The asynchronous function has the original's name, docstring and signature.
    """
    add_async = motorish.asynchronize(add)

    assert ("add", add.__doc__) == (add_async.__name__, add_async.__doc__)
    assert inspect.signature(add) == inspect.signature(add_async)


@on_every_loop
def test_asynchronize_returns_a_started_future(run: Runner) -> None:
    """
    Called from a coroutine it gives a CallFuture, which is an asyncio.Future.
    """

    async def main() -> Any:
        future = motorish.asynchronize(add)(1, b=5)
        assert isinstance(future, motorish.CallFuture)
        assert asyncio.isfuture(future)
        return await future

    assert 6 == run(main)


@pytest.mark.row("D34")
@on_every_loop
def test_callback_gets_result_or_error_once(run: Runner) -> None:
    """
    With callback= the call returns None, and callback(result, error) follows once, on the loop.
    """
    seen: list[tuple[Any, Any]] = []
    where: list[Any] = []

    def callback(result: Any, error: BaseException | None) -> None:
        seen.append((result, error and type(error)))
        where.append((hub.running_loop(), hub.current_child()))

    async def main() -> None:
        assert motorish.asynchronize(add)(1, callback=callback) is None
        assert motorish.asynchronize(fail)(callback=callback) is None
        assert motorish.asynchronize(int)("7", callback=callback) is None
        assert [] == seen  # never before the call has returned
        await until(lambda: len(seen) == 3)
        await turns(5)
        assert [(asyncio.get_running_loop(), None)] * 3 == where

    run(main)

    assert sorted([(3, None), (None, LookupError), (7, None)], key=str) == sorted(seen, key=str)


def test_callback_may_be_passed_as_none() -> None:
    """
    callback=None is the same as no callback.
    """

    async def main() -> int:
        return await motorish.asynchronize(add)(1, callback=None)

    assert 3 == asyncio.run(main())


def test_cancelled_call_tells_its_callback() -> None:
    """
    A call that is aborted because its deadline passed or its loop ends it reaches the callback too.
    """
    seen: list[Any] = []

    async def main() -> None:
        with calls.timeout(0.001):
            motorish.asynchronize(sleep)(9, callback=lambda *outcome: seen.append(outcome))
        future = spawn(sleep, (9,))
        assert calls.hand_over(future, lambda *outcome: seen.append(outcome)) is None
        future.cancel()
        await until(lambda: len(seen) == 2)

    asyncio.run(main())

    assert {asyncio.CancelledError, errors.DeadlineExceeded} == {type(error) for _, error in seen}
    assert [None, None] == [result for result, _ in seen]


@pytest.mark.row("D33")
@on_every_loop
def test_error_in_the_callback_goes_to_the_loop(run: Runner, figures: Figures) -> None:
    """
    What a callback raises reaches the loop's exception handler; calls go on, and nothing else is said.
    """
    contexts: list[dict[str, Any]] = []
    seen: list[int] = []

    def callback(result: Any, error: Any) -> None:
        seen.append(result)
        raise ZeroDivisionError("in the callback")

    async def main() -> int:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: contexts.append(context))
        motorish.asynchronize(add)(1, callback=callback)
        await until(lambda: seen)
        await turns(3)
        return await motorish.asynchronize(add)(2)

    assert 4 == run(main)
    gc.collect()
    assert ([3], ["in the callback"]) == (seen, [str(context["exception"]) for context in contexts])
    figures.equal(f"{run.__name__}: times told to the loop's exception handler", 1, len(contexts))


@pytest.mark.parametrize("callback", [1, "done", (), False, 0])
def test_wrong_callback_is_a_type_error_at_once(callback: Any) -> None:
    """
    A callback that cannot be called is refused before anything is started.
    """
    started: list[bool] = []

    async def main() -> None:
        with pytest.raises(TypeError, match=r"callback must be a function callback\(result, error\) or None"):
            motorish.asynchronize(started.append)(True, callback=callback)
        await turns(3)

    asyncio.run(main())

    assert [] == started


def test_functions_own_callback_parameter_stays_its_own() -> None:
    """
    A function that has a parameter ``callback`` itself gets what is passed for it.
    """

    def retrieve(callback: Callable[[str], None]) -> str:
        callback("line")
        return "done"

    lines: list[str] = []

    async def main() -> str:
        return await motorish.asynchronize(retrieve)(callback=lines.append)

    assert ("done", ["line"]) == (asyncio.run(main()), lines)


def test_asynchronize_of_a_c_function() -> None:
    """
    Functions without a signature work as well.
    """

    async def main() -> Any:
        return await motorish.asynchronize(getattr)(1, "real")

    assert 1 == asyncio.run(main())


def test_what_spawn_refuses() -> None:
    """
    The result of a call, a coroutine (which is closed) and partial coroutine functions are told at once.
    """

    async def coroutine(value: int) -> None: ...

    async def main() -> None:
        with pytest.raises(TypeError, match=r"spawn\(f, 1\), not what a call of it gave.* a 'tuple' cannot"):
            motorish.spawn((1, 2))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"asynchronize\(f\), not what a call of it gave"):
            motorish.asynchronize(None)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="not a coroutine: await that"):
            motorish.spawn(coroutine(1))  # type: ignore[arg-type]
        partial = functools.partial(functools.partial(coroutine), 1)
        for refused in (coroutine, partial):
            with pytest.raises(TypeError, match=r"is a coroutine function: await it, spawn\(\) runs"):
                motorish.spawn(refused)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="is a coroutine function already"):
            motorish.asynchronize(partial)
        assert 3 == await motorish.spawn(functools.partial(add, 1))
        assert 5 == await motorish.spawn(int, "5")

    asyncio.run(main())


# blocks


@on_every_loop
def test_blocks_can_be_entered_both_ways(run: Runner) -> None:
    """
    ``async with`` of timeout() and scope() is the same as ``with``, and ends with the block.
    """

    async def main() -> list[Any]:
        async with motorish.scope(), motorish.timeout(9):
            idents = {await spawn(get_ident), await spawn(get_ident)}
        with pytest.raises(errors.DeadlineExceeded):
            async with motorish.timeout(0.005):
                await spawn(sleep, (9,))
        return [len(idents), idents.isdisjoint({await spawn(get_ident)}), hub.deadline_of_context.get()]

    assert [1, True, None] == run(main)


@pytest.mark.parametrize("block", [calls.timeout(9), calls.scope()])
def test_block_is_entered_once_at_a_time(block: calls.Block) -> None:
    """
    One block may be used again, or decorate a synchronous function, but not inside itself.
    """
    decorated = block(lambda: (hub.deadline_of_context.get(), hub.scope_of_context.get()))
    for _ in range(2):
        with block:
            with pytest.raises(errors.UsageError, match="has been entered already: make one for each block"):
                block.__enter__()
            assert (None, None) != decorated()

    assert (None, None) == (hub.deadline_of_context.get(), hub.scope_of_context.get())


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_wrong_timeout_is_told_before_the_block(seconds: float) -> None:
    """
    The call itself says it, with or without a block.
    """
    with pytest.raises(ValueError, match="must be a finite number of seconds"):
        motorish.timeout(seconds)


# await_


@on_every_loop
def test_await_gives_the_result(run: Runner) -> None:
    """
    In a child await_() takes coroutines, futures, calls and other awaitables, done or not.
    """

    async def coroutine() -> str:
        await asyncio.sleep(0)
        return "coroutine"

    class Awaitable:
        def __await__(self) -> Any:
            return coroutine().__await__()

    def call(done: asyncio.Future[str]) -> list[str]:
        return [
            motorish.await_(coroutine()),
            motorish.await_(done),
            motorish.await_(spawn(lambda: (sleep(0), "call")[1])),
            motorish.await_(Awaitable()),
        ]

    async def main() -> list[str]:
        done = asyncio.get_running_loop().create_future()
        done.set_result("done")
        return await spawn(call, (done,))

    assert ["coroutine", "done", "call", "coroutine"] == run(main)


@on_every_loop
def test_await_raises_what_the_awaitable_raises(run: Runner) -> None:
    """
    The awaitable's error arrives in the synchronous code, and leaves no reference cycle behind.
    """

    async def coroutine() -> None:
        await asyncio.sleep(0)
        raise LookupError("from the coroutine")

    def call() -> str:
        try:
            motorish.await_(coroutine())
        except LookupError as error:
            return str(error)
        return "nothing"

    async def main() -> tuple[str, int]:
        await spawn(call)
        gc.collect()
        gc.disable()
        text = await spawn(call)
        await turns(2)
        garbage = gc.collect()
        gc.enable()
        return text, garbage

    assert ("from the coroutine", 0) == run(main)


def test_await_outside_a_child_closes_the_coroutine() -> None:
    """
    In a coroutine await_() says what to do; no "never awaited" hides it.
    """

    async def coroutine() -> None:
        pass

    async def main() -> None:
        refused = coroutine()
        with pytest.raises(errors.NotInChildError, match="In a coroutine, use 'await'"):
            motorish.await_(refused)
        assert inspect.CORO_CLOSED == inspect.getcoroutinestate(refused)

    asyncio.run(main())
    with pytest.raises(errors.NotInChildError):
        motorish.await_(coroutine())


def test_await_of_a_foreign_loops_future() -> None:
    """
    A future of another loop gets an error that names both loops.
    """
    other = asyncio.new_event_loop()
    foreign = other.create_future()
    try:
        with pytest.raises(errors.ForeignLoopError) as info:
            in_child(motorish.await_, foreign)
    finally:
        other.close()

    assert 2 == str(info.value).count("EventLoop running=")


def test_await_of_something_else() -> None:
    """
    What cannot be awaited is a TypeError.
    """
    with pytest.raises(TypeError, match="awaitable"):
        in_child(motorish.await_, 1)


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="they came with Python 3.12")
def test_await_where_tasks_are_eager() -> None:
    """
    What is awaited runs on the loop, not on the child: it may wait, itself or in another child.
    """

    async def waiting() -> Any:
        task = asyncio.current_task()
        sleep(0.001)
        assert 1 == await spawn(lambda: sleep(0) or 1)
        return task is asyncio.current_task()

    async def main() -> tuple[Any, Any]:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        other = asyncio.create_task(asyncio.sleep(0.001, "other"))
        return await motorish.spawn(motorish.await_, waiting()), await other

    with pytest.warns(errors.BlockingCallWarning):
        assert (True, "other") == asyncio.run(main())


@pytest.mark.parametrize("by_deadline", [False, True])
def test_aborted_await_cancels_what_it_awaits(by_deadline: bool) -> None:
    """
    As 'await' does in a task: the abort of a call cancels the coroutine, task or call it awaits.
    """
    ended: list[str] = []

    async def coroutine() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("coroutine")

    def inner() -> None:
        try:
            Event().wait()
        finally:
            ended.append("call")

    async def main() -> list[Any]:
        task = asyncio.create_task(coroutine())
        with calls.timeout(0.005 if by_deadline else None):
            waiting = [
                spawn(motorish.await_, (coroutine(),)),
                spawn(motorish.await_, (task,)),
                spawn(lambda: motorish.await_(spawn(inner))),
            ]
        await turns(3)
        if not by_deadline:
            for future in waiting:
                future.cancel()
        outcomes = [await outcome(future) for future in waiting]
        await until(lambda: len(ended) == 3)
        return outcomes

    expected = errors.DeadlineExceeded if by_deadline else asyncio.CancelledError
    assert [expected] * 3 == asyncio.run(main())
    assert ["call", "coroutine", "coroutine"] == sorted(ended)


def test_await_of_a_cancelled_future() -> None:
    """
    Somebody else's cancel of the awaited future is a CancelledError in the call, which may go on.
    """

    def call(future: asyncio.Future[None]) -> str:
        try:
            motorish.await_(future)
        except asyncio.CancelledError:
            sleep(0)
            return "went on"
        return "nothing"

    async def main() -> str:
        future = asyncio.get_running_loop().create_future()
        waiting = spawn(call, (future,))
        future.cancel()
        return await waiting

    assert "went on" == asyncio.run(main())


def test_many_await_the_same_future() -> None:
    """
    One future may be awaited by many children; each gets its result.
    """

    async def main() -> list[int]:
        future = asyncio.get_running_loop().create_future()
        waiting = [spawn(motorish.await_, (future,)) for _ in range(20)]
        future.set_result(5)
        return await asyncio.gather(*waiting)

    assert [5] * 20 == asyncio.run(main())


# scope


def test_scope_gives_calls_one_identity() -> None:
    """
    Calls inside one scope() share get_ident() and current_thread(); others have their own.
    """

    def identity() -> tuple[int, str]:
        sleep(0)
        return get_ident(), current_thread().name

    async def main() -> list[tuple[int, str]]:
        with motorish.scope():
            inside = [await spawn(identity) for _ in range(2)]
            with motorish.scope():
                nested = await spawn(identity)
            again = await spawn(identity)
        return [*inside, again, nested, await spawn(identity)]

    *shared, nested, outside = asyncio.run(main())

    assert 1 == len(set(shared))
    assert 3 == len({*shared, nested, outside})


def test_scope_ends_with_its_block_even_if_it_fails() -> None:
    """
    An error in the block passes through and ends the scope.
    """

    async def main() -> bool:
        idents = []
        with pytest.raises(LookupError), motorish.scope():
            idents.append(await spawn(get_ident))
            raise LookupError
        idents.append(await spawn(get_ident))
        return idents[0] != idents[1]

    assert asyncio.run(main())

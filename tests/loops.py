"""
Every kind of event loop that motorish runs on, for tests that must hold on each; and small helpers.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
import uvloop
from tornado.ioloop import IOLoop

from motorish import hub
from motorish.green import TWINS
from motorish.green.threading import Event
from motorish.hub import CallFuture

T = TypeVar("T")
Main = Callable[[], Coroutine[Any, Any, T]]
Runner = Callable[[Main[Any]], Any]

PATIENCE_S = 10.0


def run_asyncio(main: Main[T]) -> T:
    """
    Run *main* on plain asyncio.
    """
    return asyncio.run(main())


def run_tornado(main: Main[T]) -> T:
    """
    Run *main* on an IOLoop of its own.
    """
    loop = IOLoop(make_current=False)
    try:
        return loop.run_sync(main)  # type: ignore[no-any-return]
    finally:
        loop.close()


def run_uvloop(main: Main[T]) -> T:
    """
    Run *main* on uvloop.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


on_every_loop = pytest.mark.parametrize(
    "run", [run_asyncio, run_tornado, run_uvloop], ids=["asyncio", "tornado", "uvloop"]
)
"""Parametrises ``run``: a function that runs a coroutine function on a new loop and closes the loop."""


def in_child(function: Callable[..., T], *args: Any, run: Runner = run_asyncio) -> T:
    """
    Call *function* in a child of a new loop, and give its result or raise its error.
    """

    async def main() -> T:
        return await hub.spawn(function, args)

    return run(main)  # type: ignore[no-any-return]


async def until(condition: Callable[[], object]) -> None:
    """
    Let the loop turn until *condition* holds.
    """
    end = monotonic() + PATIENCE_S
    while not condition():
        assert monotonic() < end, "the condition never came true"
        await asyncio.sleep(0.0001)


async def turns(count: int) -> None:
    """
    Let the loop turn *count* times.
    """
    for _ in range(count):
        await asyncio.sleep(0)


async def outcome(future: Awaitable[Any]) -> Any:
    """
    The result of *future*, or the type of what it raises.
    """
    try:
        return await future
    except BaseException as error:
        return type(error)


def parked(function: Callable[..., Any] | None = None, *args: Any, **options: Any) -> CallFuture[Any]:
    """
    Start a call that waits for ever (or runs *function*), to be ended by the test.
    """
    return hub.spawn(function or Event().wait, args, **options)


STDLIB = SimpleNamespace(threading=threading, queue=queue, time=time)
GREEN = SimpleNamespace(**{name: TWINS[name] for name in vars(STDLIB)})


def same_everywhere(script: Callable[[SimpleNamespace], Any]) -> Any:
    """
    What *script* observes with the stdlib in a thread, which must be what it observes with the stand-ins.

    They are tried in a plain thread, and in a child of a loop of every kind.
    """
    with ThreadPoolExecutor(1) as pool:
        expected = pool.submit(script, STDLIB).result(PATIENCE_S)
        assert expected == pool.submit(script, GREEN).result(PATIENCE_S), "stand-ins in a thread"
    for run in (run_asyncio, run_tornado, run_uvloop):
        assert expected == in_child(script, GREEN, run=run), f"stand-ins in a child, {run.__name__}"
    return expected


def what(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """
    The result of a call, or the type and text of its exception.
    """
    try:
        return call(*args, **kwargs)
    except Exception as error:
        return type(error), str(error)


def in_threads(functions: Iterable[Callable[[], Any]], patience_s: float = 20.0) -> list[Any]:
    """
    Run functions in a plain thread each, all at once, and give their results.
    """
    functions = list(functions)
    start = threading.Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        start.wait(patience_s)
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [
            future.result(patience_s) for future in [pool.submit(run, function) for function in functions]
        ]

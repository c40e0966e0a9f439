"""
Every kind of event loop that motorish runs on, for tests that must hold on each; and small helpers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic
from typing import Any, TypeVar

import pytest
import uvloop
from tornado.ioloop import IOLoop

from motorish import hub
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

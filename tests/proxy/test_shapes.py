"""
Lazy classes: the same declarations, as coroutine functions.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import motorish
from motorish import CallFuture
from motorish.proxy import (
    AsyncCommand,
    AsyncRead,
    ChainingMethod,
    Closing,
    LatentCoroutine,
    LoopBinding,
    Proxy,
    gives_latent,
    starts_call,
)


class Engine:
    """
    What a driver would have.
    """

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def read(self, key: str, *, times: int = 1) -> str:
        """Read a key."""
        self.calls.append(key)
        return key * times

    def retry(self, callback: Callable[[], Any]) -> Any:
        """Call something."""
        return callback()

    def limit(self, number: int) -> None:
        """Limit it."""
        self.calls.append(number)

    def part(self) -> Engine:
        """A part of it."""
        return Engine()


class Eager(Proxy):
    """
    A proxy whose calls start at once.
    """

    __delegate_class__ = Engine

    limit = ChainingMethod()
    part = AsyncCommand().wrap(Engine)
    read = AsyncRead()
    retry = AsyncCommand()

    def __init__(self, engine: Engine | None = None) -> None:
        self.delegate = engine or Engine()
        self._binding = LoopBinding("engine", lambda: None)

    def wrap(self, obj: Any) -> Any:
        """
        The proxy of a part.
        """
        return type(self)(obj)

    @starts_call
    def both(self, key: str, callback: Any = None) -> CallFuture[str]:
        """
        Read a key twice.  Coroutine. Also accepts callback=.
        """
        return self._call(self.delegate.read, key, callback=callback)  # type: ignore[no-any-return]

    @gives_latent
    def later(self, *, callback: Any = None) -> Later:
        """
        Make something.  Also accepts callback=.
        """
        return Later(self)


class Lazy(Eager):
    """
    The same, lazily.
    """

    _lazy = True


class Later(LatentCoroutine, Closing):
    """
    What has to be prepared before its first use.
    """

    _lazy = True

    def __init__(self, owner: Eager) -> None:
        self.delegate = owner.delegate
        self._binding = owner._binding

    def _prepare(self) -> None:
        self.delegate.calls.append("prepared")

    @starts_call
    def close(self, callback: Any = None) -> CallFuture[None]:
        """
        Close it.
        """
        return self._call(self.delegate.calls.append, "closed")  # type: ignore[no-any-return]


def on_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """
    Run a coroutine function as a test.
    """
    return functools.wraps(test)(lambda: asyncio.run(test()))


@on_a_loop
async def test_nothing_starts_before_the_await() -> None:
    """
    A call is a coroutine, which a task can be made of; an eager one has run by then.
    """
    eager, lazy = Eager(), Lazy()
    future, coroutine = eager.read("a"), lazy.read("b", times=2)

    assert ["a"] == eager.delegate.calls
    assert [] == lazy.delegate.calls
    assert "a" == await future
    async with asyncio.TaskGroup() as group:
        task = group.create_task(coroutine)
    assert "bb" == task.result()


def test_what_is_lazy() -> None:
    """
    Declared or written by hand, inherited or not; what starts no call stays as it is.
    """
    names = ("both", "part", "read", "retry")

    assert [True] * 4 == [inspect.iscoroutinefunction(getattr(Lazy, name)) for name in names]
    assert [False] * 4 == [inspect.iscoroutinefunction(getattr(Eager, name)) for name in names]
    assert Lazy.limit is Eager.limit
    assert inspect.iscoroutinefunction(type("Subclass", (Lazy,), {}).read)  # type: ignore[attr-defined]


def test_how_it_is_shown() -> None:
    """
    Its own name; neither signature nor docstring has callback=, unless it is the driver's own.
    """
    assert "Lazy.read" == Lazy.read.__qualname__  # type: ignore[attr-defined]
    assert ["self", "key", "times"] == list(inspect.signature(Lazy.read).parameters)
    assert "Read a key.\n\nCoroutine." == Lazy.read.__doc__
    assert "Read a key twice.  Coroutine." == inspect.getdoc(Lazy.both)
    assert "(self, key: 'str') -> 'str'" == str(inspect.signature(Lazy.both))
    assert ["self", "callback"] == list(inspect.signature(Lazy.retry).parameters)
    assert "callback" in inspect.signature(Eager.read).parameters


@on_a_loop
async def test_callbacks_are_refused() -> None:
    """
    The error says what to do; a driver's own parameter of that name is the driver's.
    """
    lazy = Lazy()

    with pytest.raises(TypeError, match=r"Lazy\.read\(\) takes no callback=: await it, or use Eager"):
        await lazy.read("a", callback=print)
    with pytest.raises(TypeError, match=r"Lazy\.both\(\) takes no more than 1 positional argument"):
        await lazy.both("a", print)
    with pytest.raises(TypeError, match=r"Lazy\.later\(\) takes no callback="):
        lazy.later(callback=print)
    assert 7 == await lazy.retry(lambda: 7)
    assert [] == lazy.delegate.calls


@on_a_loop
async def test_results_are_of_the_same_family() -> None:
    """
    What wrap() makes.
    """
    assert type(await Lazy().part()) is Lazy
    assert type(await Eager().part()) is Eager


@on_a_loop
async def test_a_task_of_something_latent() -> None:
    """
    A latent object can be awaited, entered, and made a task of, more than once; the task gives the object.
    """
    lazy = Lazy()
    later = lazy.later()

    assert asyncio.iscoroutine(later)
    assert [] == lazy.delegate.calls
    for _ in range(2):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(later)  # type: ignore[arg-type, var-annotated]
        assert later is task.result()
    assert later is await later
    async with later:
        pass
    assert ["prepared", "prepared", "prepared", "closed"] == lazy.delegate.calls


@on_a_loop
async def test_a_task_of_something_latent_can_be_cancelled() -> None:
    """
    Before it has begun, and while it is being prepared.
    """

    class Slow(Later):
        """
        It takes for ever.
        """

        def _prepare(self) -> None:
            motorish.await_(asyncio.sleep(60))

    for turns in range(2):
        task = asyncio.create_task(Slow(Lazy()))  # type: ignore[arg-type, var-annotated]
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

"""
What the declarations make of a delegate's class.
"""

import asyncio
import inspect
from typing import Any

import pytest

from motorish import CallFuture
from motorish.proxy import (
    AsyncCommand,
    AsyncRead,
    AsyncWrite,
    ChainingMethod,
    DelegateMethod,
    LoopBinding,
    Proxy,
    ReadOnlyProperty,
)


class Engine:
    """
    What a driver would have.
    """

    size = 3

    def __init__(self) -> None:
        self.options: list[str] = []

    def read(self, key: str, session: Any = None, **more: Any) -> tuple[Any, ...]:
        """
        Read a key.

        More about it.
        """
        return key, session, more

    def write(self, *args: Any, session: Any = None) -> tuple[Any, ...]:
        return *args, session

    def transact(self, callback: Any) -> Any:
        """Run a callback."""
        return callback(self)

    def fail(self) -> None:
        raise KeyError("no such key")

    def stop(self) -> None:
        raise StopIteration

    def twin(self) -> "Engine":
        return type(self)()

    def option(self, name: str) -> "Engine":
        self.options.append(name)
        return self


class FastEngine(Engine):
    """
    A second delegate class for the same declarations.
    """

    size = 4

    def read(self, key: str, session: Any = None, **more: Any) -> tuple[Any, ...]:
        """Read a key fast."""
        return "fast", key


class EngineProxy(Proxy):
    """
    A proxy of every kind of declaration.
    """

    __delegate_class__ = Engine

    read = AsyncRead()
    get = AsyncRead(attr_name="read", doc="Get it.")
    write = AsyncWrite().unwrap("EngineProxy")
    transact = AsyncCommand()
    fail = AsyncCommand()
    stop = AsyncCommand()
    twin = AsyncCommand().wrap(Engine)
    twin_now = DelegateMethod("twin").wrap(Engine)
    option = ChainingMethod()
    size = ReadOnlyProperty()

    def __init__(self, delegate: Engine) -> None:
        self.delegate = delegate
        self._binding = LoopBinding("EngineProxy", lambda: None)

    def wrap(self, obj: Any) -> Any:
        """
        A proxy for an engine.
        """
        return EngineProxy(obj)


class FastEngineProxy(EngineProxy):
    """
    Another delegate class, one declaration overridden.
    """

    __delegate_class__ = FastEngine

    async def fail(self) -> str:  # type: ignore[override]
        """
        Not declared any more.
        """
        return "no failure"


@pytest.fixture
def engine() -> EngineProxy:
    """
    Return a proxy that belongs to no loop yet.
    """
    return EngineProxy(Engine())


async def outcome_of(start: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
    """
    Return what the callback of a call was given.
    """
    done = asyncio.get_running_loop().create_future()
    assert start(*args, callback=lambda *outcome: done.set_result(outcome), **kwargs) is None
    assert not done.done()
    outcome: tuple[Any, Any] = await done
    return outcome


def test_a_call_returns_a_started_future(engine: EngineProxy) -> None:
    """
    The call begins before the future is awaited, and its result is the delegate's.
    """

    async def main() -> None:
        future = engine.read("k", session=1, other=2)

        assert isinstance(future, CallFuture)
        assert future.done()
        assert ("k", 1, {"other": 2}) == await future

    asyncio.run(main())


def test_a_callback_gets_the_outcome_once_and_later(engine: EngineProxy) -> None:
    """
    With callback= the call returns None and calls callback(result, error) afterwards.
    """

    async def main() -> None:
        result, none = await outcome_of(engine.read, "k")
        also_none, error = await outcome_of(engine.fail)

        assert (("k", None, {}), None) == (result, none)
        assert also_none is None
        assert isinstance(error, KeyError)

    asyncio.run(main())


@pytest.mark.parametrize("method", ["read", "twin"])
def test_a_wrong_callback_is_refused_before_anything_starts(method: str) -> None:
    """
    TypeError at once, and the delegate is not called.
    """
    engine = EngineProxy(None)  # type: ignore[arg-type]

    async def main() -> None:
        with pytest.raises(TypeError, match="callback"):
            getattr(engine, method)("k", callback=3)

    asyncio.run(main())


def test_an_exception_in_a_callback_goes_to_the_loop(engine: EngineProxy) -> None:
    """
    The loop's exception handler is told once; the loop goes on.
    """
    told: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
        engine.read("k", callback=lambda *_: 1 / 0)
        await outcome_of(engine.read, "k")

    asyncio.run(main())
    assert [ZeroDivisionError] == [type(error) for error in told]


def test_a_driver_s_own_callback_stays_the_driver_s(engine: EngineProxy) -> None:
    """
    Where the delegate's method has a parameter callback, it gets it and a future is returned.
    """

    async def main() -> None:
        assert engine.delegate is await engine.transact(callback=lambda delegate: delegate)

    asyncio.run(main())
    assert ["self", "callback"] == list(inspect.signature(EngineProxy.transact).parameters)


def test_stop_iteration_never_reaches_a_future(engine: EngineProxy) -> None:
    """
    It becomes a RuntimeError, which a coroutine can carry.
    """

    async def main() -> None:
        with pytest.raises(RuntimeError, match="StopIteration"):
            await engine.stop()

    asyncio.run(main())


def test_proxies_among_the_arguments_are_unwrapped(engine: EngineProxy) -> None:
    """
    session= always, by position too; other arguments where unwrap() was declared.
    """
    other = EngineProxy(Engine())

    async def main() -> None:
        assert ("k", other.delegate, {}) == await engine.read("k", session=other)
        assert ("k", other.delegate, {}) == await engine.read("k", other)
        assert (other.delegate, 2, None) == await engine.write(other, 2)

    asyncio.run(main())


def test_results_are_wrapped(engine: EngineProxy) -> None:
    """
    A result of the declared class goes through wrap(), asynchronous or not.
    """

    async def main() -> None:
        assert isinstance(await engine.twin(), EngineProxy)
        assert isinstance((await outcome_of(engine.twin))[0], EngineProxy)

    asyncio.run(main())
    assert isinstance(engine.twin_now(), EngineProxy)


def test_chaining_returns_the_proxy(engine: EngineProxy) -> None:
    """
    A chaining method changes the delegate and returns the proxy itself.
    """
    assert engine is engine.option("a").option("b")
    assert ["a", "b"] == engine.delegate.options


def test_properties_ask_the_delegate(engine: EngineProxy) -> None:
    """
    A read-only property has the delegate's value and cannot be set.
    """
    assert 3 == engine.size
    with pytest.raises(AttributeError):
        engine.size = 4


def test_functions_are_introspectable() -> None:
    """
    Name, qualified name, docstring and signature are those of a method written by hand.
    """
    read = EngineProxy.read

    assert "read" == read.__name__
    assert "EngineProxy.read" == read.__qualname__
    assert __name__ == read.__module__
    assert "Read a key.\n\nCoroutine. Also accepts callback=." == read.__doc__
    assert "Get it." == EngineProxy.get.__doc__
    assert "(self, key: str, session: Any = None, *, callback=None, **more: Any)" == str(
        inspect.signature(read)
    )


def test_declarations_are_built_anew_for_another_delegate_class() -> None:
    """
    A subclass with its own delegate class has that class's methods; plain methods override.
    """
    fast = FastEngineProxy(FastEngine())

    async def main() -> None:
        assert ("fast", "k") == await fast.read("k")
        assert "no failure" == await fast.fail()

    asyncio.run(main())
    assert 4 == fast.size
    assert "FastEngineProxy.read" == FastEngineProxy.read.__qualname__


def test_classes_can_be_subscripted() -> None:
    """
    EngineProxy[X] is the class itself at runtime.
    """
    assert EngineProxy is EngineProxy[dict[str, Any]]  # type: ignore[misc]


def test_without_a_running_loop_the_error_says_what_to_do(engine: EngineProxy) -> None:
    """
    A call in plain synchronous code is refused.
    """
    with pytest.raises(RuntimeError, match="no event loop is running"):
        engine.read("k")

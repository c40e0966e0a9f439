"""
Calls that are made before the event loop runs, as in loop.run_until_complete(collection.drop()).
"""

import asyncio
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from motorish import ForeignLoopError, UsageError
from motorish.proxy import AsyncCommand, AsyncRead, LoopBinding, Proxy

who: ContextVar[str] = ContextVar("who", default="nobody")


class Engine:
    """
    Stands for a driver's class; remembers what was called.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []

    def read(self, key: str) -> str:
        self.calls.append(key)
        return f"{key} for {who.get()}"

    def twin(self) -> "Engine":
        return self


class EngineProxy(Proxy):
    """
    A method of each kind: declared, declared with a wrapped result, written by hand, done already.
    """

    __delegate_class__ = Engine

    read = AsyncRead()
    twin = AsyncCommand().wrap(Engine)

    def __init__(self, io_loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.delegate = Engine()
        self.restarts: list[bool] = []
        self._binding = LoopBinding("EngineProxy", self._restart, io_loop)

    def _restart(self) -> None:
        self.restarts.append(self._binding.loop is asyncio.get_running_loop())

    def by_hand(self) -> Any:
        return self._call(self.delegate.read, "by hand")

    def done(self) -> Any:
        return self._result("done")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """
    Return a loop that is set for this thread, but does not run.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture(params=["given", "set"])
def engine(loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest) -> EngineProxy:
    """
    Return a proxy that was given the loop, or will find it to be the thread's.
    """
    return EngineProxy(loop if request.param == "given" else None)


def test_the_call_begins_when_the_loop_runs(engine: EngineProxy, loop: asyncio.AbstractEventLoop) -> None:
    """
    Until then there is a future of that loop, and nothing is called; the caller's context is kept.
    """
    token = who.set("caller")
    future = engine.read("key")
    who.reset(token)

    assert loop is future.get_loop()
    assert [] == engine.delegate.calls
    assert "key for caller" == loop.run_until_complete(future)


def test_every_kind_of_method(engine: EngineProxy, loop: asyncio.AbstractEventLoop) -> None:
    """
    Methods that wrap their result, that are written by hand and that have their result already.
    """
    twin, by_hand, done = engine.twin(), engine.by_hand(), engine.done()

    assert "by hand for nobody" == loop.run_until_complete(by_hand)
    assert engine.delegate is loop.run_until_complete(twin)
    assert "done" == loop.run_until_complete(done)


def test_callbacks_are_called_when_the_loop_runs(
    engine: EngineProxy, loop: asyncio.AbstractEventLoop
) -> None:
    """
    callback= before the loop is started, as Tornado's programs do.
    """
    outcomes: list[Any] = []

    assert engine.read("key", callback=lambda *one: (outcomes.append(one), loop.stop())) is None
    loop.run_forever()

    assert [("key for nobody", None)] == outcomes


def test_a_call_that_has_not_begun_can_be_cancelled(
    engine: EngineProxy, loop: asyncio.AbstractEventLoop
) -> None:
    """
    It is cancelled at once and never begins.
    """
    future = engine.read("key")

    assert future.cancel()
    assert future.cancelled()
    loop.run_until_complete(asyncio.sleep(0))
    assert [] == engine.delegate.calls


def test_closing_the_loop_cancels_what_has_not_begun(
    engine: EngineProxy, loop: asyncio.AbstractEventLoop
) -> None:
    """
    No future stays pending for ever.
    """
    future = engine.read("key")
    loop.close()

    assert future.cancelled()
    assert [] == engine.delegate.calls


def test_the_loop_is_that_of_the_first_use(engine: EngineProxy, loop: asyncio.AbstractEventLoop) -> None:
    """
    A call that waits for one loop binds to it: another one is refused.
    """
    future = engine.read("key")
    with pytest.raises(ForeignLoopError):
        asyncio.run(_read(engine))

    assert "key for nobody" == loop.run_until_complete(future)


async def _read(engine: EngineProxy) -> Any:
    return await engine.read("other")


def test_the_set_loop_takes_over_from_a_closed_one(loop: asyncio.AbstractEventLoop) -> None:
    """
    The restart is done on the new loop, before the call.
    """
    first = asyncio.new_event_loop()
    engine = EngineProxy(first)
    first.run_until_complete(_read(engine))
    first.close()
    future = engine.read("key")
    assert [] == engine.restarts

    assert "key for nobody" == loop.run_until_complete(future)
    assert [True] == engine.restarts


def test_without_any_loop_the_error_says_what_to_do() -> None:
    """
    Plain synchronous code gets a UsageError, and so does a thread whose object's loop runs elsewhere.
    """
    with pytest.raises(UsageError, match="no event loop is running in this thread"):
        EngineProxy().read("key")

    async def main() -> None:
        engine = EngineProxy()
        await engine.read("key")
        caught: list[BaseException] = []

        def elsewhere() -> None:
            try:
                engine.read("key")
            except UsageError as error:
                caught.append(error)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert ["no event loop is running"] == [str(error)[:24] for error in caught]

    asyncio.run(main())


def test_a_closed_loop_is_no_loop() -> None:
    """
    Nothing is left for a loop that will never run again.
    """
    closed = asyncio.new_event_loop()
    closed.close()

    with pytest.raises(UsageError, match="no event loop is running"):
        EngineProxy(closed).read("key")

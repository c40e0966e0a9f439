"""
motorish.wrap: one call at a time on a connection, several at once on what allows it; cancelling, deadlines.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

import motorish
from motorish import adapter
from motorish.adapter import Adapter
from tests.loops import outcome, run_asyncio, until

Known = Callable[..., None]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Known:
    """
    Return a function that gives the toy driver an adapter, for the test.
    """

    def register(**fields: Any) -> None:
        made = Adapter(name="echo", packages=("echodriver",), **fields)
        monkeypatch.setitem(adapter._by_package, "echodriver", made)

    return register


@pytest.fixture
def hub_kind(driver: Any, server: Any) -> Any:
    """
    Return a class of the toy driver's that makes a connection for each call.
    """

    class Hub:
        def call(self, text: str) -> Any:
            with closing(driver.connect(server.port)) as connection:
                return connection.call(text)

        def derived(self, kind: type[Any]) -> Any:
            return kind()

    Hub.__module__ = "echodriver"
    return Hub


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_queue(driver: Any, server: Any, engine: Any) -> None:
    """
    Calls on one connection, its cursors' included, run one after another, in the order of their start.
    """

    async def main() -> None:
        connection = await motorish.wrap(driver, engine).connect(server.port)
        cursor = await connection.cursor()
        calls = [connection.call("hold a"), connection.call("echo b"), cursor.execute(3), cursor.fetchall()]
        await until(lambda: "hold a" in server.lines)
        assert ["echo hello", "hold a"] == server.lines
        server.holds["a"].set()
        assert ["a", "b", None, [(0,), (1,), (2,)]] == await asyncio.gather(*calls)
        assert ["echo hello", "hold a", "echo b", "count 3"] == server.lines
        await connection.close()

    run_asyncio(main)


def test_the_same_object_wrapped_twice(echo: Any, server: Any) -> None:
    """
    Whoever wraps a connection, or a cursor of it: they wait for the same turn.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        engine = connection._wrapping.engine
        again = motorish.wrap(connection.delegate, engine, max_calls=5)
        cursor = motorish.wrap((await connection.cursor()).delegate, engine, max_calls=7)
        assert connection is not again
        assert connection._root is again._root is cursor._root
        await connection.close()

    run_asyncio(main)


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_refused(driver: Any, server: Any, known: Known, engine: Any) -> None:
    """
    Where the adapter says so, a second call on a busy connection is a clear error.
    """
    known(busy="error")

    async def main() -> None:
        connection = await motorish.wrap(driver, engine).connect(server.port, "one")
        first = connection.call("hold a")
        with pytest.raises(motorish.BusyError, match=r"Connection.call\(\) was called .* <Connection 'one'>"):
            await connection.call("echo b")
        server.holds["a"].set()
        assert "a" == await first
        assert "b" == await connection.call("echo b")
        await connection.close()

    run_asyncio(main)


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_concurrent(hub_kind: Any, server: Any, known: Known, engine: Any) -> None:
    """
    Objects of classes that the adapter calls concurrent take several calls at once.
    """
    known(concurrent=frozenset({"Hub"}))

    async def main() -> None:
        hub = motorish.wrap(hub_kind(), engine)
        first, second = hub.call("hold a"), hub.call("hold b")
        await until(lambda: {"hold a", "hold b"} <= set(server.lines))
        server.holds["b"].set()
        assert "b" == await second
        server.holds["a"].set()
        assert "a" == await first

    run_asyncio(main)


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_what_derives_from_a_concurrent_class(hub_kind: Any, server: Any, known: Known, engine: Any) -> None:
    """
    Takes one call at a time if it is the driver's and not named, but several if it is the application's.
    """
    known(concurrent=frozenset({"Hub"}))

    class Batch(hub_kind):  # type: ignore[misc]
        pass

    Batch.__module__ = "echodriver"

    class Mine(hub_kind):  # type: ignore[misc]
        cursor = commit = hub_kind.call  # as a connection has them

    async def main() -> None:
        hub = motorish.wrap(hub_kind(), engine)
        batch = await hub.derived(Batch)
        first, second = batch.call("hold a"), batch.call("echo b")
        await until(lambda: "hold a" in server.lines)
        assert "later" == await hub.call("echo later")
        assert "echo b" not in server.lines
        server.holds["a"].set()
        assert ["a", "b"] == await asyncio.gather(first, second)
        mine = await hub.derived(Mine)
        first, second = mine.call("hold c"), mine.call("echo d")
        assert "d" == await second
        server.holds["c"].set()
        assert "c" == await first

    run_asyncio(main)


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_pool(driver: Any, server: Any, engine: Any) -> None:
    """
    A pool need not be named: who waits for a connection does not keep others from giving theirs back.
    """

    async def main() -> None:
        pool = await motorish.wrap(driver, engine).ConnectionPool(server.port)
        first = await pool.take()
        waiting = pool.take()
        assert "a" == await first.call("echo a")
        await pool.give_back(first)
        assert first == await waiting
        await first.close()

    run_asyncio(main)


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_max_calls(driver: Any, server: Any, known: Known, engine: Any) -> None:
    """
    The adapter, or the argument, bounds the calls at once, on however many connections.
    """

    async def main(echo: Any) -> None:
        connections = [await echo.connect(server.port) for _ in range(3)]
        server.lines.clear()
        calls = [connections[number].call(f"hold {number}") for number in range(3)]
        await until(lambda: len(server.lines) == 2)
        server.holds["1"].set()
        assert "1" == await calls[1]
        await until(lambda: len(server.lines) == 3)
        server.holds["0"].set()
        server.holds["2"].set()
        assert ["0", "1", "2"] == await asyncio.gather(*calls)
        for connection in connections:
            await connection.close()

    run_asyncio(lambda: main(motorish.wrap(driver, engine, max_calls=2)))
    server.holds.clear()
    known(max_calls=2)
    run_asyncio(lambda: main(motorish.wrap(driver, engine)))
    with pytest.raises(ValueError, match="at least 1"):
        motorish.wrap(driver, engine, max_calls=0)


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_a_queued_call_is_cancelled(driver: Any, server: Any, engine: Any) -> None:
    """
    A queued call that is cancelled, or whose deadline passes, leaves the queue and never runs.
    """

    async def main() -> None:
        connection = await motorish.wrap(driver, engine).connect(server.port)
        first = connection.call("hold a")
        cancelled = connection.call("echo cancelled")
        with motorish.timeout(0.01):
            late = connection.call("echo late")
        last = connection.call("echo last")
        cancelled.cancel()
        assert asyncio.CancelledError is await outcome(cancelled)
        assert motorish.DeadlineExceeded is await outcome(late)
        server.holds["a"].set()
        assert ["a", "last"] == [await first, await last]
        assert ["echo hello", "hold a", "echo last"] == server.lines
        await connection.close()

    run_asyncio(main)


def test_a_call_within_a_call(driver: Any, server: Any) -> None:
    """
    A call that would wait for the one that starts it is refused at once.
    """
    echo = motorish.wrap(driver, "greenlet")

    async def main() -> None:
        connection = await echo.connect(server.port)

        def inside(line: str) -> None:
            motorish.await_(connection.call("echo never"))

        with pytest.raises(motorish.BusyError, match="would wait for this one"):
            await connection.each(inside, 1)
        await connection.close()

    run_asyncio(main)


def test_cancel_in_green(driver: Any, server: Any) -> None:
    """
    A call that is cancelled ends at its wait; its connection is closed, others are not touched.
    """
    echo = motorish.wrap(driver, "greenlet")

    async def main() -> None:
        connection, other = await echo.connect(server.port), await echo.connect(server.port)
        call = connection.call("hold a")
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        assert -1 == connection.delegate._socket.fileno()
        assert "b" == await other.call("echo b")
        with motorish.timeout(0.01):
            assert motorish.DeadlineExceeded is await outcome(other.call("hold b"))
        await connection.close()
        await other.close()

    run_asyncio(main)


def test_cancel_in_a_thread(driver: Any, server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """
    A call in a thread cannot be stopped: its future ends, the log says that it goes on, the next one waits.
    """
    echo = motorish.wrap(driver, "thread")

    async def main() -> None:
        connection = await echo.connect(server.port)
        call = connection.call("hold a")
        await until(lambda: "hold a" in server.lines)
        call.cancel()
        with caplog.at_level(logging.WARNING, "motorish.threads"):
            assert asyncio.CancelledError is await outcome(call)
        assert "cannot be interrupted: it goes on in its thread" in caplog.text
        following = connection.call("echo b")
        with motorish.timeout(0.01):
            assert motorish.DeadlineExceeded is await outcome(connection.call("echo never"))
        server.holds["a"].set()
        assert "b" == await following
        assert ["echo hello", "hold a", "echo b"] == server.lines
        await connection.close()

    run_asyncio(main)


def test_deadline_in_a_thread(driver: Any, server: Any) -> None:
    """
    DeadlineExceeded comes at the deadline, and its cause tells that the call goes on.
    """
    echo = motorish.wrap(driver, "thread")

    async def main() -> None:
        connection = await echo.connect(server.port)
        with motorish.timeout(0.05), pytest.raises(motorish.DeadlineExceeded) as caught:
            await connection.call("hold a")
        assert "goes on in its thread" in caught.value.__cause__.__notes__[0]
        server.holds["a"].set()
        assert "b" == await connection.call("echo b")
        await connection.close()

    run_asyncio(main)


def test_interrupt(driver: Any, server: Any, known: Known) -> None:
    """
    Where the adapter can interrupt, a call that is cancelled is: until it has ended.
    """
    asked: list[Any] = []

    def interrupt(connection: Any) -> None:
        asked.append(connection)
        if len(asked) == 2:  # as if the first one had come too early
            server.holds["a"].set()

    known(engine="thread", interrupt=interrupt)
    echo = motorish.wrap(driver)

    async def main() -> None:
        connection = await echo.connect(server.port)
        cursor = await connection.cursor()
        call = echo.ask(connection, "hold a")
        await until(lambda: "hold a" in server.lines)
        call.cancel()
        assert "a" == await call  # it has completed all the same
        assert [connection.delegate] * 2 == asked
        assert connection._root is cursor._root
        await connection.close()

    run_asyncio(main)


def test_adapter_can_be_busy_in_its_thread(driver: Any, server: Any, known: Known) -> None:
    """
    While a given up call goes on in its thread, its connection is busy.
    """
    known(engine="thread", busy="error")
    echo = motorish.wrap(driver)

    async def main() -> None:
        connection = await echo.connect(server.port)
        with motorish.timeout(0.05):
            assert motorish.DeadlineExceeded is await outcome(connection.call("hold a"))
        assert motorish.BusyError is await outcome(connection.call("echo b"))
        server.holds["a"].set()
        await until(lambda: not connection._root.runner.busy)
        assert "b" == await connection.call("echo b")
        await connection.close()

    run_asyncio(main)

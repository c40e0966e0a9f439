"""
motorish.wrap: context managers, generators and cursors; one Context and one identity from end to end.
"""

import asyncio
import gc
import weakref
from contextlib import aclosing
from time import monotonic
from typing import Any

import pytest

import motorish
from motorish import adapter
from motorish.adapter import Adapter
from motorish.proxy.wrapped_cursor import ROWS
from tests.faults.figures import Figures
from tests.loops import outcome, run_asyncio, until


def test_context_manager(echo: Any, server: Any) -> None:
    """
    Enter, what is called inside, and exit are one identity: an RLock is released, a threading.local kept.
    """

    async def main() -> None:
        async with echo.connect(server.port, "one") as connection:
            assert "one" == await connection.block()
            assert "hi" == await connection.call("echo hi")
        assert ["one left with None"] == connection.notes
        async with connection:
            raise echo.Error("swallowed, as the driver decides")
        assert "one left with Error" == connection.notes[-1]
        with pytest.raises(KeyError):
            async with connection:
                raise KeyError
        await connection.close()

    run_asyncio(main)


def test_one_object_in_several_tasks(echo: Any, driver: Any) -> None:
    """
    Tasks that enter the same object leave it in the Context that they entered it in, in whatever order.
    """

    async def main() -> None:
        block = await echo.Block()
        inside = [asyncio.Event(), asyncio.Event()]

        async def enter(number: int) -> None:
            async with block:
                inside[number].set()
                await inside[1].wait()
                assert driver.current_block.get().startswith("block")
            assert "none" == driver.current_block.get()

        await asyncio.gather(enter(0), enter(1))

    run_asyncio(main)


def test_what_enter_sets_is_seen_inside(echo: Any, driver: Any, server: Any) -> None:
    """
    A ContextVar that entering sets is set for the calls inside, and for the caller; leaving resets it.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        async with connection.named("outer") as name:
            assert "outer" == name
            assert "outer" == await connection.current() == driver.current_block.get()
            async with connection.named("inner"):
                assert "inner" == await connection.current()
            assert "outer" == await connection.current()
        assert "none" == await connection.current() == driver.current_block.get()
        await connection.close()

    run_asyncio(main)


def test_exit_after_the_deadline(echo: Any, server: Any) -> None:
    """
    What cleans up at the end of a block has a deadline of its own when the caller's has passed.
    """

    async def main() -> None:
        connection, other = await echo.connect(server.port), await echo.connect(server.port)
        with motorish.timeout(0.05), pytest.raises(motorish.DeadlineExceeded):
            async with connection.named("block"):
                await other.call("hold a")
        assert "echo end" == server.lines[-1]
        server.holds["a"].set()
        await connection.close()
        await other.close()

    run_asyncio(main)


def test_closing(echo: Any, server: Any) -> None:
    """
    What is no context manager but can be closed is closed at the end of its block.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        async with connection.cursor() as cursor:
            assert not cursor.closed
        assert cursor.closed
        message = await connection.message("hello")
        with pytest.raises(TypeError, match="Message is no context manager"):
            async with message:
                pass
        await connection.close()

    run_asyncio(main)


def test_generator(echo: Any, server: Any) -> None:
    """
    A generator's steps see one threading.local and one Context; send(), throw() and close() reach it.
    """

    async def main() -> None:
        connection = await echo.connect(server.port, "one")
        assert ["0", "1", "2"] == [line async for line in connection.lines(3)]
        assert ["one lines"] * 3 + ["closed"] == connection.notes
        lines = await connection.lines(5)
        assert "0" == await anext(lines)
        assert "1" == await lines.asend("got it")
        assert "got it" == connection.notes[4]
        async with aclosing(lines):
            assert "2" == await anext(lines)
        assert "closed" == connection.notes[-1]
        with pytest.raises(StopAsyncIteration):
            await anext(lines)
        assert ["3", "4"] == [await connection.receive(), await connection.receive()]
        lines = await connection.lines(1)
        await anext(lines)
        with pytest.raises(KeyError, match="thrown"):
            await lines.athrow(KeyError("thrown"))
        await connection.close()

    run_asyncio(main)


@pytest.mark.row("D37")
def test_abandoned_generator(echo: Any, server: Any, figures: Figures) -> None:
    """
    A generator that nobody iterates any more is closed.
    """
    took = 0.0

    async def main() -> None:
        nonlocal took
        connection = await echo.connect(server.port)
        async for line in connection.lines(2):
            assert "0" == line
            break
        began = monotonic()
        gc.collect()
        await until(lambda: connection.notes and connection.notes[-1] == "closed")
        took = monotonic() - began
        await connection.close()

    run_asyncio(main)

    figures.at_most("any wrapped driver: its generator is closed", 2, took, "s")


def test_rows_in_batches(echo: Any, server: Any) -> None:
    """
    The rows of a cursor are fetched in batches, of its arraysize if that was set.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        cursor = await connection.cursor()
        await cursor.execute(250)
        assert [(number,) for number in range(250)] == [row async for row in cursor]
        assert 250 // ROWS + 2 == cursor.fetches
        cursor.arraysize = 10
        await cursor.execute(1)
        (number,) = await cursor.fetchone()
        assert 0 == number
        await cursor.execute(20)
        cursor.fetches = 0
        assert 20 == len([row async for row in cursor])
        assert 3 == cursor.fetches
        await connection.close()

    run_asyncio(main)


def test_rows_after_a_break(echo: Any, server: Any) -> None:
    """
    Rows that were fetched and not consumed are what is fetched next; execute() forgets them.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        cursor = await connection.cursor()
        await cursor.execute(10)
        async for _row in cursor:
            break
        assert (1,) == await cursor.fetchone()
        assert [(2,), (3,)] == await cursor.fetchmany(2)
        assert (4,) == await anext(cursor)
        async for row in cursor:
            assert (5,) == row
            break
        assert [(6,), (7,), (8,), (9,)] == await cursor.fetchall()
        assert await cursor.fetchone() is None
        with pytest.raises(StopAsyncIteration):
            await anext(cursor)
        await cursor.execute(3)
        async for _row in cursor:
            break
        await cursor.execute(1)
        assert [(0,)] == await cursor.fetchall()
        await connection.close()

    run_asyncio(main)


def test_batches_of_an_adapter(driver: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where the adapter says that an iterator may be fetched ahead, one call gives several items.
    """
    known = Adapter(name="echo", packages=("echodriver",), batch=frozenset({"Connection.lines"}))
    monkeypatch.setitem(adapter._by_package, "echodriver", known)
    echo = motorish.wrap(driver)

    async def main() -> None:
        connection = await echo.connect(server.port)
        lines = connection.lines(50)
        async for line in lines:
            assert "0" == line
            break
        assert len(connection.notes) > 1
        await connection.close()

    run_asyncio(main)


def test_error_in_an_iteration(echo: Any, server: Any) -> None:
    """
    What a generator raises comes after the items that it gave before.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        await connection.send("echo one")
        await connection.send("fail two")
        got: list[str] = []
        with pytest.raises(echo.Error, match="two"):
            async for line in connection.lines(3):
                got.append(line)
        assert ["one"] == got
        assert "closed" == connection.notes[-1]
        await connection.close()

    run_asyncio(main)


def test_nothing_keeps_a_connection(echo: Any, server: Any) -> None:
    """
    A connection is gone when its application lets go of it: no cycle waits for the garbage collector.
    """

    async def use() -> weakref.ref[Any]:
        async with echo.connect(server.port) as connection:
            async with connection.cursor() as cursor:
                await cursor.execute(3)
                assert 3 == len([row async for row in cursor])
            assert 2 == len([line async for line in connection.lines(2)])
            async with connection.named("x"):
                await connection.current()
        await connection.close()
        return weakref.ref(connection.delegate)

    async def main() -> None:
        gc.disable()
        try:
            gone = await use()
            await until(lambda: gone() is None)
        finally:
            gc.enable()

    run_asyncio(main)


def test_scope(echo: Any, server: Any) -> None:
    """
    Calls inside motorish.scope() have one identity, and so has what they make: one thread, if it is threads.
    """

    async def idents() -> set[int]:
        with motorish.scope():
            return set(await asyncio.gather(*[echo.ident() for _ in range(5)]))

    async def main() -> None:
        one, other = await asyncio.gather(idents(), idents())
        assert (1, 1, 2) == (len(one), len(other), len(one | other))
        if echo._wrapping.engine == "greenlet":
            assert await echo.ident() != await echo.ident()

    run_asyncio(main)


def test_data_can_be_iterated(echo: Any, server: Any) -> None:
    """
    ``async for`` over a call that gives a list, or any data, iterates it.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        assert [1, 2] == [number async for number in connection.pair()]
        assert TypeError is await outcome(_first(connection.call("echo")))
        await connection.close()

    async def _first(call: Any) -> Any:
        async with call as value:
            return value

    run_asyncio(main)

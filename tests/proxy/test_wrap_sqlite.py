"""
motorish.wrap(sqlite3): the thread engine with a driver in C, whose adapter can interrupt.
"""

import asyncio
import contextvars
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

import motorish
from motorish.proxy import workers
from motorish.proxy.threads import Threads
from tests.loops import on_every_loop, outcome, run_asyncio, until

FOREVER = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"


@on_every_loop
def test_everyday_use(tmp_path: Path, run: Any) -> None:
    """
    Connect, execute, executemany, iterate, transactions: as sqlite3's own, asynchronously, on every loop.
    """
    sqlite = motorish.wrap(sqlite3)

    async def main() -> None:
        connection = await sqlite.connect(tmp_path / "x.db")
        connection.row_factory = sqlite.Row
        async with connection:
            await connection.execute("create table users (id integer primary key, name text)")
            rows = [(number, f"user {number}") for number in range(1000)]
            await connection.executemany("insert into users values (?, ?)", rows)
        assert rows == [tuple(row) async for row in connection.execute("select * from users order by id")]
        async with connection.cursor() as cursor:
            await cursor.execute("select name from users where id = ?", (7,))
            row = await cursor.fetchone()
            assert type(row) is sqlite3.Row
            assert "user 7" == row["name"]
        with pytest.raises(sqlite3.IntegrityError):
            async with connection:
                await connection.execute("insert into users values (1001, 'gone')")
                await connection.execute("insert into users values (1, 'twice')")
        assert (1000,) == tuple(await (await connection.execute("select count(*) from users")).fetchone())
        assert sqlite.sqlite_version == sqlite3.sqlite_version
        await connection.close()

    run(main)


def test_every_connection_has_its_thread() -> None:
    """
    Calls of one connection run in one thread, never on the loop; connections wait for each other no more.
    """
    sqlite = motorish.wrap(sqlite3)

    async def main() -> None:
        threads: list[set[int]] = []
        for _ in range(3):
            seen: set[int] = set()
            connection = await sqlite.connect(":memory:")
            await connection.create_function("thread", 0, lambda seen=seen: seen.add(threading.get_ident()))
            for _ in range(5):
                await connection.execute("select thread()")
            threads.append(seen)
            await connection.set_trace_callback(None)
            await connection.close()
        assert [1, 1, 1] == [len(seen) for seen in threads]
        assert threading.get_ident() not in set.union(*threads)

    run_asyncio(main)


def test_contextvars_reach_the_thread() -> None:
    """
    What the caller has set is seen by what sqlite3 calls back.
    """
    sqlite = motorish.wrap(sqlite3)
    request = contextvars.ContextVar("request", default="none")

    async def main() -> None:
        connection = await sqlite.connect(":memory:")
        await connection.create_function("request", 0, request.get)
        request.set("seven")
        assert ("seven",) == await (await connection.execute("select request()")).fetchone()
        await connection.close()

    run_asyncio(main)


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_interrupt(how: str) -> None:
    """
    A statement that is cancelled, or whose deadline passes, is interrupted; the connection goes on.
    """
    sqlite = motorish.wrap(sqlite3)

    async def main() -> None:
        connection = await sqlite.connect(":memory:")
        cursor = await connection.cursor()
        started = threading.Event()
        await connection.create_function("started", 0, started.set)
        with motorish.timeout(0.3 if how == "deadline" else None):
            call = cursor.execute(FOREVER.replace("select 1 union", "select started() union"))
        if how == "cancel":
            await until(started.is_set)
            call.cancel()
        expected = asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded
        assert expected is await outcome(call)
        assert (1,) == await (await connection.execute("select 1")).fetchone()
        await connection.close()

    run_asyncio(main)


def test_the_loop_is_free() -> None:
    """
    While a statement runs, the loop does other work.
    """
    sqlite = motorish.wrap(sqlite3)

    async def main() -> None:
        connection = await sqlite.connect(":memory:")
        call = connection.execute(FOREVER)
        for _ in range(50):
            await asyncio.sleep(0.001)
        assert not call.done()
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        await connection.close()

    run_asyncio(main)


def test_more_connections_than_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    When there are as many threads as there may be, connections share them; nobody waits for ever.
    """
    threads = Threads(limit=2, idle_s=0.1)
    monkeypatch.setattr(workers, "_threads", threads)
    sqlite = motorish.wrap(sqlite3)

    async def main() -> None:
        connections = await asyncio.gather(*[sqlite.connect(":memory:") for _ in range(6)])
        answers = [connection.execute(f"select {n}") for n, connection in enumerate(connections)]
        rows = [await (await answer).fetchone() for answer in answers]
        assert [(n,) for n in range(6)] == rows
        assert 2 == len(threads.all)
        for connection in connections:
            await connection.close()

    run_asyncio(main)


def test_idle_threads_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A thread that no connection needs any more ends after a while.
    """
    threads = Threads(idle_s=0.01)
    monkeypatch.setattr(workers, "_threads", threads)

    async def main() -> None:
        connection = await motorish.wrap(sqlite3).connect(":memory:")
        assert 1 == len(threads.all)
        await connection.close()
        del connection
        await until(lambda: not threads.all)

    run_asyncio(main)


def test_a_connection_of_the_application() -> None:
    """
    One that was made in the loop's own thread says itself that it belongs there.
    """
    connection = sqlite3.connect(":memory:")

    async def main() -> None:
        with pytest.raises(sqlite3.ProgrammingError, match="thread"):
            await motorish.wrap(connection).execute("select 1")

    run_asyncio(main)
    connection.close()


def test_the_loop_ends_first() -> None:
    """
    A statement that runs when its loop is closed is interrupted; closing does not wait for ever.
    """

    async def main() -> Any:
        connection = await motorish.wrap(sqlite3).connect(":memory:")
        started = threading.Event()
        await connection.create_function("started", 0, started.set)
        call = connection.execute(FOREVER.replace("select 1 union", "select started() union"))
        await until(started.is_set)
        return connection, call

    async def close() -> None:
        await connection.close()  # or Python 3.13 warns

    connection, call = run_asyncio(main)

    assert call.cancelled()
    run_asyncio(close)

"""
pyodbc, wrapped and pooled: in threads, and its statements can be interrupted.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pyodbc
import pytest

import motorish
from motorish.proxy.engines import choose_engine

FOREVER = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
SOON_S = 5.0


async def started() -> None:
    """
    Return when a statement that was asked for is certainly at work in its thread.
    """
    await asyncio.sleep(0.2)


def test_engine() -> None:
    """
    It is C, therefore its engine is threads.
    """
    assert "thread" == choose_engine("pyodbc").engine


def test_everyday_use(dsn: str) -> None:
    """
    Connect, cursor, execute, iterate, commit, roll back: rows are pyodbc's own.
    """
    odbc = motorish.wrap(pyodbc)

    async def main() -> list[Any]:
        connection = await odbc.connect(dsn)
        cursor = connection.cursor()
        await cursor.execute("create table users (id integer, name varchar(20))")
        await cursor.executemany("insert into users values (?, ?)", [(n, f"user {n}") for n in range(300)])
        await connection.commit()
        await cursor.execute("delete from users")
        await connection.rollback()
        await cursor.execute("select name from users where id = ?", 7)
        row = await cursor.fetchone()
        assert isinstance(row, pyodbc.Row)
        await cursor.execute("select id from users order by id")
        numbers = [number async for (number,) in cursor]
        await connection.close()
        return [row.name, numbers]

    assert ["user 7", [*range(300)]] == asyncio.run(main())


@pytest.mark.parametrize("way", ["cursor", "query", "interaction"])
@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_statements_are_interrupted(dsn: str, way: str, how: str) -> None:
    """
    A call that is given up ends soon although its statement would run for ever.
    """

    def run_for_ever(cursor: pyodbc.Cursor) -> None:
        cursor.execute(FOREVER)

    async def main() -> float:
        pool = motorish.ConnectionPool("pyodbc", dsn, max_size=1)
        assert [(1,)] == [tuple(row) for row in await pool.run_query("select 1")]
        connection = await motorish.wrap(pyodbc).connect(dsn)
        cursor = connection.cursor()
        with motorish.timeout(0.3 if how == "deadline" else None):
            if way == "cursor":
                call = cursor.execute(FOREVER)
            elif way == "query":
                call = pool.run_query(FOREVER)
            else:
                call = pool.run_interaction(run_for_ever)
        await started()
        before = time.monotonic()
        if how == "cancel":
            call.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
            await call
        await cursor.execute("select 2")  # the connection that was interrupted, or another one, works
        assert (2,) == tuple(await cursor.fetchone())
        assert [(3,)] == [tuple(row) for row in await pool.run_query("select 3")]
        needed = time.monotonic() - before
        await connection.close()
        await pool.close()
        return needed

    assert asyncio.run(main()) < SOON_S


def test_rolled_back_on_cancel(dsn: str) -> None:
    """
    What an interaction that is cancelled has done is undone.
    """

    def fill_and_run_for_ever(cursor: pyodbc.Cursor) -> None:
        cursor.execute("insert into users values (1)")
        cursor.execute(FOREVER)

    async def main() -> list[Any]:
        pool = motorish.ConnectionPool("pyodbc", dsn)
        await pool.run_operation("create table users (id integer)")
        call = pool.run_interaction(fill_and_run_for_ever)
        await started()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        rows = await pool.run_query("select count(*) from users")
        await pool.close()
        return [tuple(row) for row in rows]

    assert [(0,)] == asyncio.run(main())


def test_the_loop_is_free(dsn: str) -> None:
    """
    While statements run in several threads, the loop turns.
    """

    async def main() -> int:
        pool = motorish.ConnectionPool("pyodbc", dsn, max_size=3)
        calls = [pool.run_query(FOREVER) for _ in range(3)]
        turns = 0
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            await asyncio.sleep(0.005)
            turns += 1
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await pool.close()
        return turns

    assert asyncio.run(main()) > 10

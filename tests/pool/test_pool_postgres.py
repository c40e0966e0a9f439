"""
ConnectionPool on a real PostgreSQL, with both of its drivers.
"""

import asyncio
from typing import Any

import pytest

import motorish
from motorish.integrations.servers import PostgreSQL
from tests.pool.helpers import eventually, run


@pytest.fixture(params=["psycopg2", "psycopg"])
def make_pool(request: pytest.FixtureRequest, postgres: PostgreSQL) -> Any:
    """
    Return what makes a pool on the private PostgreSQL.
    """
    return lambda **options: motorish.ConnectionPool(request.param, postgres.dsn, **options)


def test_jobs_and_transactions(make_pool) -> None:
    """
    Queries side by side, each with its own rows; a transaction is committed or rolled back as a whole.
    """

    async def main() -> None:
        async with make_pool(max_size=5) as pool:
            rows = await asyncio.gather(
                *(pool.run_query("select pg_sleep(0.02), %s", (n,)) for n in range(20))
            )
            assert list(range(20)) == [found[0][1] for found in rows]
            await pool.run_operation("create table if not exists pooled (n int)")
            await pool.run_operation("truncate pooled")
            async with pool.transaction() as cursor:
                await cursor.execute("insert into pooled values (1)")
            with pytest.raises(ZeroDivisionError):
                async with pool.transaction() as cursor:
                    await cursor.execute("insert into pooled values (2)")
                    raise ZeroDivisionError
            assert [(1,)] == await pool.run_query("select n from pooled")

    run(main)


@pytest.mark.parametrize("autocommit", [False, True])
def test_rows_are_left_at_the_server(make_pool, autocommit: bool) -> None:
    """
    stream() uses a cursor at the server, so that leaving it early costs nothing.
    """

    def set_up(connection: Any) -> None:
        connection.autocommit = autocommit

    async def main() -> None:
        async with make_pool(max_size=1, on_connect=set_up) as pool:
            assert [(n,) for n in range(250)] == [
                row async for row in pool.stream("select generate_series(0, 249)", batch_size=100)
            ]
            names = [name async for (name,) in pool.stream("select name from pg_cursors")]
            assert names[0].startswith("motorish_")
            async with asyncio.timeout(10):
                # Without a transaction the server makes all rows first, and keeps them.
                last = 10_000 if autocommit else 1_000_000_000
                async for row in pool.stream("select generate_series(1, %s)", (last,)):
                    assert (1,) == row
                    break
            assert [] == await pool.run_query("select name from pg_cursors")
            assert 1 == pool.stats().made

    run(main)


def test_cancelled_statements_end_at_the_server(make_pool) -> None:
    """
    A cancelled job costs its connection, and its statement is ended.
    """

    async def main() -> None:
        async with make_pool(max_size=2) as pool:
            sleep = "select pg_sleep(30)"
            sql = "select count(*) from pg_stat_activity where state = 'active' and query = %s"

            async def is_running() -> bool:
                return [(1,)] == await pool.run_query(sql, (sleep,))

            async def is_over() -> bool:
                return [(0,)] == await pool.run_query(sql, (sleep,))

            job = pool.run_query(sleep)
            await eventually(is_running)
            job.cancel()
            with pytest.raises(asyncio.CancelledError):
                await job
            await eventually(is_over)

    run(main)

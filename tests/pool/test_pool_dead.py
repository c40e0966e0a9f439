"""
Connections that died without a word: no job may get one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import motorish
from motorish.integrations.servers import MariaDB, PostgreSQL
from motorish.proxy.engines import packages_to_patch
from tests.pool.helpers import eventually, run


@pytest.fixture
def pg8000_pool(postgres: PostgreSQL) -> Iterator[Callable[..., motorish.ConnectionPool]]:
    """
    Return what makes a pool of pg8000's connections, whose rollback() says nothing of a dead one.
    """
    login = {"user": "motorish", "password": "motorish", "host": "127.0.0.1", "database": "motorish"}

    def make(**options: Any) -> motorish.ConnectionPool:
        return motorish.ConnectionPool("pg8000.dbapi", kwargs={**login, "port": postgres.port}, **options)

    yield make
    motorish.unpatch(*packages_to_patch("pg8000"))


def set_autocommit(connection: Any) -> None:
    """
    Let a connection have no transactions.
    """
    connection.autocommit = True


def test_a_block_whose_call_was_ended_costs_its_connection(pg8000_pool) -> None:
    """
    A timeout in a block, which the block survives, closed the connection: others get a new one.
    """

    async def main() -> None:
        async with pg8000_pool(max_size=1, on_connect=set_autocommit) as pool:
            async with pool.acquire() as connection:
                cursor = await connection.cursor()
                with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.1):
                    await cursor.execute("select pg_sleep(2)")
            assert 4 == (await pool.run_query("select 4"))[0][0]
            assert 1 == pool.stats().discarded

    run(main)


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("how", ["acquire", "transaction", "stream"])
def test_a_task_may_be_cancelled_anywhere(pg8000_pool, how: str, turns: int) -> None:
    """
    Wherever in its block a task was when it was cancelled, the next job gets a connection that works.
    """

    async def main() -> None:
        async with pg8000_pool(max_size=1) as pool:
            await pool.run_query("select 1")

            async def hold() -> None:
                if how == "stream":
                    async for _ in pool.stream("select 1"):
                        pass
                elif how == "transaction":
                    async with pool.transaction() as cursor:
                        await cursor.execute("select 1")
                else:
                    async with pool.acquire() as connection:
                        await (await connection.cursor()).execute("select 1")

            task = asyncio.create_task(hold())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert 4 == (await pool.run_query("select 4"))[0][0]

    run(main)


def test_a_job_that_survives_its_own_deadline_costs_its_connection(pg8000_pool) -> None:
    """
    A timeout inside a job's function is over when the job fails later, but its connection is closed.
    """

    def give_up(connection: Any) -> None:
        with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.1):
            connection.cursor().execute("select pg_sleep(2)")

    async def main() -> None:
        async with pg8000_pool(max_size=1, on_connect=set_autocommit) as pool:
            with pytest.raises(Exception, match="network error"):  # from its commit
                await pool.run_with_connection(give_up)
            assert 4 == (await pool.run_query("select 4"))[0][0]

    run(main)


@pytest.mark.parametrize("driver", ["pymysql", "mysql.connector"])
def test_what_the_server_has_ended_is_replaced(
    mariadb: MariaDB, driver: str, request: pytest.FixtureRequest
) -> None:
    """
    A connection that was killed while it was idle is noticed, wherever the driver keeps its socket.
    """
    if driver == "mysql.connector":
        request.addfinalizer(lambda: motorish.unpatch("mysql"))

    async def main() -> None:
        login = {name: getattr(mariadb, name) for name in ("host", "port", "user", "password", "database")}
        async with (
            motorish.ConnectionPool(driver, kwargs=login, max_size=1) as pool,
            motorish.ConnectionPool("pymysql", kwargs=login, max_size=1) as other,
        ):
            [(number,)] = await pool.run_query("select connection_id()")
            await other.run_operation(f"kill {number}")

            async def is_gone() -> bool:
                sql = f"select count(*) from information_schema.processlist where id = {number}"
                return [(0,)] == await other.run_query(sql)

            await eventually(is_gone)
            assert [(5,)] == await pool.run_query("select 5")
            assert 1 == pool.stats().discarded

    run(main)

"""
motorish.wrap and the pool with what traces calls: stand-ins of the driver's connections and cursors.
"""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import psycopg2
import pymysql
import pytest

import motorish
from motorish.integrations.servers import MariaDB, PostgreSQL

statements: list[str] = []


class Traced:
    """
    Forwards what it does not know, as the hand-made ones do.
    """

    def __init__(self, traced: Any) -> None:
        self._traced = traced

    def __getattr__(self, name: str) -> Any:
        return getattr(self._traced, name)

    def __enter__(self) -> Any:
        self._traced.__enter__()
        return self

    def __exit__(self, *exc_info: Any) -> Any:
        return self._traced.__exit__(*exc_info)


class PassingItselfOff(Traced):
    """
    Says that it is what it stands for, as those made with wrapt.
    """

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._traced)


def traced_connect(base: type[Traced]) -> Any:
    """
    Return a connect() that gives stand-ins.
    """

    class Cursor(base):  # type: ignore[valid-type, misc]
        def execute(self, statement: str, *args: Any) -> Any:
            statements.append(statement)
            return self._traced.execute(statement, *args)

        def __iter__(self) -> Any:
            return iter(self._traced)

    class Connection(base):  # type: ignore[valid-type, misc]
        def cursor(self, *args: Any) -> Any:
            return Cursor(self._traced.cursor(*args))

    connect = pymysql.connect
    return lambda *args, **kwargs: Connection(connect(*args, **kwargs))


@pytest.mark.parametrize("base", [Traced, PassingItselfOff])
def test_stand_ins_are_wrapped(mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch, base: type[Traced]) -> None:
    """
    In blocks, transactions and streams; the statements go through them.
    """
    login = {name: getattr(mariadb, name) for name in ("host", "port", "user", "password", "database")}
    statements.clear()
    monkeypatch.setattr(pymysql, "connect", traced_connect(base))

    async def main() -> list[Any]:
        rows = []
        async with motorish.wrap(pymysql).connect(**login) as connection, connection.cursor() as cursor:
            await cursor.execute("select 1")
            rows += await cursor.fetchall()
        async with motorish.ConnectionPool("pymysql", kwargs=login) as pool:
            async with pool.transaction() as cursor:
                await cursor.execute("select 2")
                rows.append(await cursor.fetchone())
            rows += await pool.run_query("select 3")
            rows += [row async for row in pool.stream("select 4")]
        return rows

    try:
        assert [(1,), (2,), (3,), (4,)] == asyncio.run(main())
    finally:
        motorish.unpatch("pymysql")
    assert {"select 1", "select 2", "select 3", "select 4"} <= set(statements)


@pytest.mark.parametrize("driver", [psycopg2, psycopg], ids=lambda driver: str(driver.__name__))
def test_cancel_does_not_wait_for_what_it_cancels(driver: Any, postgres: PostgreSQL) -> None:
    """
    The driver's own ``connection.cancel()`` runs beside the statement.
    """

    async def main() -> None:
        connection = await motorish.wrap(driver).connect(postgres.dsn)
        cursor = await connection.cursor()
        executing = cursor.execute("select pg_sleep(60)")
        async with asyncio.timeout(10):
            while not executing.done():
                await connection.cancel()
                await asyncio.sleep(0.01)
        with pytest.raises(driver.Error, match="user request"):
            await executing
        await connection.close()

    try:
        asyncio.run(main())
    finally:
        motorish.unpatch("psycopg2", "psycopg")

"""
mysqlclient, which is compiled: in threads, against a real MariaDB; a call that is given up ends.
"""

import asyncio
from time import monotonic
from typing import Any

import pytest

import motorish
from motorish.integrations.servers import MariaDB
from tests.loops import on_every_loop, outcome, run_asyncio

import MySQLdb


@pytest.fixture
def login(mariadb: MariaDB) -> dict[str, Any]:
    """
    Return what connect() needs.
    """
    return {name: getattr(mariadb, name) for name in ("host", "port", "user", "password", "database")}


@on_every_loop
def test_everyday_use(login: dict[str, Any], run: Any) -> None:
    """
    Connect, execute, iterate, errors; twenty connections at once, each in its thread.
    """
    mysql = motorish.wrap(MySQLdb)

    async def ask(number: int) -> int:
        async with mysql.connect(**login) as connection, connection.cursor() as cursor:
            await cursor.execute("select sleep(0.1), %s", (number,))
            (row,) = [row async for row in cursor]
            return int(row[1])

    async def main() -> None:
        async with mysql.connect(**login) as connection, connection.cursor() as cursor:
            await cursor.execute("select seq from seq_1_to_1000")
            assert list(range(1, 1001)) == [number async for (number,) in cursor]
            with pytest.raises(mysql.ProgrammingError):
                await cursor.execute("select broken from")
        started = monotonic()
        assert list(range(20)) == await asyncio.gather(*map(ask, range(20)))
        assert monotonic() - started < 1.5

    run(main)


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_given_up(login: dict[str, Any], how: str) -> None:
    """
    A call that is cancelled, or whose deadline passes, ends at once, and with it its connection.
    """
    mysql = motorish.wrap(MySQLdb)

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = await connection.cursor()
        started = monotonic()
        with motorish.timeout(0.2 if how == "deadline" else None):
            call = cursor.execute("select sleep(20)")
        if how == "cancel":
            asyncio.get_running_loop().call_later(0.2, call.cancel)
        expected = asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded
        assert expected is await outcome(call)
        assert monotonic() - started < 5
        assert mysql.OperationalError is await outcome(connection.ping())
        await connection.close()

    run_asyncio(main)

"""
What mysql-connector-python does under motorish beyond the contract: it stays pure, speaks TLS, and streams.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import mysql.connector
import mysql.connector.pooling
import pytest

import motorish
from motorish.integrations.servers import MariaDB


@pytest.fixture
def connect(mariadb: MariaDB) -> Iterator[Any]:
    """
    Return what connects to a private MariaDB with a patched driver.
    """
    with motorish.patch("mysql"):
        yield partial(
            mysql.connector.connect,
            host=mariadb.host,
            port=mariadb.port,
            user=mariadb.user,
            password=mariadb.password,
        )


def ask(connection: Any, statement: str) -> Any:
    """
    Execute *statement* and return all rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_connections_are_pure_while_it_is_patched(mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whatever the C extension would be (a stand-in, here); afterwards it is the default again.
    """

    class InC:
        def __init__(self, **options: Any) -> None:
            pass

    monkeypatch.setattr(mysql.connector, "HAVE_CEXT", True)
    monkeypatch.setattr(mysql.connector.pooling, "CMySQLConnection", InC)
    options = {"host": mariadb.host, "port": mariadb.port, "user": mariadb.user, "password": mariadb.password}

    async def main() -> str:
        connection = await motorish.spawn(mysql.connector.connect, ssl_disabled=True, **options)
        await motorish.spawn(connection.close)
        return type(connection).__name__

    with motorish.patch("mysql"):
        assert "MySQLConnection" == asyncio.run(main())
        assert not mysql.connector.HAVE_CEXT
        with pytest.raises(ImportError):
            mysql.connector.connect(use_pure=False)
    assert mysql.connector.HAVE_CEXT
    assert isinstance(mysql.connector.connect(**options), InC)


def test_tls_is_on(connect: Any, mariadb: MariaDB) -> None:
    """
    And the server's certificate is verified where that is asked for.
    """
    assert mariadb.tls is not None

    async def main() -> Any:
        connection = await motorish.spawn(
            connect, ssl_ca=str(mariadb.tls[2]), ssl_verify_cert=True, ssl_verify_identity=True
        )
        row = (await motorish.spawn(ask, connection, "SHOW STATUS LIKE 'Ssl_cipher'"))[0]
        await motorish.spawn(connection.close)
        return row

    name, cipher = asyncio.run(main())
    assert "Ssl_cipher" == name
    assert cipher


def test_unbuffered_rows_come_as_they_are_read(connect: Any) -> None:
    """
    Two streams side by side, each on a connection of its own.
    """

    def stream() -> int:
        with connect(ssl_disabled=True) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT seq FROM mysql.seq_1_to_20000")
            return sum(number for (number,) in cursor)

    async def main() -> list[int]:
        return await asyncio.gather(motorish.spawn(stream), motorish.spawn(stream))

    assert [20_000 * 20_001 // 2] * 2 == asyncio.run(main())


def test_pooled_connections(connect: Any) -> None:
    """
    The driver's own pool hands each call a connection of its own.
    """

    def work(pool: Any, number: int) -> int:
        connection = pool.get_connection()
        try:
            return int(ask(connection, f"SELECT {number}, SLEEP(0.01)")[0][0])
        finally:
            connection.close()

    async def main() -> list[int]:
        pool = await motorish.spawn(
            mysql.connector.pooling.MySQLConnectionPool,
            pool_name="test",
            pool_size=5,
            ssl_disabled=True,
            **connect.keywords,
        )
        numbers = await asyncio.gather(*(motorish.spawn(work, pool, number) for number in range(5)))
        await motorish.spawn(pool._remove_connections)
        return numbers

    assert list(range(5)) == asyncio.run(main())


def test_a_wrapped_cursor_is_asked_for_in_turn(mariadb: MariaDB) -> None:
    """
    cursor() asks the server whether it is there, so it neither blocks the loop nor disturbs a call that runs.
    """

    options = {"host": mariadb.host, "port": mariadb.port, "user": mariadb.user, "password": mariadb.password}

    async def main() -> None:
        connection = await motorish.wrap(mysql.connector).connect(buffered=True, **options)
        first = await connection.cursor()
        running, asked = first.execute("SELECT SLEEP(0.1)"), connection.cursor()
        second = await asked
        assert running.done()
        await second.execute("SELECT 4")
        assert [(0,), (4,)] == [await first.fetchone(), await second.fetchone()]
        async with connection.cursor() as cursor:
            await cursor.execute("SELECT 5")
            assert [(5,)] == await cursor.fetchall()
        await connection.close()

    with motorish.patch("mysql", on_loop="error"):
        asyncio.run(main())


def test_a_cancelled_block_ends_cancelled(mariadb: MariaDB) -> None:
    """
    Though a cursor with rows that nobody has read cannot be closed.
    """

    async def main() -> Any:
        connection = await motorish.wrap(mysql.connector).connect(
            host=mariadb.host, port=mariadb.port, user=mariadb.user, password=mariadb.password
        )
        with pytest.raises(mysql.connector.InternalError, match="Unread"):
            async with connection.cursor() as cursor:
                await cursor.execute("select 1 union select 2")
        await connection.consume_results()

        async def cancelled() -> None:
            async with connection.cursor() as cursor:
                await cursor.execute("select 1 union select 2")
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await cancelled()
        await connection.shutdown()

    try:
        asyncio.run(main())
    finally:
        motorish.unpatch("mysql")

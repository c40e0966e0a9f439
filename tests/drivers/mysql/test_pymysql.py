"""
What PyMySQL does under motorish beyond the contract: streaming, and statements that end on the server.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic
from typing import Any

import pymysql
import pymysql.cursors
import pytest

import motorish
from motorish.integrations.servers import MariaDB
from tests.loops import outcome

PATIENCE_S = 4.0  # MariaDB itself looks every five seconds whether a sleeper is still wanted
ROWS = 20_000

Connect = Callable[..., Any]


@pytest.fixture
def connect(mariadb: MariaDB) -> Iterator[Connect]:
    """
    Return what connects to a private MariaDB with a patched PyMySQL.
    """
    with motorish.patch("pymysql"):
        yield partial(
            pymysql.connect,
            host=mariadb.host,
            port=mariadb.port,
            user=mariadb.user,
            password=mariadb.password,
            database=mariadb.database,
        )


def ask(connection: Any, statement: str, *args: Any) -> Any:
    """
    Execute *statement* and return all rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, args)
        return cursor.fetchall()


def processes(connection: Any, like: str) -> int:
    """
    How many statements like this the server is executing.
    """
    query = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE %s AND id != CONNECTION_ID()"
    return int(ask(connection, query, like)[0][0])


async def until_count(watcher: Any, like: str, count: int) -> None:
    """
    Wait until the server is executing so many statements.
    """
    end = monotonic() + PATIENCE_S
    while count != await motorish.spawn(processes, watcher, like):
        assert monotonic() < end, f"{like!r}: not {count}"


def test_tls_is_on(connect: Connect) -> None:
    """
    PyMySQL turns it on when the server offers it; with a context of one's own, the server is verified.
    """

    async def main() -> Any:
        connection = await motorish.spawn(connect)
        row = (await motorish.spawn(ask, connection, "SHOW STATUS LIKE 'Ssl_cipher'"))[0]
        await motorish.spawn(connection.close)
        with pytest.raises(pymysql.err.OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
            await motorish.spawn(connect, ssl=ssl.create_default_context())
        return row

    name, cipher = asyncio.run(main())
    assert "Ssl_cipher" == name
    assert cipher


def test_rows_are_streamed(connect: Connect) -> None:
    """
    SSCursor yields rows as they come, side by side with another stream; one may be left in the middle.
    """
    sequence = f"SELECT seq, REPEAT('x', 500) FROM seq_1_to_{ROWS}"

    def stream(connection: Any, stop: int) -> int:
        total = 0
        with connection.cursor(pymysql.cursors.SSCursor) as cursor:
            cursor.execute(sequence)
            for number, text in cursor:
                total += number
                assert 500 == len(text)
                if number == stop:
                    break
        return total

    def both(stop: int) -> int:
        with connect() as connection:
            total = stream(connection, stop)
            assert ((1,),) == ask(connection, "SELECT 1")  # the rest was read and is not in the way
        return total

    async def main() -> list[int]:
        return await asyncio.gather(motorish.spawn(both, ROWS), motorish.spawn(both, 100))

    assert [ROWS * (ROWS + 1) // 2, 5050] == asyncio.run(main())


@pytest.mark.parametrize("how", ["cancel", "deadline", "inner deadline"])
def test_a_statement_that_is_given_up_ends_on_the_server(connect: Connect, how: str) -> None:
    """
    KILL QUERY is sent over a connection of its own: nobody waits for a lock, nor holds one, any more.
    """
    blocked = "UPDATE given_up SET n = n + 1 WHERE id = 1"

    def work(connection: Any) -> Any:
        ask(connection, "INSERT INTO given_up VALUES (2, 0)")
        if how == "inner deadline":
            with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(1):
                ask(connection, blocked)
            return "went on"
        return ask(connection, blocked)

    async def main() -> Any:
        watcher = await motorish.spawn(connect)
        await motorish.spawn(ask, watcher, "CREATE OR REPLACE TABLE given_up (id INT PRIMARY KEY, n INT)")
        await motorish.spawn(ask, watcher, "INSERT INTO given_up VALUES (1, 0)")
        await motorish.spawn(watcher.commit)
        await motorish.spawn(ask, watcher, blocked)  # in a transaction that stays open
        connection = await motorish.spawn(connect)
        with motorish.timeout(1 if how == "deadline" else None):
            call = motorish.spawn(work, connection)
        await until_count(watcher, "UPDATE given_up%", 1)
        if how == "cancel":
            call.cancel()
        result = await outcome(call)
        await until_count(watcher, "UPDATE given_up%", 0)
        assert not connection.open
        await motorish.spawn(ask, watcher, "SET innodb_lock_wait_timeout = 10")
        await motorish.spawn(
            ask, watcher, "INSERT INTO given_up VALUES (2, 1)"
        )  # so the other was rolled back
        await motorish.spawn(ask, watcher, "DROP TABLE given_up")
        await motorish.spawn(watcher.close)
        return result

    expected = {
        "cancel": asyncio.CancelledError,
        "deadline": motorish.DeadlineExceeded,
        "inner deadline": "went on",
    }
    assert expected[how] == asyncio.run(main())


def test_a_stream_that_is_given_up_ends_on_the_server(connect: Connect) -> None:
    """
    Also when the server is at work on the next row of an unbuffered result.
    """

    def stream(connection: Any) -> None:
        with connection.cursor(pymysql.cursors.SSCursor) as cursor:
            # The first rows fill the server's buffer and so are sent; then it sleeps.
            cursor.execute(
                "SELECT REPEAT('x', 1000), IF(seq < 200, 0, SLEEP(60)) FROM seq_1_to_300 -- stream"
            )
            cursor.fetchall()

    async def main() -> Any:
        watcher = await motorish.spawn(connect)
        connection = await motorish.spawn(connect)
        call = motorish.spawn(stream, connection)
        await until_count(watcher, "%-- stream", 1)
        await asyncio.sleep(0.1)
        call.cancel()
        result = await outcome(call)
        await until_count(watcher, "%-- stream", 0)
        await motorish.spawn(watcher.close)
        return result

    assert asyncio.CancelledError is asyncio.run(main())


def test_nothing_is_killed_for_a_connection_that_is_being_made(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A call that is cancelled while it connects makes no second connection.
    """
    from motorish.drivers import pymysql as adapter_module

    kills: list[Any] = []
    monkeypatch.setattr(adapter_module, "_kill", lambda *args: kills.append(args))

    async def main() -> None:
        call = motorish.spawn(connect)
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        connection = await motorish.spawn(connect)
        call = motorish.spawn(ask, connection, "SELECT SLEEP(60)")
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        watcher = await motorish.spawn(connect)
        while not kills:
            await asyncio.sleep(0)
        await motorish.spawn(ask, watcher, f"KILL QUERY {kills[0][2]}")
        await motorish.spawn(watcher.close)

    asyncio.run(main())
    assert 1 == len(kills)

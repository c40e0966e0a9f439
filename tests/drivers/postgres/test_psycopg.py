"""
psycopg 3's synchronous connections in children: what its contract does not say.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

import motorish
from motorish.errors import BlockingCallError, UsageError
from motorish.integrations.servers import PostgreSQL
from tests.drivers.postgres.helpers import IN_TRANSACTION, SLEEPING, run, until

ROWS = 50_000


def number(connection: Any, statement: str) -> int:
    """
    The number that a statement gives.
    """
    return int(connection.execute(statement.replace("%%", "%")).fetchone()[0])


def test_everything_that_waits(pg3: Any, postgres: PostgreSQL) -> None:
    """
    COPY both ways, server-side cursors, pipelines and transactions, in a child and in a thread.
    """

    def work() -> None:
        with pg3.connect(postgres.dsn) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE t (n int, text text)")
            with cursor.copy("COPY t FROM stdin") as copy:
                for n in range(ROWS):
                    copy.write_row((n, "x" * 20))
            with cursor.copy("COPY t TO stdout") as copy:
                assert list(range(ROWS)) == [int(row[0]) for row in copy.rows()]
            with connection.cursor("named") as named:
                named.execute("SELECT n FROM t ORDER BY n")
                assert [(0,), (1,)] == named.fetchmany(2)
                assert ROWS - 2 == sum(1 for _ in named)
            with connection.pipeline():
                found = [connection.execute("SELECT %s::int", [n]) for n in range(100)]
            assert [(n,) for n in range(100)] == [cursor.fetchone() for cursor in found]
            with pytest.raises(pg3.errors.DivisionByZero), connection.transaction():
                connection.execute("SELECT 1 / 0")
            assert 1 == number(connection, "SELECT 1")

    async def main() -> None:
        await asyncio.gather(motorish.spawn(work), asyncio.to_thread(work))

    run(main)


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_given_up_query_ends_at_the_server(pg3: Any, postgres: PostgreSQL, how: str) -> None:
    """
    A query that is given up does not run on, and its transaction holds no locks.
    """

    def work(connection: Any) -> None:
        with connection.transaction():
            connection.execute("CREATE TABLE never_seen_3 (n int)")
            connection.execute("SELECT pg_sleep(60)")

    async def main() -> None:
        watcher = await motorish.spawn(pg3.connect, postgres.dsn, autocommit=True)
        connection = await motorish.spawn(pg3.connect, postgres.dsn)
        with motorish.timeout(0.3 if how == "deadline" else None):
            working = motorish.spawn(work, connection)
        await until(lambda: number(watcher, SLEEPING))
        if how == "cancel":
            working.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
            await working
        assert connection.closed
        await until(lambda: not number(watcher, SLEEPING) and not number(watcher, IN_TRANSACTION))
        await motorish.spawn(watcher.close)

    run(main)


def test_cancel_from_elsewhere(pg3: Any, postgres: PostgreSQL) -> None:
    """
    connection.cancel() ends a query that runs in another child; the connection goes on working.
    """

    async def main() -> None:
        watcher = await motorish.spawn(pg3.connect, postgres.dsn, autocommit=True)
        connection = await motorish.spawn(pg3.connect, postgres.dsn, autocommit=True)
        for cancel in (connection.cancel, connection.cancel_safe):
            working = motorish.spawn(connection.execute, "SELECT pg_sleep(60)")
            await until(lambda: number(watcher, SLEEPING))
            await motorish.spawn(cancel)
            with pytest.raises(pg3.errors.QueryCanceled):
                await working
            assert 1 == await motorish.spawn(number, connection, "SELECT 1")
        await motorish.spawn(connection.close)
        await motorish.spawn(watcher.close)

    run(main)


def close_here(connection: Any) -> None:
    """
    Close the connection on the loop's thread.
    """
    connection.close()


def close_in_a_thread(connection: Any) -> None:
    """
    Close it in another thread.
    """
    threading.Thread(target=connection.close).start()


@pytest.mark.parametrize("close", [close_here, close_in_a_thread])
@pytest.mark.parametrize("later_s", [0.0, 0.05])
def test_closed_while_it_waits(
    pg3: Any, postgres: PostgreSQL, later_s: float, close: Callable[[Any], None]
) -> None:
    """
    A connection that is closed under a query ends it, and its descriptor is free for the next one.
    """

    async def main() -> None:
        connection = await motorish.spawn(pg3.connect, postgres.dsn)
        working = motorish.spawn(connection.execute, "SELECT pg_sleep(1)")
        if later_s:
            await asyncio.sleep(later_s)
        close(connection)
        with pytest.raises(pg3.OperationalError):
            await working
        again = await motorish.spawn(pg3.connect, postgres.dsn)
        assert 1 == await motorish.spawn(number, again, "SELECT 1")
        await motorish.spawn(again.close)

    run(main)


def test_busy_on_the_loops_thread(pg3: Any, postgres: PostgreSQL) -> None:
    """
    On the loop's own thread, what would wait for a query of a child is an error at once; a child waits.
    """

    async def main() -> None:
        connection = await motorish.spawn(pg3.connect, postgres.dsn)
        working = motorish.spawn(connection.execute, "SELECT pg_sleep(0.3)")
        for call in (connection.commit, connection.rollback, lambda: connection.execute("SELECT 1")):
            with pytest.raises(BlockingCallError):
                call()
        await motorish.spawn(connection.rollback)
        assert working.done()
        await motorish.spawn(connection.close)

    run(main)


def test_connect_timeout_and_next_host(pg3: Any, postgres: PostgreSQL) -> None:
    """
    connect_timeout is kept, for each host.
    """
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        async def main() -> None:
            with pytest.raises(pg3.errors.ConnectionTimeout):
                await motorish.spawn(pg3.connect, f"host=127.0.0.1 port={port} connect_timeout=1")
            connection = await motorish.spawn(
                pg3.connect,
                postgres.dsn,
                host="127.0.0.1,127.0.0.1",
                port=f"{port},{postgres.port}",
                connect_timeout=1,
            )
            assert postgres.port == connection.info.port
            await motorish.spawn(connection.close)

        run(main)


def test_names_are_looked_up_by_the_loop(
    pg3: Any, postgres: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A host name is looked up without blocking.
    """

    async def main() -> None:
        async def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
            await asyncio.sleep(0.01)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
        connection = await motorish.spawn(pg3.connect, postgres.dsn, host="db.example")
        assert "db.example" == connection.info.host
        await motorish.spawn(connection.close)

    run(main)


def test_asynchronous_connections_go_on(pg3: Any, postgres: PostgreSQL) -> None:
    """
    psycopg's own AsyncConnection works in the patched process, beside children.
    """

    def work() -> int:
        with pg3.connect(postgres.dsn) as connection:
            return number(connection, "SELECT 2")

    async def main() -> None:
        async with await pg3.AsyncConnection.connect(postgres.dsn) as connection:
            first = connection.execute("SELECT 1, pg_sleep(0.1)")
            second = motorish.spawn(work)
            assert 1 == (await (await first).fetchone())[0]
            assert 2 == await second

    run(main)


def test_connection_made_before_is_refused(postgres: PostgreSQL) -> None:
    """
    One whose lock would stop the loop is refused in a child.
    """
    connection = psycopg.connect(postgres.dsn)

    async def main() -> None:
        with motorish.patch("psycopg"), pytest.raises(UsageError, match="made before"):
            await motorish.spawn(connection.execute, "SELECT 1")

    run(main)
    connection.close()


def test_unpatch_leaves_nothing() -> None:
    """
    After unpatch psycopg's functions and methods are its own.
    """
    before = {**vars(psycopg.waiting), **vars(psycopg.Connection)}
    with motorish.patch("psycopg"):
        assert before["wait"] is not psycopg.waiting.wait

    assert {**vars(psycopg.waiting), **vars(psycopg.Connection)}.keys() == before.keys()
    assert before["wait_conn"] is psycopg.waiting.wait_conn
    assert before["close"] is psycopg.Connection.close

"""
Connecting with psycopg2, giving up, and what patching changes for the rest of the process.
"""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import get_wait_callback, make_dsn, set_wait_callback
from psycopg2.extras import wait_select

import motorish
from motorish.errors import BlockingCallError, BlockingCallWarning
from motorish.integrations.servers import PostgreSQL
from tests.drivers.postgres.helpers import IN_TRANSACTION, SLEEPING, count, run, until


@pytest.fixture
def silent_port() -> Iterator[int]:
    """
    Return a port where connections are accepted, and nothing is ever said.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def whose_port(connection: Any) -> int:
    """
    The port of the server that the connection has ended up with; closes it.
    """
    port = int(connection.info.port)
    connection.close()
    return port


def test_connect_timeout_in_a_child(pg2: Any, silent_port: int) -> None:
    """
    connect_timeout ends an attempt, which libpq leaves to the application in this mode.
    """

    async def main() -> float:
        started = monotonic()
        with pytest.raises(pg2.OperationalError, match="timeout expired"):
            await motorish.spawn(pg2.connect, host="127.0.0.1", port=silent_port, connect_timeout=1)
        return monotonic() - started

    assert 0.9 < run(main) < 3


def test_connect_timeout_in_a_thread(pg2: Any, silent_port: int) -> None:
    """
    It does so in plain threads too.
    """
    with pytest.raises(pg2.OperationalError, match="timeout expired"):
        pg2.connect(f"host=127.0.0.1 port={silent_port} connect_timeout=1")


def test_next_host_after_a_timeout(pg2: Any, postgres: PostgreSQL, silent_port: int) -> None:
    """
    With several hosts the next one is tried, each with its own time.
    """
    dsn = make_dsn(
        postgres.dsn, host="127.0.0.1,127.0.0.1", port=f"{silent_port},{postgres.port}", connect_timeout=1
    )

    async def main() -> int:
        return whose_port(await motorish.spawn(pg2.connect, dsn))

    assert postgres.port == run(main)


def test_next_host_after_a_refusal(pg2: Any, postgres: PostgreSQL) -> None:
    """
    libpq itself goes on to the next host when one refuses.
    """
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    dsn = make_dsn(postgres.dsn, host="127.0.0.1,127.0.0.1", port=f"{port},{postgres.port}")

    async def main() -> int:
        return whose_port(await motorish.spawn(pg2.connect, dsn))

    assert postgres.port == run(main)


def test_names_are_looked_up_by_the_loop(
    pg2: Any, postgres: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A host name is looked up without blocking, its addresses tried in turn, and TLS still knows the name.
    """
    asked = []

    async def main() -> str:
        loop = asyncio.get_running_loop()

        async def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
            asked.append(host)
            await asyncio.sleep(0.01)
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in ("127.0.0.9", "127.0.0.1")
            ]

        monkeypatch.setattr(loop, "getaddrinfo", look_up)
        connection = await motorish.spawn(pg2.connect, make_dsn(postgres.dsn, host="db.example"))
        host = str(connection.info.host)
        await motorish.spawn(connection.close)
        return host

    assert "db.example" == run(main)
    assert ["db.example"] == asked


def test_unknown_name(pg2: Any, postgres: PostgreSQL) -> None:
    """
    A name that nobody knows is psycopg2's own error, in libpq's words.
    """

    async def main() -> None:
        with pytest.raises(pg2.OperationalError, match='could not translate host name "nowhere'):
            await motorish.spawn(pg2.connect, make_dsn(postgres.dsn, host="nowhere.invalid"))

    run(main)


@pytest.mark.parametrize("how", ["cancel", "deadline", "loop closed"])
def test_given_up_query_ends_at_the_server(pg2: Any, postgres: PostgreSQL, watcher: Any, how: str) -> None:
    """
    A query that is given up does not run on, and its transaction holds no locks.
    """

    def work(connection: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE never_seen (n int)")
            cursor.execute("SELECT pg_sleep(60)")

    async def main() -> None:
        connection = await motorish.spawn(pg2.connect, postgres.dsn)
        with motorish.timeout(0.3 if how == "deadline" else None):
            working = motorish.spawn(work, connection)
        await until(lambda: count(watcher, SLEEPING))
        if how == "loop closed":
            return
        if how == "cancel":
            working.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
            await working
        assert connection.closed
        await until(lambda: not count(watcher, SLEEPING) and not count(watcher, IN_TRANSACTION))

    run(main)
    run(lambda: until(lambda: not count(watcher, SLEEPING)))


def test_cancel_from_elsewhere(pg2: Any, postgres: PostgreSQL, watcher: Any) -> None:
    """
    connection.cancel() ends a query that runs in another child; the connection goes on working.
    """

    async def main() -> None:
        connection = await motorish.spawn(pg2.connect, postgres.dsn)
        cursor = connection.cursor()
        for start in (motorish.spawn, asyncio.to_thread):
            working = motorish.spawn(cursor.execute, "SELECT pg_sleep(60)")
            await until(lambda: count(watcher, SLEEPING))
            await start(connection.cancel)
            with pytest.raises(pg2.errors.QueryCanceled):
                await working
            await motorish.spawn(connection.rollback)
        await motorish.spawn(connection.close)
        with pytest.raises(pg2.InterfaceError):
            connection.cancel()

    run(main)


def test_threads_and_children_at_once(pg2: Any, postgres: PostgreSQL) -> None:
    """
    Synchronous use in plain threads goes on beside children, in the same process, on the same module.
    """

    def ask(number: int) -> int:
        connection = pg2.connect(postgres.dsn)
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s, pg_sleep(0.05)", (number,))
            found = int(cursor.fetchone()[0])
        connection.close()
        return found

    async def main() -> list[int]:
        children = [motorish.spawn(ask, number) for number in range(20)]
        threads = [asyncio.to_thread(ask, number) for number in range(20, 25)]
        return await asyncio.gather(*children, *threads)

    assert list(range(25)) == run(main)


def test_a_connection_moves_between_them(pg2: Any, postgres: PostgreSQL) -> None:
    """
    A connection made in a child is used in a thread, and again in a child of another loop.
    """

    def ask(connection: Any) -> int:
        return count(connection, "SELECT 7")

    async def make() -> Any:
        return await motorish.spawn(pg2.connect, postgres.dsn)

    connection = run(make)
    assert 7 == ask(connection)

    async def again() -> int:
        return await motorish.spawn(ask, connection)

    assert 7 == run(again)
    connection.close()


def test_on_the_loops_thread(postgres: PostgreSQL) -> None:
    """
    Outside a child a query warns and blocks; with on_loop="error" it is an error.
    """

    async def main() -> None:
        with motorish.patch("psycopg2"):
            with pytest.warns(BlockingCallWarning):
                connection = psycopg2.connect(postgres.dsn)
            with pytest.warns(BlockingCallWarning):
                assert 1 == count(connection, "SELECT 1")
            motorish.patch("psycopg2", on_loop="error")
            with pytest.raises(BlockingCallError):
                count(connection, "SELECT 1")
            connection.close()

    run(main)


def test_unpatch_gives_the_callback_back() -> None:
    """
    The application's own wait callback waits outside children while psycopg2 is patched, and is back after.
    """
    set_wait_callback(wait_select)
    try:
        stock = psycopg2._connect
        with motorish.patch("psycopg2"):
            ours = get_wait_callback()
            assert wait_select is not ours
            motorish.patch("psycopg2")
            assert ours is get_wait_callback()
        assert wait_select is get_wait_callback()
        assert stock is psycopg2._connect
    finally:
        set_wait_callback(None)
    with motorish.patch("psycopg2"):
        pass
    assert get_wait_callback() is None


def test_stock_again_after_unpatch(postgres: PostgreSQL) -> None:
    """
    Connections made after unpatch are psycopg2's own, COPY and all.
    """
    with motorish.patch("psycopg2"):
        pass
    connection = psycopg2.connect(postgres.dsn)
    out = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY (SELECT 1) TO stdout", out)
    connection.close()

    assert psycopg2.extensions.connection is type(connection)
    assert b"1\n" == out.getvalue()


def test_connections_that_the_application_polls_stay_stock(pg2: Any, postgres: PostgreSQL) -> None:
    """
    async_=True is none of our business.
    """
    connection = pg2.connect(postgres.dsn, async_=True)
    wait_select(connection)

    assert psycopg2.extensions.connection is type(connection)
    connection.close()


def test_no_threads(pg2: Any, postgres: PostgreSQL) -> None:
    """
    Queries, COPY and cancels need no threads.
    """

    def work() -> None:
        connection = pg2.connect(postgres.dsn)
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY (SELECT 1) TO stdout", io.BytesIO())
            cursor.execute("SELECT pg_sleep(60)")

    async def main() -> int:
        working = motorish.spawn(work)
        await asyncio.sleep(0.1)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        await asyncio.sleep(0.1)
        return threading.active_count()

    before = threading.active_count()
    assert before == run(main)


def test_lost_and_dropped_connections_free_their_descriptors(
    pg2: Any, postgres: PostgreSQL, watcher: Any
) -> None:
    """
    After connections were lost, dropped, or closed by a thread, new ones with the same descriptors work.
    """

    def lose(connection: Any) -> None:
        count(watcher, f"SELECT count(pg_terminate_backend({connection.info.backend_pid}))")
        with pytest.raises(pg2.Error):
            while True:
                count(connection, "SELECT 1")

    async def lose_in_a_child(connection: Any) -> None:
        await motorish.spawn(lose, connection)

    async def lose_in_a_thread(connection: Any) -> None:
        await asyncio.to_thread(lose, connection)

    async def drop(connection: Any) -> None: ...

    async def drop_in_a_thread(connection: Any) -> None:
        held = [connection]
        del connection
        await asyncio.to_thread(held.clear)

    async def close(connection: Any) -> None:
        connection.close()

    async def close_in_a_thread(connection: Any) -> None:
        await asyncio.to_thread(connection.close)

    async def main() -> None:
        for end in (lose_in_a_child, lose_in_a_thread, drop, drop_in_a_thread, close, close_in_a_thread):
            connections = await asyncio.gather(*(motorish.spawn(pg2.connect, postgres.dsn) for _ in range(8)))
            descriptors = {connection.fileno() for connection in connections}
            await asyncio.gather(*(motorish.spawn(count, each, "SELECT 1") for each in connections))
            while connections:
                await end(connections.pop())
            again = await asyncio.gather(*(motorish.spawn(pg2.connect, postgres.dsn) for _ in range(8)))
            assert descriptors & {connection.fileno() for connection in again}
            assert [1] * 8 == await asyncio.gather(
                *(motorish.spawn(count, connection, "SELECT 1") for connection in again)
            )
            for connection in again:
                connection.close()

    run(main)


def test_closed_by_a_thread_that_the_loop_waits_for(pg2: Any, postgres: PostgreSQL) -> None:
    """
    A thread can close a connection although the loop stands still, and its descriptor is free after.
    """

    async def main() -> None:
        connection = await motorish.spawn(pg2.connect, postgres.dsn)
        assert 1 == await motorish.spawn(count, connection, "SELECT 1")
        descriptor = connection.fileno()
        closing = threading.Thread(target=connection.close)
        closing.start()
        closing.join()
        again = await motorish.spawn(pg2.connect, postgres.dsn)
        assert descriptor == again.fileno()
        await asyncio.sleep(0)
        assert 1 == await motorish.spawn(count, again, "SELECT 1")
        again.close()

    run(main)

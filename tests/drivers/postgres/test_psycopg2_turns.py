"""
Whoever wants a psycopg2 connection that is at work waits for its turn, or gets an error: no loop stops.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest

import motorish
from motorish.errors import BusyError, UsageError
from motorish.integrations.servers import PostgreSQL
from tests.drivers.postgres.helpers import run

SLEEP = "SELECT pg_sleep(0.2)"


def set_autocommit(connection: Any) -> None:
    """
    Set the attribute.
    """
    connection.autocommit = True


def set_isolation_level(connection: Any) -> None:
    """
    Set the attribute.
    """
    connection.isolation_level = "SERIALIZABLE"


CALLS: dict[str, Callable[[Any], object]] = {
    "close": lambda connection: connection.close(),
    "commit": lambda connection: connection.commit(),
    "rollback": lambda connection: connection.rollback(),
    "reset": lambda connection: connection.reset(),
    "set_client_encoding": lambda connection: connection.set_client_encoding("LATIN1"),
    "set_session": lambda connection: connection.set_session(readonly=True),
    "set_isolation_level": lambda connection: connection.set_isolation_level(1),
    "autocommit": set_autocommit,
    "isolation_level": set_isolation_level,
    "execute": lambda connection: connection.cursor().execute("SELECT 1"),
    "executemany": lambda connection: connection.cursor().executemany("SELECT %s", [(1,)]),
    "callproc": lambda connection: connection.cursor().callproc("now"),
    "named cursor": lambda connection: connection.cursor("name").execute("SELECT 1"),
    "copy": lambda connection: connection.cursor().copy_expert("COPY (SELECT 1) TO stdout", io.BytesIO()),
    "lobject": lambda connection: connection.lobject(),
    "tpc_begin": lambda connection: connection.tpc_begin("x"),
    "tpc_recover": lambda connection: connection.tpc_recover(),
    "poll": lambda connection: connection.poll(),
    "with": lambda connection: connection.__exit__(None, None, None),
}
CANNOT_BE_DONE_THEN = ("set_session", "set_isolation_level", "autocommit", "isolation_level", "tpc_begin")
"""Inside a transaction, that is: psycopg2 says so."""


async def at_work(pg2: Any, dsn: str) -> tuple[Any, asyncio.Future[Any]]:
    """
    A connection, and a query that it executes.
    """
    connection = await motorish.spawn(pg2.connect, dsn)
    return connection, motorish.spawn(connection.cursor().execute, SLEEP)


@pytest.mark.parametrize("name", CALLS)
def test_refused_on_the_loops_thread(pg2: Any, postgres: PostgreSQL, name: str) -> None:
    """
    On the loop's own thread, what would wait for the query is an error at once, and the query goes on.
    """

    async def main() -> None:
        connection, query = await at_work(pg2, postgres.dsn)
        with pytest.raises(BusyError, match="executing another call"):
            CALLS[name](connection)
        await query
        await motorish.spawn(connection.close)

    run(main)


@pytest.mark.parametrize("name", CALLS)
def test_queued_in_a_child(pg2: Any, postgres: PostgreSQL, name: str) -> None:
    """
    In a child it waits until the query is done.
    """

    async def main() -> None:
        connection, query = await at_work(pg2, postgres.dsn)
        second = motorish.spawn(CALLS[name], connection)
        try:
            await second
        except pg2.ProgrammingError:
            assert name in CANNOT_BE_DONE_THEN
        assert query.done()
        await motorish.spawn(connection.close)

    run(main)


def test_queued_in_a_scope(pg2: Any, postgres: PostgreSQL) -> None:
    """
    Calls that share an identity wait for each other all the same.
    """

    async def main() -> None:
        with motorish.scope():
            connection, query = await at_work(pg2, postgres.dsn)
            await motorish.spawn(connection.rollback)
        assert query.done()
        await motorish.spawn(connection.close)

    run(main)


def test_queued_in_a_thread(pg2: Any, postgres: PostgreSQL) -> None:
    """
    A plain thread waits as it does without motorish.
    """

    async def main() -> None:
        connection, query = await at_work(pg2, postgres.dsn)
        await asyncio.to_thread(connection.rollback)
        assert query.done()
        await motorish.spawn(connection.close)

    run(main)


def test_many_queue_up(pg2: Any, postgres: PostgreSQL) -> None:
    """
    A hundred children that share a connection all get their own rows.
    """

    def ask(connection: Any, number: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", (number,))
            return int(cursor.fetchone()[0])

    async def main() -> list[int]:
        connection = await motorish.spawn(pg2.connect, postgres.dsn)
        answers = await asyncio.gather(*(motorish.spawn(ask, connection, number) for number in range(100)))
        await motorish.spawn(connection.close)
        return answers

    assert list(range(100)) == run(main)


def test_connection_made_before_is_refused(postgres: PostgreSQL) -> None:
    """
    One that nobody guards is refused in a child.
    """
    import psycopg2

    connection = psycopg2.connect(postgres.dsn)

    async def main() -> None:
        with motorish.patch("psycopg2"), pytest.raises(UsageError, match="made before"):
            await motorish.spawn(connection.cursor().execute, SLEEP)

    run(main)


def test_classes_are_what_was_asked_for(pg2: Any, postgres: PostgreSQL) -> None:
    """
    Connections and cursors are of the application's classes, and behave as those.
    """
    from psycopg2.extras import DictConnection, DictCursor, RealDictCursor

    class Mine(pg2.extensions.connection):  # type: ignore[misc]
        def cursor(self, *args: Any, **kwargs: Any) -> Any:
            self.asked = True
            return super().cursor(*args, **kwargs)

    def main() -> None:
        mine = pg2.connect(postgres.dsn, connection_factory=Mine, cursor_factory=RealDictCursor)
        assert isinstance(mine, Mine)
        assert RealDictCursor is mine.cursor_factory
        with mine, mine.cursor() as cursor:
            cursor.execute("SELECT 1 AS one")
            assert {"one": 1} == dict(cursor.fetchone())
            assert isinstance(cursor, RealDictCursor)
        assert mine.asked
        with mine, mine.cursor("named", cursor_factory=DictCursor) as named:
            named.itersize = 2
            named.execute("SELECT generate_series(1, 5) AS n")
            assert [1, 2, 3, 4, 5] == [row["n"] for row in named]
        mine.close()
        dicts = pg2.connect(postgres.dsn, connection_factory=DictConnection)
        assert None is dicts.cursor_factory
        assert isinstance(dicts.cursor(), DictCursor)
        dicts.close()

    async def green() -> None:
        await motorish.spawn(main)

    run(green)
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()

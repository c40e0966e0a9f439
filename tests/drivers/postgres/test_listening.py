"""
Notifications and messages of the server reach listeners as they come, with either driver.
"""

from __future__ import annotations

import asyncio
import gc
import io
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest

import motorish
from motorish.errors import UsageError
from motorish.integrations.servers import PostgreSQL
from tests.drivers.postgres.helpers import run

SAY = "DO $$ BEGIN RAISE NOTICE 'one'; PERFORM pg_sleep(0.5); RAISE WARNING 'two'; END $$"


@pytest.fixture(params=["psycopg2", "psycopg"])
def connect(request: pytest.FixtureRequest, postgres: PostgreSQL) -> Iterator[Callable[[], Any]]:
    """
    Return what starts to connect with one of the drivers, patched.
    """
    driver = __import__(request.param)
    with motorish.patch(request.param, on_loop="error"):
        yield lambda: motorish.spawn(driver.connect, postgres.dsn)


def execute(connection: Any, statement: str) -> None:
    """
    Execute a statement in a transaction of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.commit()


async def expect(count: int, got: list[Any]) -> None:
    """
    Let the loop turn until so much has arrived.
    """
    async with asyncio.timeout(10):
        while len(got) < count:
            await asyncio.sleep(0.001)


def test_add_listener(connect: Callable[[], Any]) -> None:
    """
    Notifications are given to the channel's listeners while the connection is idle, and while it works.
    """

    async def main() -> None:
        listening, talking = await connect(), await connect()
        news: list[Any] = []
        other: list[Any] = []

        def hear(*arguments: Any) -> None:
            news.append(arguments)

        await motorish.spawn(listening.add_listener, "the news", hear)
        await motorish.spawn(listening.add_listener, "other", lambda *arguments: other.append(arguments))
        await motorish.spawn(execute, talking, """NOTIFY "the news", 'first'""")
        await expect(1, news)
        connection, pid, channel, payload = news.pop()
        assert (listening, "the news", "first") == (connection, channel, payload)
        assert pid == talking.info.backend_pid
        working = motorish.spawn(execute, listening, "SELECT pg_sleep(0.2)")
        await motorish.spawn(execute, talking, """NOTIFY "the news", 'second'""")
        await working
        await expect(1, news)
        await motorish.spawn(listening.remove_listener, "the news", hear)
        await motorish.spawn(execute, talking, """NOTIFY "the news", 'third'""")
        await motorish.spawn(execute, talking, "NOTIFY other")
        await expect(1, other)
        assert 1 == len(news)
        await motorish.spawn(talking.close)
        await motorish.spawn(listening.close)

    run(main)


def test_add_listener_after_a_rollback(connect: Callable[[], Any]) -> None:
    """
    A LISTEN that was rolled back with its transaction is made up for by the channel's next listener.
    """

    async def main() -> None:
        listening, talking = await connect(), await connect()
        heard: list[Any] = []

        def begin(hear: Any) -> None:
            listening.cursor().execute("SELECT 1")
            listening.add_listener("news", hear)

        await motorish.spawn(begin, lambda *arguments: heard.append(("first", arguments[3])))
        await motorish.spawn(listening.rollback)
        await motorish.spawn(execute, talking, "NOTIFY news, 'a'")
        await motorish.spawn(
            listening.add_listener, "news", lambda *arguments: heard.append(("second", arguments[3]))
        )
        await motorish.spawn(execute, talking, "NOTIFY news, 'b'")
        await expect(2, heard)
        assert [("first", "b"), ("second", "b")] == heard
        await motorish.spawn(talking.close)
        await motorish.spawn(listening.close)

    run(main)


def test_listeners_that_come_and_go_at_once(connect: Callable[[], Any]) -> None:
    """
    One that is added while the channel's only other one is removed hears; one whose LISTEN fails does not.
    """

    async def main() -> None:
        listening, talking = await connect(), await connect()
        heard: list[str] = []

        def hear(_: Any, pid: int, channel: str, payload: str) -> None:
            heard.append(payload)

        await motorish.spawn(listening.add_listener, "news", print)
        await asyncio.gather(
            motorish.spawn(listening.add_listener, "news", hear),
            motorish.spawn(listening.remove_listener, "news", print),
        )
        with pytest.raises(Exception, match="syntax"):
            await motorish.spawn(execute, listening, "nonsense")
        with pytest.raises(Exception, match="aborted"):
            await motorish.spawn(listening.add_listener, "news", hear)
        await motorish.spawn(listening.rollback)
        await motorish.spawn(execute, talking, "NOTIFY news, 'a'")
        await motorish.spawn(execute, talking, "NOTIFY news, 'b'")
        await expect(2, heard)
        assert ["a", "b"] == heard
        await motorish.spawn(talking.close)
        await motorish.spawn(listening.close)

    run(main)


def test_add_log_listener(connect: Callable[[], Any]) -> None:
    """
    Messages come as they are raised, while the statement that raises them goes on.
    """

    async def main() -> None:
        connection = await connect()
        heard: list[Any] = []

        def hear(_: Any, message: Any) -> None:
            heard.append(message)

        await motorish.spawn(connection.add_log_listener, hear)
        saying = motorish.spawn(execute, connection, SAY)
        await expect(1, heard)
        assert not saying.done()
        await saying
        await expect(2, heard)
        assert [("NOTICE", "one", "00000"), ("WARNING", "two", "01000")] == [
            (each.severity, each.message, each.sqlstate) for each in heard
        ]
        assert "WARNING:  two" == str(heard[1])
        connection.remove_log_listener(hear)
        await motorish.spawn(execute, connection, "DO $$ BEGIN RAISE NOTICE 'three'; END $$")
        assert 2 == len(heard)
        if hasattr(connection, "notices"):
            assert ["NOTICE:  one\n", "WARNING:  two\n", "NOTICE:  three\n"] == connection.notices
        await motorish.spawn(connection.close)

    run(main)


def test_notifications(connect: Callable[[], Any]) -> None:
    """
    async for gives them one by one, until the connection is closed; other calls run between.
    """

    async def main() -> None:
        listening, talking = await connect(), await connect()
        await motorish.spawn(execute, listening, "LISTEN news")
        notes = listening.notifications()
        got = []

        async def read() -> None:
            async for note in notes:
                got.append((note.channel, note.payload))

        reading = asyncio.ensure_future(read())
        await motorish.spawn(execute, talking, "NOTIFY news, 'a'")
        await expect(1, got)
        await motorish.spawn(execute, listening, "SELECT 1")
        await motorish.spawn(execute, talking, "NOTIFY news, 'b'")
        await expect(2, got)
        await motorish.spawn(listening.close)
        await reading
        assert [("news", "a"), ("news", "b")] == got
        await motorish.spawn(talking.close)

    run(main)


def test_notifications_of_a_lost_connection(connect: Callable[[], Any]) -> None:
    """
    When the server has gone, they end with the driver's error.
    """

    async def main() -> None:
        listening, talking = await connect(), await connect()
        notes = listening.notifications()
        reading = asyncio.ensure_future(anext(notes))
        await asyncio.sleep(0)
        await motorish.spawn(execute, talking, f"SELECT pg_terminate_backend({listening.info.backend_pid})")
        with pytest.raises(Exception, match=r"closed unexpectedly|terminat"):
            await reading
        await motorish.spawn(listening.close)
        await motorish.spawn(talking.close)

    run(main)


@pytest.mark.parametrize("first", ["note", "cancel"])
def test_a_cancelled_wait_loses_no_notification(connect: Callable[[], Any], first: str) -> None:
    """
    One that comes in the same turn of the loop as the cancel is the next one, and so is the end by an error.
    """

    async def main() -> None:
        connection = await connect()
        notes = connection.notifications()

        async def cancelled_as(come: Callable[[], object]) -> None:
            waiting = asyncio.ensure_future(anext(notes))
            await asyncio.sleep(0)
            both = [come, waiting.cancel]
            for each in both if first == "note" else reversed(both):
                each()
            with pytest.raises(asyncio.CancelledError):
                await waiting

        def come() -> None:
            for payload in ("a", "b"):
                connection._notified(1, "news", payload)

        await cancelled_as(come)
        assert ["a", "b"] == [(await anext(notes)).payload for _ in range(2)]
        await cancelled_as(lambda: connection._end_streams(OSError("lost")))
        with pytest.raises(OSError, match="lost"):
            await anext(notes)
        assert [] == [note async for note in notes]
        await motorish.spawn(connection.close)

    run(main)


def test_dropped_notifications_are_not_kept(connect: Callable[[], Any]) -> None:
    """
    An iterator that nobody holds any more collects nothing.
    """

    async def main() -> None:
        connection = await connect()
        notes = connection.notifications()
        await motorish.spawn(execute, connection, "LISTEN a; NOTIFY a")
        assert "a" == (await anext(notes)).channel
        del notes
        gc.collect()
        assert not connection._streams
        await motorish.spawn(connection.close)

    run(main)


def test_misuse(connect: Callable[[], Any]) -> None:
    """
    A coroutine function is no listener, and without a loop there is nobody to call one.
    """

    async def listener(*arguments: Any) -> None: ...

    async def main() -> Any:
        connection = await connect()
        with pytest.raises(TypeError, match="plain function"):
            await motorish.spawn(connection.add_listener, "a", listener)
        return connection

    connection = run(main)
    with pytest.raises(UsageError, match="no event loop"):
        connection.add_listener("a", print)
    connection.close()


def test_through_wrap(postgres: PostgreSQL) -> None:
    """
    The wrapped API has all of it: listeners, notifications, server-side cursors, COPY.
    """

    async def main() -> None:
        pg = motorish.wrap(psycopg2)
        connection = await pg.connect(postgres.dsn)
        got: list[Any] = []
        await connection.add_listener("news", lambda *arguments: got.append(arguments))
        await connection.add_log_listener(lambda _, message: got.append(message))
        async with connection.cursor("rows") as cursor:
            await cursor.execute("SELECT generate_series(1, 250)")
            assert 31375 == sum([row[0] async for row in cursor])
        out = io.StringIO()
        async with connection.cursor() as cursor:
            await cursor.copy_expert("COPY (SELECT 1) TO stdout", out)
            await cursor.execute("DO $$ BEGIN RAISE NOTICE 'hello'; END $$")
            notes = connection.notifications()
            await cursor.execute("NOTIFY news, 'x'")
        await connection.commit()
        async for note in notes:
            assert "x" == note.payload
            break
        await expect(2, got)
        assert "1\n" == out.getvalue()
        assert ["hello", "x"] == [got[0].message, got[1][3]]
        await connection.close()

    try:
        run(main)
    finally:
        motorish.unpatch("psycopg2")

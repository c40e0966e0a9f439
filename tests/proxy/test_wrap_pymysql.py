"""
motorish.wrap(pymysql) against a real MariaDB: what the first screen of the docs shows.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
from pymysql.constants import CLIENT

import motorish
from motorish.hub import SHALLOW_FRAMES, current_hub
from motorish.integrations.servers import MariaDB
from motorish.proxy import wrapping
from tests.loops import on_every_loop, outcome, run_asyncio, until


@pytest.fixture
def mysql() -> Iterator[Any]:
    """
    Return the wrapped driver.
    """
    yield motorish.wrap(pymysql)
    motorish.unpatch("pymysql")


@pytest.fixture
def login(mariadb: MariaDB) -> dict[str, Any]:
    """
    Return what connect() needs.
    """
    return {
        "host": mariadb.host,
        "port": mariadb.port,
        "user": mariadb.user,
        "password": mariadb.password,
        "database": mariadb.database,
    }


@on_every_loop
def test_everyday_use(mysql: Any, login: dict[str, Any], run: Any) -> None:
    """
    Connect, execute, iterate, dictionaries, errors, transactions, on every loop.
    """

    async def main() -> None:
        connection = await mysql.connect(**login, cursorclass=mysql.cursors.DictCursor)
        async with connection.cursor() as cursor:
            await cursor.execute("create temporary table users (id int primary key, name varchar(20))")
            rows = [{"id": number, "name": f"user {number}"} for number in range(300)]
            await cursor.executemany("insert into users values (%(id)s, %(name)s)", rows)
            await cursor.execute("select * from users order by id")
            assert rows == [row async for row in cursor]
            assert ("id", "name") == tuple(column[0] for column in cursor.description)
            with pytest.raises(mysql.err.IntegrityError):
                await cursor.execute("insert into users values (1, 'twice')")
            await cursor.execute("select version() as v")
            assert {"v": connection.get_server_info} != await cursor.fetchone()
        assert await connection.ping() is None
        assert isinstance(connection, mysql.connections.Connection)
        await connection.close()

    run(main)


def test_streaming(mysql: Any, login: dict[str, Any]) -> None:
    """
    A server-side cursor streams; connection and cursor leave with their blocks.
    """

    async def main() -> None:
        async with (
            mysql.connect(**login) as connection,
            connection.cursor(mysql.cursors.SSCursor) as cursor,
        ):
            await cursor.execute("select seq from seq_1_to_1000")
            assert list(range(1, 1001)) == [number async for (number,) in cursor]
        assert not connection.open

    run_asyncio(main)


def test_many_at_once(mysql: Any, login: dict[str, Any]) -> None:
    """
    Fifty connections wait for the server at once, and get the right answers; one connection's calls queue.
    """

    async def ask(number: int) -> int:
        async with mysql.connect(**login) as connection, connection.cursor() as cursor:
            calls = [connection.query(f"select {number}, sleep(0.02)"), connection.ping()]
            await cursor.execute("select %s, sleep(0.02)", (number,))
            row = await cursor.fetchone()
            await asyncio.gather(*calls)
            return int(row[0])

    async def main() -> None:
        assert list(range(50)) == await asyncio.gather(*map(ask, range(50)))

    run_asyncio(main)


def test_cancel(mysql: Any, login: dict[str, Any]) -> None:
    """
    A cancelled statement ends on the server too, and its connection is closed.
    """

    async def main() -> None:
        connection, other = await mysql.connect(**login), await mysql.connect(**login)
        cursor = await connection.cursor()
        call = cursor.execute("select sleep(30) as abandoned")
        await asyncio.sleep(0)
        call.cancel()
        assert asyncio.CancelledError is await outcome(call)
        async with other.cursor() as watching, asyncio.timeout(10):
            running = 1
            while running:
                await watching.execute(
                    "select count(*) from information_schema.processlist where info like %s",
                    ("select sleep(30) as ab%",),
                )
                (running,) = await watching.fetchone()
        with pytest.raises(mysql.err.Error):
            await connection.ping(reconnect=False)
        await other.close()

    run_asyncio(main)


def test_cancel_a_task_in_a_block(mysql: Any, login: dict[str, Any]) -> None:
    """
    A task that is cancelled in a block ends as cancelled; its connection was left as the driver leaves it.
    """
    connections: list[Any] = []

    async def work() -> None:
        async with mysql.connect(**login) as connection, connection.cursor() as cursor:
            connections.append(connection)
            await cursor.execute("select sleep(30)")

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await work()
        task = asyncio.ensure_future(work())
        await until(lambda: len(connections) == 2)
        task.cancel()
        assert asyncio.CancelledError is await outcome(task)
        assert [False, False] == [connection.open for connection in connections]

    run_asyncio(main)


def test_callbacks(mysql: Any, login: dict[str, Any]) -> None:
    """
    The callback style, from connect to the rows.
    """

    async def main() -> None:
        done = asyncio.get_running_loop().create_future()

        def on_connection(connection: Any, error: BaseException | None) -> None:
            assert error is None
            connection.cursor(callback=lambda cursor, error: on_cursor(connection, cursor))

        def on_cursor(connection: Any, cursor: Any) -> None:
            cursor.execute("select 1", callback=lambda count, error: on_executed(connection, cursor))

        def on_executed(connection: Any, cursor: Any) -> None:
            cursor.fetchall(callback=lambda rows, error: on_rows(connection, rows))

        def on_rows(connection: Any, rows: Any) -> None:
            connection.close(callback=lambda result, error: done.set_result(rows))

        mysql.connect(**login, callback=on_connection)
        assert ((1,),) == await done

    run_asyncio(main)


def test_what_has_its_rows_needs_no_child(
    mysql: Any, login: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Of a buffered cursor only the statement is a call in a child; of one that streams, all are.
    """
    called: list[str] = []

    def spawn(function: Any, run: tuple[Any, ...], **kwargs: Any) -> Any:
        called.append(run[0].__name__)
        return stock_spawn(function, run, **kwargs)

    stock_spawn = wrapping.spawn
    monkeypatch.setattr(wrapping, "spawn", spawn)

    async def main() -> None:
        connection = await mysql.connect(**login)
        called.clear()
        async with connection.cursor(mysql.cursors.DictCursor) as cursor:
            await cursor.execute("select seq from seq_1_to_5")
            assert {"seq": 1} == await cursor.fetchone()
            assert [{"seq": 2}] == await cursor.fetchmany(1)
            assert [{"seq": number} for number in (3, 4, 5)] == [row async for row in cursor]
        assert ["execute"] == called
        with pytest.raises(mysql.err.ProgrammingError, match="closed"):
            await cursor.execute("select 1")
        called.clear()
        async with connection.cursor(mysql.cursors.SSCursor) as cursor:
            await cursor.execute("select 1")
            assert (1,) == await cursor.fetchone()
        assert ["__enter__", "execute", "fetchone", "__exit__"] == called
        await connection.close()

    run_asyncio(main)


def test_what_needs_no_child_takes_its_turn(mysql: Any, login: dict[str, Any]) -> None:
    """
    Rows that are there wait for the calls that were made before; errors and callbacks are as those of calls.
    """

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = await connection.cursor()
        assert mysql.err.ProgrammingError is await outcome(cursor.fetchone())
        calls = [cursor.execute("select sleep(0.02)"), cursor.fetchone()]
        assert [False, False] == [call.done() for call in calls]
        assert [1, (0,)] == await asyncio.gather(*calls)
        await cursor.execute("select 1")
        seen: list[Any] = []
        assert cursor.fetchall(callback=lambda *outcome: seen.append(outcome)) is None
        assert [] == seen
        await until(lambda: seen)
        assert [(((1,),), None)] == seen
        assert await cursor.close() is None
        await connection.close()

    run_asyncio(main)


def test_results_that_are_still_to_come(mysql: Any, login: dict[str, Any]) -> None:
    """
    A cursor is left in a child if the server has more for it.
    """

    async def main() -> None:
        with motorish.patch("pymysql", on_loop="error"):
            connection = await mysql.connect(**login, client_flag=CLIENT.MULTI_STATEMENTS)
            async with connection.cursor() as cursor:
                await cursor.execute("select 1; select sleep(0.02)")
                assert (1,) == await cursor.fetchone()
            async with connection.cursor() as cursor:
                await cursor.execute("select 2")
                assert (2,) == await cursor.fetchone()
            await connection.close()

    run_asyncio(main)


def test_calls_keep_their_order_in_deep_recursion(mysql: Any, login: dict[str, Any]) -> None:
    """
    Where the loop is to start the statement, fetching does not come before it though there are rows.
    """
    order: list[Any] = []

    def ask(cursor: Any, frames: int, done: asyncio.Future[None]) -> None:
        if frames:
            ask(cursor, frames - 1, done)
            return
        current_hub().idle.clear()
        cursor.execute("select 2", callback=lambda count, error: order.append(count))

        def fetched(rows: Any, error: Any) -> None:
            order.append(rows)
            done.set_result(None)

        cursor.fetchall(callback=fetched)

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = connection.cursor()
        await cursor.execute("select 1")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ask(cursor, 2 * SHALLOW_FRAMES, done)
        await done
        await cursor.close()
        await connection.close()

    asyncio.run(main())
    assert [1, ((2,),)] == order

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
from motorish.green.time import sleep
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


class Own(pymysql.cursors.Cursor):
    """
    A cursor of which it is not known whether it waits, with what pyodbc's has besides.
    """

    def fetchval(self) -> Any:
        row = self.fetchone()
        return None if row is None else row[0]

    def skip(self, count: int) -> None:
        self.scroll(count)


@pytest.mark.parametrize("kind", [pymysql.cursors.Cursor, Own])
def test_methods_taken_before_iterating(mysql: Any, login: dict[str, Any], kind: Any) -> None:
    """
    What a method does about rows fetched ahead is decided when it is called; a look at it changes nothing.
    """

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = connection.cursor(kind)
        execute, close = cursor.execute, cursor.close
        fetchone, fetchmany, fetchall = cursor.fetchone, cursor.fetchmany, cursor.fetchall
        await execute("select seq from seq_1_to_500")
        assert (1,) == await anext(aiter(cursor))
        assert (1, True) == (cursor.rownumber, hasattr(cursor, "executemany"))
        assert (2,) == await fetchone()
        assert [(number,) for number in range(3, 203)] == list(await fetchmany(200))
        assert [(number,) for number in range(203, 501)] == list(await fetchall())
        for again in (execute, cursor.execute):
            await execute("select seq from seq_1_to_500")
            assert (1,) == await anext(aiter(cursor))
            await again("select 'new'")
            assert [("new",)] == list(await fetchall())
        await execute("select seq from seq_1_to_500")
        assert (1,) == await anext(aiter(cursor))
        await close()
        assert (2,) != await outcome(fetchone())
        await connection.close()

    run_asyncio(main)


def test_scroll_before_rows_fetched_ahead(mysql: Any, login: dict[str, Any]) -> None:
    """
    A cursor that cannot go back goes forward from where the application is.
    """

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = connection.cursor(mysql.cursors.SSCursor)
        await cursor.execute("select seq from seq_1_to_500")
        assert (1,) == await anext(aiter(cursor))
        await cursor.scroll(1)
        assert ((3,), 3) == (await cursor.fetchone(), cursor.rownumber)
        await cursor.scroll(200)
        assert ((204,), 204) == (await cursor.fetchone(), cursor.rownumber)
        await cursor.close()
        await connection.close()

    run_asyncio(main)


def test_fetchval_and_skip(mysql: Any, login: dict[str, Any]) -> None:
    """
    They, too, go on from where the application is.
    """

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = connection.cursor(Own)
        await cursor.execute("select seq from seq_1_to_200")
        assert (1,) == await anext(aiter(cursor))
        assert 2 == await cursor.fetchval()
        await cursor.skip(10)
        assert 13 == await cursor.fetchval()
        await cursor.skip(100)
        assert [114, (115,)] == [await cursor.fetchval(), await anext(aiter(cursor))]
        await cursor.skip(85)
        assert await cursor.fetchval() is None
        await connection.close()

    run_asyncio(main)


def test_rows_fetched_ahead_survive_a_failed_fetch(mysql: Any, login: dict[str, Any]) -> None:
    """
    Where the driver cannot give the rest, those that it gave before are not lost.
    """

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = connection.cursor(mysql.cursors.SSCursor)
        await cursor.execute(
            "select seq, if(seq = 150, (select seq from seq_1_to_2), repeat('x', 1000)) from seq_1_to_500"
        )
        assert 1 == (await anext(aiter(cursor)))[0]
        with pytest.raises(mysql.err.OperationalError, match="more than 1 row"):
            await cursor.fetchmany(400)
        assert list(range(2, 101)) == [row[0] for row in await cursor.fetchmany(99)]
        connection.delegate._force_close()

    run_asyncio(main)


def test_rows_survive_the_task_that_had_them_fetched(mysql: Any, login: dict[str, Any]) -> None:
    """
    A task that is cancelled when its rows are there already leaves them to whoever asks next.
    """
    tasks: list[asyncio.Task[Any]] = []

    class Cancelling(pymysql.cursors.SSCursor):
        def fetchmany(self, size: int | None = None) -> Any:
            sleep(0)
            rows = super().fetchmany(size)
            asyncio.get_running_loop().call_soon(tasks.pop().cancel)  # before the task hears of them
            return rows

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = connection.cursor(Cancelling)
        await cursor.execute("select seq from seq_1_to_500")
        task = asyncio.ensure_future(anext(aiter(cursor)))
        tasks.append(task)
        assert asyncio.CancelledError is await outcome(task)
        assert [(number,) for number in range(1, 501)] == await cursor.fetchall()
        await connection.close()

    run_asyncio(main)


def test_rows_that_come_after_execute_was_called(mysql: Any, login: dict[str, Any]) -> None:
    """
    What was asked for before a statement gets rows of the result before; who asks later gets none of those.
    """

    async def main() -> None:
        connection = await mysql.connect(**login)
        cursor = connection.cursor()
        await cursor.execute("select seq from seq_1_to_500")
        assert (1,) == await anext(aiter(cursor))
        calls = [connection.ping(), cursor.fetchone(), cursor.execute("select 'new'"), cursor.fetchall()]
        assert [None, (2,), 1, (("new",),)] == await asyncio.gather(*calls)

        await cursor.execute("select seq from seq_1_to_500")
        before = connection.query("do sleep(0.05)")
        iterating = asyncio.ensure_future(anext(aiter(cursor)))
        await asyncio.sleep(0)
        assert not before.done()
        await cursor.execute("select 'new' from seq_1_to_3")
        assert [("new",)] * 3 == [await iterating, *await cursor.fetchall()]
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

"""
ConnectionPool on a real MariaDB: jobs, failures, waiting, lifetimes, the end.
"""

import asyncio
import time
from typing import Any

import pymysql
import pytest

import motorish
from motorish.integrations.servers import MariaDB
from tests.pool.helpers import eventually, run

PROCESSES = "select count(*) from information_schema.processlist where info like %s and id <> connection_id()"


def insert(cursor: Any, number: int, error: Exception | None = None) -> int:
    """
    Insert a row as part of a transaction, and fail then if told so.
    """
    cursor.execute("insert into numbers values (%s)", (number,))
    if error is not None:
        raise error
    return number


async def fresh_table(pool: motorish.ConnectionPool) -> None:
    """
    Make the table ``numbers``, empty.
    """
    await pool.run_operation("create or replace table numbers (n int) engine=innodb")


def test_jobs_run_side_by_side_on_no_more_connections_than_allowed(make_pool) -> None:
    """
    Twenty queries of 50 ms on five connections take four times 50 ms, and each gets its own rows.
    """

    async def main() -> None:
        pool = make_pool(max_size=5)
        assert "not used yet" in repr(pool)
        await asyncio.gather(*(pool.run_query("select 1") for _ in range(5)))
        started = time.monotonic()
        rows = await asyncio.gather(*(pool.run_query("select sleep(0.05), %s", (n,)) for n in range(20)))
        assert [[(0, n)] for n in range(20)] == [list(found) for found in rows]
        assert 0.2 <= time.monotonic() - started
        stats = pool.stats()
        assert (5, 5, 0, 0) == (stats.size, stats.idle, stats.in_use, stats.waiting)
        await pool.close()

    run(main)


def test_an_interaction_is_committed_or_rolled_back_as_a_whole(make_pool) -> None:
    """
    What returns is committed; what raises leaves nothing, its connection works on.
    """

    async def main() -> None:
        pool = make_pool(max_size=1)
        await fresh_table(pool)
        assert 1 == await pool.run_interaction(insert, 1)
        with pytest.raises(KeyError):
            await pool.run_interaction(insert, 2, error=KeyError("no"))
        await pool.run_with_connection(
            lambda connection: connection.cursor().execute("insert into numbers values (3)")
        )
        assert [(1,), (3,)] == await pool.run_query("select n from numbers order by n")
        assert 1 == pool.stats().made
        await pool.close()

    run(main)


def test_adbapi_names_and_callbacks(make_pool) -> None:
    """
    Twisted's names are the same methods, and every job takes a callback.
    """

    async def main() -> None:
        pool = make_pool()
        outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        assert None is pool.runQuery("select 9", callback=lambda *got: outcome.set_result(got))
        assert ([(9,)], None) == await outcome
        assert 7 == await pool.runInteraction(lambda cursor: 7)
        assert None is await pool.runOperation("do 1")
        assert 8 == await pool.runWithConnection(lambda connection: 8)
        await pool.close()

    run(main)


def test_a_cancelled_job_ends_on_the_server_and_costs_its_connection(make_pool) -> None:
    """
    Cancelling ends the statement at the server within a second; the next job gets another connection.
    """

    async def main() -> None:
        pool = make_pool(max_size=2)

        async def is_running() -> bool:
            return [(1,)] == await pool.run_query(PROCESSES, ("select sleep(30)%",))

        async def is_over() -> bool:
            return not await is_running()

        job = pool.run_query("select sleep(30)")
        await eventually(is_running)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        await eventually(is_over)
        assert 1 == pool.stats().discarded
        with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.1):
            await pool.run_query("select sleep(30)")
        await eventually(is_over)
        await pool.close()

    run(main)


def test_who_waits_is_served_in_order_or_told_why_not(make_pool) -> None:
    """
    First come, first served; after acquire_timeout a PoolTimeout that counts users and waiters.
    """

    async def main() -> None:
        pool = make_pool(max_size=1, acquire_timeout=1.0)
        served: list[int] = []
        async with pool.acquire():
            late = pool.run_query("select 1")
            with pytest.raises(motorish.PoolTimeout, match="all 1 are in use"):
                await late
            waiting = [pool.run_interaction(lambda cursor, n=n: served.append(n)) for n in range(5)]
            waiting[2].cancel()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert [0, 1, 3, 4] == served
        assert isinstance(done[2], asyncio.CancelledError)
        await pool.close()

    run(main)


def test_connections_that_the_server_has_closed_are_replaced(make_pool, mariadb: MariaDB) -> None:
    """
    After a restart of the server, the first job already works: nobody sees the dead connections.
    """

    async def main() -> None:
        pool = make_pool(max_size=3)
        await asyncio.gather(*(pool.run_query("select sleep(0.01)") for _ in range(3)))
        mariadb.kill()
        mariadb.start()
        for _ in range(3):
            assert [(5,)] == await pool.run_query("select 5")
        await pool.close()

    run(main)


def test_checks_and_set_up_are_the_users(make_pool) -> None:
    """
    on_connect prepares each connection; a check that raises replaces it.
    """

    async def main() -> None:
        prepared: list[Any] = []
        refused: list[Any] = []

        def check(connection: Any) -> None:
            if connection is prepared[0]:
                refused.append(connection)
                raise ValueError("not this one")

        pool = make_pool(max_size=1, check=check, on_connect=prepared.append)
        await pool.run_query("select 1")
        await pool.run_query("select 1")
        assert 2 == len(prepared)
        assert prepared[:1] == refused
        assert 1 == pool.stats().discarded
        await pool.close()

        by_sql = make_pool(max_size=1, check="select 1")
        await by_sql.run_query("select 1")
        await by_sql.run_query("select 1")
        assert 1 == by_sql.stats().made
        await by_sql.close()

    run(main)


def test_idle_and_old_connections_are_closed(make_pool) -> None:
    """
    Beyond min_size, connections end after max_idle; each ends after max_lifetime.
    """

    async def main() -> None:
        pool = make_pool(max_size=4, max_idle=0.1)
        await asyncio.gather(*(pool.run_query("select sleep(0.02)") for _ in range(4)))

        async def is_small() -> bool:
            return 1 == pool.stats().size

        await eventually(is_small)
        await pool.close()

        short = make_pool(max_size=1, max_lifetime=0.05)
        await short.run_query("select sleep(0.1)")
        await short.run_query("select 1")
        assert short.stats().made >= 2
        await short.close()

    run(main)


def test_a_held_connection_is_the_drivers_own_wrapped(make_pool) -> None:
    """
    acquire() gives a wrapped connection, and rolls back what was not committed.
    """

    async def main() -> None:
        pool = make_pool(max_size=1)
        await fresh_table(pool)
        async with pool.acquire() as connection:
            assert isinstance(connection.delegate, pymysql.connections.Connection)
            async with connection.cursor() as cursor:
                await cursor.execute("insert into numbers values (1)")
                await cursor.execute("select n from numbers")
                assert [(1,)] == [row async for row in cursor]
        assert [] == await pool.run_query("select n from numbers")
        with pytest.raises(motorish.UsageError, match="async with"):
            await pool.acquire()
        await pool.close()

    run(main)


def test_what_was_given_back_cannot_be_used(make_pool) -> None:
    """
    A connection or cursor that is kept from a block refuses calls; the next block is not affected.
    """

    async def main() -> None:
        pool = make_pool(max_size=1)
        async with pool.acquire() as connection:
            cursor = connection.cursor()
            await cursor.execute("select 1")
        for kept in (connection.ping, cursor.fetchone, connection.cursor().fetchall):
            with pytest.raises(motorish.UsageError, match="given back"):
                await kept()
        for _ in range(2):
            async with pool.acquire() as another:
                assert another is not connection
                assert connection.delegate is another.delegate
                async with another.cursor() as cursor:
                    await cursor.execute("select 2")
                    assert (2,) == await cursor.fetchone()
        assert 1 == pool.stats().made
        await pool.close()

    run(main)


def test_a_transaction_is_a_block(make_pool) -> None:
    """
    Commit at the end of the block, roll back when it raises or is cancelled.
    """

    async def main() -> None:
        pool = make_pool(max_size=1)
        await fresh_table(pool)
        async with pool.transaction() as cursor:
            await cursor.execute("insert into numbers values (1)")
        with pytest.raises(ZeroDivisionError):
            async with pool.transaction() as cursor:
                await cursor.execute("insert into numbers values (2)")
                raise ZeroDivisionError

        async def never_ends() -> None:
            async with pool.transaction() as cursor:
                await cursor.execute("insert into numbers values (3)")
                await cursor.execute("select sleep(30)")

        task = asyncio.create_task(never_ends())

        async def has_begun() -> bool:
            return pool.stats().in_use == 1

        await eventually(has_begun)
        await asyncio.sleep(0.1)  # into one of its statements, whichever
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [(1,)] == await pool.run_query("select n from numbers")
        assert 0 == pool.stats().in_use
        await pool.close()

    run(main)


def test_rows_are_streamed_in_batches(make_pool) -> None:
    """
    stream() gives all rows in order, and returns its connection even when it is left early.
    """

    async def main() -> None:
        pool = make_pool(max_size=1)
        sql = "select seq from seq_1_to_2500"
        assert [(n,) for n in range(1, 2501)] == [row async for row in pool.stream(sql, batch_size=100)]
        rows = pool.stream(sql, batch_size=10)
        async for row in rows:
            assert (1,) == row
            break
        await rows.aclose()
        assert [(1,)] == await pool.run_query("select 1")
        with pytest.raises(ValueError, match="batch_size"):
            _ = [row async for row in pool.stream(sql, batch_size=0)]
        await pool.close()

    run(main)


def test_close_waits_and_terminate_does_not(make_pool) -> None:
    """
    close() lets jobs finish; terminate() cancels them; both refuse what comes later, and who waits.
    """

    async def main() -> None:
        pool = make_pool(max_size=1)
        job = pool.run_query("select sleep(0.1)")
        await pool.close()
        assert job.done()
        assert [(0,)] == job.result()
        with pytest.raises(motorish.UsageError, match="closed"):
            await pool.run_query("select 1")

        pool = make_pool(max_size=1)
        await pool.run_query("select 1")
        jobs = [pool.run_query("select sleep(30)"), pool.run_query("select 2")]
        started = time.monotonic()
        await pool.terminate()
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
        assert time.monotonic() - started < 10
        assert isinstance(outcomes[0], asyncio.CancelledError)
        assert isinstance(outcomes[1], (asyncio.CancelledError, motorish.UsageError))
        assert 0 == pool.stats().size
        assert "closed" in repr(pool)

    run(main)


def test_a_pool_follows_its_application_to_a_new_loop(make_pool) -> None:
    """
    When its loop was closed, the next one begins with new connections; a second loop beside it is refused.
    """
    pool = make_pool(max_size=1)

    async def main() -> None:
        assert [(1,)] == await pool.run_query("select 1")

    run(main)
    run(main)

    async def refused() -> None:
        await main()
        with pytest.raises(motorish.ForeignLoopError, match="belongs to"):
            await asyncio.to_thread(run, main)
        await pool.close()

    run(refused)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_size": 3, "max_size": 2}, "min_size=3"),
        ({"max_size": 0}, "max_size"),
        ({"max_idle": -1}, "max_idle"),
        ({"acquire_timeout": 0}, "acquire_timeout"),
        ({"engine": "steam"}, "engine"),
    ],
)
def test_senseless_limits_are_refused(options: dict[str, Any], message: str) -> None:
    """
    What cannot work is said when the pool is made.
    """
    with pytest.raises(ValueError, match=message):
        motorish.ConnectionPool("sqlite3", ":memory:", **options)


def test_what_cannot_be_a_job_is_refused(make_pool) -> None:
    """
    Coroutine functions, and modules that are no drivers.
    """

    async def coroutine(cursor: Any) -> None: ...

    async def main() -> None:
        pool = make_pool()
        with pytest.raises(TypeError, match="coroutine function"):
            pool.run_interaction(coroutine)
        await pool.close()

    run(main)
    with pytest.raises(TypeError, match="no function connect"):
        motorish.ConnectionPool("trustme")
    with pytest.raises(TypeError, match="coroutine function"):
        motorish.ConnectionPool("sqlite3", ":memory:", on_connect=coroutine)
    with pytest.raises(ImportError):
        motorish.ConnectionPool("no_such_driver")

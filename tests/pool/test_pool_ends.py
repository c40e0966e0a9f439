"""
The ends of a ConnectionPool on a real MariaDB: closed twice, closed while in use, left by its event loop.
"""

import asyncio
import socket
import threading
import time
from typing import Any

import pymysql
import pytest

import motorish
from tests.loops import until
from tests.pool.helpers import eventually, run


def test_terminate_ends_what_close_waits_for(make_pool) -> None:
    """
    close() can be called again, and terminate() after it; all of them end with the last connection.
    """

    async def main() -> None:
        pool = make_pool(max_size=1)
        job = pool.run_query("select sleep(30)")
        closings = [pool.close(), pool.close()]
        await asyncio.sleep(0.05)  # neither is done yet
        assert not any(closing.done() for closing in closings)
        started = time.monotonic()
        await pool.terminate()
        await asyncio.gather(*closings)
        assert time.monotonic() - started < 10
        with pytest.raises(asyncio.CancelledError):
            await job
        await pool.close()

    run(main)


def test_terminate_cancels_what_held_connections_do(make_pool) -> None:
    """
    A statement on a connection that a block holds is ended too, on the server as well.
    """

    async def main() -> None:
        pool = make_pool(max_size=2)

        async def hold() -> None:
            async with pool.transaction() as cursor:
                await cursor.execute("select sleep(30)")

        task = asyncio.create_task(hold())

        async def is_running() -> bool:
            sql = "select count(*) from information_schema.processlist where info = %s"
            return [(1,)] == await pool.run_query(sql, ("select sleep(30)",))

        await eventually(is_running)
        started = time.monotonic()
        await pool.terminate()
        assert time.monotonic() - started < 10
        with pytest.raises(asyncio.CancelledError):
            await task
        assert 0 == pool.stats().size

    run(main)


def test_a_pool_that_nobody_used_connects_to_nothing() -> None:
    """
    Closing it needs no server, and it refuses jobs then.
    """

    async def main() -> None:
        pool = motorish.ConnectionPool("pymysql", kwargs={"host": "127.0.0.1", "port": 1})
        await pool.close()
        assert 0 == pool.stats().made
        with pytest.raises(motorish.UsageError, match="closed"):
            pool.run_query("select 1")

    run(main)


def test_a_pool_is_a_block(make_pool) -> None:
    """
    It is closed at the end, and terminated by an error.
    """

    async def main() -> None:
        async with make_pool() as pool:
            job = pool.run_query("select sleep(0.1)")
        assert [(0,)] == job.result()
        with pytest.raises(KeyError):
            async with make_pool() as pool:
                job = pool.run_query("select sleep(30)")
                raise KeyError
        with pytest.raises(asyncio.CancelledError):
            await job

    run(main)


def test_one_job_after_another_needs_one_connection(make_pool) -> None:
    """
    min_size is what is kept, not what is made besides; more of them are made in the background.
    """

    async def main() -> None:
        async with make_pool() as pool:
            for _ in range(3):
                await pool.run_query("select 1")
            assert 1 == pool.stats().made
        async with make_pool(min_size=3) as pool:
            await pool.run_query("select 1")

            async def is_filled() -> bool:
                return 3 == pool.stats().idle

            await eventually(is_filled)
            job = pool.run_query("select sleep(30)")
            await asyncio.sleep(0)
            job.cancel()
            await eventually(is_filled)  # again
            assert 4 == pool.stats().made

    run(main)


def test_set_up_that_fails_costs_no_place(make_pool) -> None:
    """
    on_connect's error is the job's, and its connection is closed.
    """
    connections: list[Any] = []

    def refuse(connection: Any) -> None:
        connections.append(connection)
        if len(connections) < 3:
            raise RuntimeError("not this one")

    async def main() -> None:
        async with make_pool(max_size=1, on_connect=refuse) as pool:
            for _ in range(2):
                with pytest.raises(RuntimeError, match="not this one"):
                    await pool.run_query("select 1")
            assert [(1,)] == await pool.run_query("select 1")

            async def are_closed() -> bool:
                return [False, False, True] == [connection.open for connection in connections]

            await eventually(are_closed)

    run(main)


def test_acquire_timeout_bounds_connecting_too() -> None:
    """
    A server that accepts and says nothing costs a job acquire_timeout, not the driver's own patience.
    """

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            pool = motorish.ConnectionPool(
                "pymysql", kwargs={"host": "127.0.0.1", "port": port}, acquire_timeout=0.2
            )
            with pytest.raises(motorish.PoolTimeout, match="could be made"):
                await pool.run_query("select 1")
            assert 0 == pool.stats().size
            await pool.close()

    run(main)


def test_rows_for_a_callback(make_pool) -> None:
    """
    stream(callback=) gives each row, then the end or the error; False ends it.
    """

    async def main() -> None:
        async with make_pool(max_size=1) as pool:
            for sql, stop, expected in (
                ("select seq from seq_1_to_3", 9, [(1,), (2,), (3,), None]),
                ("select seq from seq_1_to_3", 2, [(1,), (2,)]),
                ("no such statement", 9, [pymysql.ProgrammingError]),
            ):
                got: list[Any] = []

                def each(row: Any, error: Any, got: list[Any] = got, stop: int = stop) -> bool:
                    got.append(row if error is None else type(error))
                    return len(got) != stop

                assert None is pool.stream(sql, callback=each)

                async def is_over(got: list[Any] = got, expected: list[Any] = expected) -> bool:
                    return got == expected and 0 == pool.stats().in_use

                await eventually(is_over)

    run(main)


def test_calls_may_come_before_the_loop_runs(make_pool) -> None:
    """
    A job that is started where no loop runs yet waits for the loop of this thread.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pool = make_pool()
        assert [(1,)] == loop.run_until_complete(pool.run_query("select 1"))
        loop.run_until_complete(pool.close())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def test_connections_of_a_loop_that_is_gone_are_closed(make_pool) -> None:
    """
    The first job on a new loop closes what the old one has left.
    """
    connections: list[Any] = []
    pool = make_pool(max_size=2, on_connect=connections.append)

    async def main() -> None:
        await asyncio.gather(*(pool.run_query("select sleep(0.05)") for _ in range(2)))

    run(main)
    assert [True, True] == [connection.open for connection in connections]

    async def again() -> None:
        await pool.run_query("select 1")

        async def are_closed() -> bool:
            return not any(connection.open for connection in connections[:2])

        await eventually(are_closed)
        await pool.close()

    run(again)


@pytest.mark.parametrize("first", ["run_query", "stream", "close"])
def test_calls_may_come_before_the_second_loop_runs(make_pool, first: str) -> None:
    """
    What is asked first is no affair of the loop that was closed, even if the next one is to start it.
    """
    connections: list[Any] = []
    pool = make_pool(on_connect=connections.append)

    async def main() -> None:
        await pool.run_query("select 1")

    run(main)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        if first == "run_query":
            assert [(2,)] == loop.run_until_complete(pool.run_query("select 2"))
        elif first == "stream":
            rows: list[Any] = []
            pool.stream("select 2", callback=lambda row, error: rows.append(row or error))
            loop.run_until_complete(until(lambda: rows[-1:] == [None]))
            assert [(2,), None] == rows
        loop.run_until_complete(pool.close())
        loop.run_until_complete(until(lambda: not any(connection.open for connection in connections)))
        assert 0 == pool.stats().size
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def test_a_call_deep_in_the_stack_may_be_the_first_on_a_second_loop(make_pool) -> None:
    """
    The loop starts it, and what closes the old connections; it gets a new one.
    """
    pool = make_pool()

    async def main(depth: int = 0) -> None:
        if depth:
            await main(depth - 1)
        else:
            assert [(1,)] == await pool.run_query("select 1")
            assert (1, 1) == (pool.stats().made, pool.stats().size)

    run(main)
    run(lambda: main(200))

    async def close() -> None:
        await pool.close()

    run(close)


def test_a_loop_that_closes_amid_jobs_leaves_nothing(make_pool) -> None:
    """
    Jobs, waiters and held connections end with the loop; the pool goes on with the next one.
    """
    pool = make_pool(max_size=2)
    threads = threading.active_count()

    async def main() -> None:
        await pool.run_query("select 1")
        for _ in range(5):
            pool.run_query("select sleep(30)")
        await asyncio.sleep(0.05)

    for _ in range(2):
        run(main)
    assert threads == threading.active_count()

    async def last() -> None:
        assert [(1,)] == await pool.run_query("select 1")
        await pool.close()

    run(last)


def test_closing_does_not_wait_for_what_has_ended(make_pool) -> None:
    """
    Nor for the loop to say that it has: from Python 3.12 on it would not get to that.
    """

    async def main() -> None:
        pool = make_pool()
        await pool.run_query("select 1")
        ended = motorish.spawn(int)
        assert ended.done()
        pool._members._ending.add(ended)
        await pool.close()

    asyncio.run(main())

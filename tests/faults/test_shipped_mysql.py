"""
Bugs that PyMySQL's asynchronous twins (aiomysql, asyncmy) have shipped, and PyMySQL under gevent.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pymysql
import pytest

import motorish
from motorish.integrations.servers import MariaDB
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.faults.rogue_mysql import RogueMySQL, error, packet
from tests.loops import outcome, turns, until
from tests.pool.helpers import eventually

SHUTDOWN = 1053
POOL = 5

Connect = Callable[..., Any]

pytestmark = pytest.mark.timeout(300)  # at full scale


@pytest.fixture
def login(mariadb: MariaDB) -> dict[str, Any]:
    """
    Return who logs in to the private MariaDB.
    """
    login = {"user": mariadb.user, "password": mariadb.password, "database": mariadb.database}
    return login | {"ssl_disabled": True}  # making a context for TLS takes longer than all the rest


@pytest.fixture
def connect(mariadb: MariaDB, login: dict[str, Any]) -> Iterator[Connect]:
    """
    Return what connects to it with a patched PyMySQL.
    """
    with motorish.patch("pymysql"):
        yield partial(pymysql.connect, **{"host": mariadb.host, "port": mariadb.port} | login)


@pytest.fixture
def proxy(mariadb: MariaDB) -> Iterator[chaos.Proxy]:
    """
    Return a proxy before the server.
    """
    with chaos.Proxy(mariadb.host, mariadb.port) as proxy:
        yield proxy


def ask(connection: Any, statement: str, *args: Any) -> Any:
    """
    Execute *statement* and return all rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, args)
        return cursor.fetchall()


def others(watcher: Any) -> int:
    """
    How many clients but the *watcher* are logged in.
    """
    statement = (
        "SELECT COUNT(*) FROM information_schema.processlist WHERE id != CONNECTION_ID() AND host != ''"
    )
    return int(ask(watcher, statement)[0][0])


async def until_alone(watcher: Any) -> int:
    """
    Wait until nobody else is logged in, and return how many are, which is 0.
    """

    async def alone() -> bool:
        return await motorish.spawn(others, watcher) == 0

    await eventually(alone)
    return await motorish.spawn(others, watcher)


@pytest.mark.row("G5")
def test_connects_that_time_out(
    connect: Connect, proxy: chaos.Proxy, login: dict[str, Any], figures: Figures
) -> None:
    """
    Fifty at a time connect to a server that says nothing in time, and again when it does.

    PyMySQL's connect_timeout is for the connection of the socket only, read_timeout for what comes then.
    """
    rounds = figures.times(20, least=1)

    async def main() -> set[Any]:
        here = partial(connect, host=proxy.host, port=proxy.port)
        ends: set[Any] = set()
        for _ in range(rounds):
            proxy.hold()
            late = [motorish.spawn(here, connect_timeout=0.05, read_timeout=0.05) for _ in range(50)]
            ends |= set(await asyncio.gather(*map(outcome, late)))
            proxy.release()
            connection = await motorish.spawn(here)
            assert ((1,),) == await motorish.spawn(ask, connection, "SELECT 1")
            await motorish.spawn(connection.close)
        return ends

    ends = asyncio.run(main())
    figures.equal("PyMySQL, what connect raises after its timeout", "OperationalError", names(ends))


def names(ends: set[Any]) -> str:
    """
    The names of some classes.
    """
    return ", ".join(sorted(end.__name__ for end in ends))


@pytest.mark.row("G5")
def test_packet_of_a_server_that_shuts_down(figures: Figures) -> None:
    """
    It is numbered 0, out of sequence: the connection is lost, and that is what the error says.
    """

    async def main(port: int) -> set[Any]:
        connection = await motorish.spawn(pymysql.connect, host=RogueMySQL.host, port=port, user="me")
        first = await outcome(motorish.spawn(ask, connection, "SELECT 1"))
        assert not connection.open
        return {first}

    shutdown = error(0, SHUTDOWN, "Server shutdown in progress")
    with motorish.patch("pymysql"), RogueMySQL(shutdown) as server:
        ends = asyncio.run(main(server.port))
    figures.equal("PyMySQL, a query when the server shuts down", "OperationalError", names(ends))


@pytest.mark.row("G6")
def test_the_next_borrower_reads_its_own_rows(
    connect: Connect, proxy: chaos.Proxy, login: dict[str, Any], figures: Figures
) -> None:
    """
    A job is cancelled amid its SELECT; whoever gets a connection of the pool next, gets what it asked for.
    """
    rounds = figures.times(1000, least=20)

    async def main() -> int:
        login.update(host=proxy.host, port=proxy.port)
        pool = motorish.ConnectionPool("pymysql", kwargs=login, max_size=1)
        wrong = 0
        for number in range(rounds):
            proxy.hold()
            job = pool.run_query("SELECT seq FROM seq_1_to_1000")
            await until(lambda: proxy.kept)
            job.cancel()
            following = pool.run_query("SELECT %s", (number,))
            proxy.release()
            assert asyncio.CancelledError is await outcome(job)
            wrong += await following != [(number,)]
        await pool.close()
        return wrong

    figures.equal(f"PyMySQL in a pool, wrong rows after {rounds} cancels", 0, asyncio.run(main()))


@pytest.mark.row("G7")
def test_a_close_that_is_cancelled(
    connect: Connect, mariadb: MariaDB, login: dict[str, Any], figures: Figures
) -> None:
    """
    A pool's close(), and a connection's, are cancelled at each turn of the loop: nobody stays logged in.
    """
    login.update(host=mariadb.host, port=mariadb.port)

    async def close_pool(after: int) -> bool:
        pool = motorish.ConnectionPool("pymysql", kwargs=login, min_size=POOL, max_size=POOL)
        await asyncio.gather(*(pool.run_query("SELECT 1") for _ in range(POOL)))
        closing = pool.close()
        await turns(after)
        was_amid = not closing.done()
        closing.cancel()
        await outcome(closing)
        return was_amid

    async def close_connection() -> None:
        connection = await motorish.spawn(connect)
        closing = motorish.spawn(connection.close)
        closing.cancel()
        await outcome(closing)

    async def main() -> int:
        watcher = await motorish.spawn(connect)
        after = 0
        while await close_pool(after) and after < 50:
            after += 1
        for _ in range(POOL):
            await close_connection()
        left = await until_alone(watcher)
        await motorish.spawn(watcher.close)
        return left

    figures.equal("PyMySQL, clients logged in after cancelled close()", 0, asyncio.run(main()))


@pytest.mark.row("G8")
def test_cancels_while_connections_are_given_back(
    connect: Connect, mariadb: MariaDB, login: dict[str, Any], figures: Figures
) -> None:
    """
    Requests are cancelled at random moments, most of them while they give their connection back.
    """
    requests = figures.times(1000, least=100)
    rng = random.Random(8)
    login.update(host=mariadb.host, port=mariadb.port)

    async def main() -> tuple[int, int, int]:
        pool = motorish.ConnectionPool("pymysql", kwargs=login, max_size=POOL)
        cancelled = 0

        async def request(leaving: asyncio.Event) -> None:
            async with pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute("SELECT 1")
                leaving.set()

        async def cancel_one() -> None:
            nonlocal cancelled
            leaving = asyncio.Event()
            task = asyncio.create_task(request(leaving))
            if rng.random() < 0.8:
                await leaving.wait()
                await turns(rng.randrange(20))
            else:
                await turns(rng.randrange(40))
            task.cancel()
            await asyncio.wait([task])
            cancelled += task.cancelled()

        for _ in range(requests // 10):
            await asyncio.gather(*(cancel_one() for _ in range(10)))
        await until(lambda: not pool.stats().in_use)
        stats = pool.stats()
        slept = await asyncio.gather(*(pool.run_query("SELECT SLEEP(0.05)") for _ in range(POOL)))
        assert [[(0,)]] * POOL == slept
        await pool.close()
        return cancelled, stats.idle + stats.in_use, stats.size

    cancelled, counted, size = asyncio.run(main())
    figures.note(f"PyMySQL in a pool, of {requests} requests ended cancelled", cancelled)
    figures.equal("PyMySQL in a pool, free and used connections", size, counted)


@pytest.mark.row("G9")
def test_a_server_that_asks_for_a_file(figures: Figures) -> None:
    """
    A rogue server answers a SELECT by asking for /etc/passwd, and gets nothing.
    """

    async def main(port: int) -> Any:
        connection = await motorish.spawn(pymysql.connect, host=RogueMySQL.host, port=port, user="me")
        with pytest.raises(RuntimeError, match="local_infile option is false"):
            await motorish.spawn(ask, connection, "SELECT 1")
        await motorish.spawn(connection.close)

    with motorish.patch("pymysql"), RogueMySQL(packet(1, b"\xfb/etc/passwd")) as server:
        asyncio.run(main(server.port))
    got = sum(len(each) for each in server.received if each != b"\x01")  # but for "I leave"
    figures.equal("PyMySQL, bytes of the file that the server got", 0, got)


@pytest.mark.row("G10")
def test_cancelled_in_a_transaction(connect: Connect, figures: Figures) -> None:
    """
    Two rows in one transaction, cancelled at random moments: both are there or none, and no lock is held.
    """
    rounds = figures.times(1000, least=30)
    rng = random.Random(10)

    def work(connection: Any, number: int) -> None:
        connection.begin()
        ask(connection, "INSERT INTO half VALUES (%s)", number)
        ask(connection, "INSERT INTO half VALUES (%s)", -number)
        connection.commit()

    async def main() -> tuple[set[Any], int, int]:
        watcher = await motorish.spawn(connect, autocommit=True)
        await motorish.spawn(ask, watcher, "CREATE OR REPLACE TABLE half (n INT PRIMARY KEY)")
        connection, closed, ends = None, 0, set()
        for number in range(1, rounds + 1):
            connection = connection or await motorish.spawn(connect)
            call = motorish.spawn(work, connection, number)
            await turns(rng.randrange(12))
            call.cancel()
            ends.add(await outcome(call))
            if not connection.open:
                connection, closed = None, closed + 1
        statement = "SELECT COUNT(*) FROM half one LEFT JOIN half two ON one.n = -two.n WHERE two.n IS NULL"
        await motorish.spawn(ask, watcher, "SET innodb_lock_wait_timeout = 1")
        await motorish.spawn(ask, watcher, "UPDATE half SET n = n * 1000000")  # needs all their locks
        half = int((await motorish.spawn(ask, watcher, statement))[0][0])
        await motorish.spawn(ask, watcher, "DROP TABLE half")
        for each in filter(None, (connection, watcher)):
            await motorish.spawn(each.close)
        return ends, closed, half

    ends, closed, half = asyncio.run(main())
    assert {None, asyncio.CancelledError} >= ends
    figures.note(f"PyMySQL, connections closed by {rounds} cancels in transactions", closed)
    figures.equal("PyMySQL, half committed transactions", 0, half)

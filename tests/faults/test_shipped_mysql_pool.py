"""
Bugs that pools of aiomysql and asyncmy have shipped, tried on `motorish.ConnectionPool` with PyMySQL.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import pymysql
import pytest

import motorish
from motorish.integrations.servers import MariaDB
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.faults.logins import ask
from tests.faults.logins import mariadb_options as options
from tests.loops import outcome, turns, until
from tests.pool.helpers import eventually

POOL = 5

pytestmark = pytest.mark.timeout(300)  # at full scale


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """
    PyMySQL is green during the test.
    """
    with motorish.patch("pymysql"):
        yield


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


@pytest.mark.row("G6")
def test_the_next_borrower_reads_its_own_rows(mariadb: MariaDB, figures: Figures) -> None:
    """
    A job is cancelled amid its SELECT; whoever gets a connection of the pool next, gets what it asked for.
    """
    rounds = figures.times(1000, least=20)

    async def main(proxy: chaos.Proxy) -> int:
        pool = motorish.ConnectionPool("pymysql", kwargs=options(mariadb, proxy), max_size=1)
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

    with chaos.Proxy(mariadb.host, mariadb.port) as proxy:
        wrong = asyncio.run(main(proxy))
    figures.equal(f"PyMySQL in a pool, wrong rows after {rounds} cancels", 0, wrong)


@pytest.mark.row("G7")
def test_a_close_that_is_cancelled(mariadb: MariaDB, figures: Figures) -> None:
    """
    A pool's close(), and a connection's, are cancelled at each turn of the loop: nobody stays logged in.
    """
    login = options(mariadb, mariadb)
    connect = partial(pymysql.connect, **login)

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
def test_cancels_while_connections_are_given_back(mariadb: MariaDB, figures: Figures) -> None:
    """
    Requests are cancelled at random moments, most of them while they give their connection back.
    """
    requests = figures.times(1000, least=100)
    rng = random.Random(8)

    async def main() -> tuple[int, int, int]:
        pool = motorish.ConnectionPool("pymysql", kwargs=options(mariadb, mariadb), max_size=POOL)
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
                await turns(rng.randrange(5))
            else:
                await turns(rng.randrange(10))
            task.cancel()
            await asyncio.wait([task])
            cancelled += task.cancelled()

        for _ in range(requests // 10):
            await asyncio.gather(*(cancel_one() for _ in range(10)))
        await until(lambda: pool.stats().idle == pool.stats().size)  # one may be being made just now
        stats = pool.stats()
        slept = await asyncio.gather(*(pool.run_query("SELECT SLEEP(0.05)") for _ in range(POOL)))
        assert [[(0,)]] * POOL == slept
        await pool.close()
        return cancelled, stats.idle + stats.in_use, stats.size

    cancelled, counted, size = asyncio.run(main())
    figures.note(f"PyMySQL in a pool, of {requests} requests ended cancelled", cancelled)
    figures.equal("PyMySQL in a pool, free and used connections", size, counted)

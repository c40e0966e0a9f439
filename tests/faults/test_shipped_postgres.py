"""
Bugs that asyncpg, aiopg and psycopg_pool have shipped, tried on psycopg2 and psycopg 3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import psycopg
import psycopg2
import psycopg_pool
import pytest

import motorish
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import PostgreSQL
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.faults.logins import ask
from tests.faults.logins import postgres_options as options
from tests.loops import outcome, turns, until
from tests.pool.helpers import eventually

DRIVERS = {"psycopg2": psycopg2, "psycopg": psycopg}
CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
SLEEPING = "SELECT pg_sleep(60)"
END_MS = 100

Connect = Callable[..., Any]

pytestmark = pytest.mark.timeout(300)  # at full scale


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Iterator[Any]:
    """
    Return each of the two drivers, patched.
    """
    with motorish.patch(request.param):
        yield DRIVERS[request.param]


@pytest.fixture
def proxy(postgres: PostgreSQL) -> Iterator[chaos.Proxy]:
    """
    Return a proxy before the server.
    """
    with chaos.Proxy(postgres.host, postgres.port) as proxy:
        yield proxy


@pytest.mark.row("G11")
def test_connects_that_are_cancelled(
    driver: Any, postgres: PostgreSQL, proxy: chaos.Proxy, figures: Figures
) -> None:
    """
    Connecting is cancelled after 0 to 200 ms, in steps of 1 ms: no session is left on the server.
    """
    proxy.down.delay_s = 0.02  # so that connecting takes about as long
    steps = figures.times(200, least=20)

    async def main() -> tuple[int, int]:
        watcher = await motorish.spawn(driver.connect, **options(postgres, postgres))
        watcher.autocommit = True
        before = (await motorish.spawn(ask, watcher, CLIENTS))[0][0]
        cancelled = 0

        async def cancel_after(seconds: float) -> None:
            nonlocal cancelled
            call = motorish.spawn(driver.connect, **options(postgres, proxy))
            await asyncio.sleep(seconds)
            call.cancel()
            try:
                connection = await call
            except asyncio.CancelledError:
                cancelled += 1
            else:
                await motorish.spawn(connection.close)

        for step in range(0, steps, 20):
            moments = [0.2 * (step + number) / steps for number in range(20)]
            await asyncio.gather(*map(cancel_after, moments))

        async def is_quiet() -> bool:
            return bool((await motorish.spawn(ask, watcher, CLIENTS))[0][0] == before)

        assert cancelled
        await eventually(is_quiet)
        left = (await motorish.spawn(ask, watcher, CLIENTS))[0][0] - before
        await motorish.spawn(watcher.close)
        return cancelled, left

    cancelled, left = asyncio.run(main())
    name = driver.__name__
    figures.note(f"{name}, of {steps} connects were cancelled", cancelled)
    figures.equal(f"{name}, sessions left on the server", 0, left)


@pytest.mark.row("G12")
def test_giving_back_when_packets_are_dropped(
    driver: Any, postgres: PostgreSQL, proxy: chaos.Proxy, figures: Figures
) -> None:
    """
    The network goes while a connection of a pool is held: giving it back ends with the deadline.
    """
    limit_s = 0.3

    async def main() -> tuple[float, int]:
        pool = motorish.ConnectionPool(driver, kwargs=options(postgres, proxy))
        with pytest.raises(motorish.DeadlineExceeded):
            async with pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute("SELECT 1")
                proxy.up.dropped = proxy.down.dropped = True
                began = monotonic()
                with motorish.timeout(limit_s):
                    await cursor.execute("SELECT 2")
        held = monotonic() - began
        began = monotonic()
        with motorish.timeout(limit_s), pytest.raises(motorish.DeadlineExceeded):
            proxy.up.dropped = proxy.down.dropped = False
            async with pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute("SELECT 1")
                proxy.up.dropped = proxy.down.dropped = True
        released = monotonic() - began
        proxy.up.dropped = proxy.down.dropped = False
        await until(lambda: not pool.stats().in_use)
        assert [(3,)] == await pool.run_query("SELECT 3")
        in_use = pool.stats().in_use
        await pool.terminate()
        return (max(held, released) - limit_s) * 1000, in_use

    late_ms, in_use = min(asyncio.run(main()) for _ in range(2))
    figures.at_most(f"{driver.__name__}, ms from the deadline to the end", END_MS, late_ms, "ms")
    figures.equal(f"{driver.__name__}, connections that are in use for ever", 0, in_use)


@pytest.mark.row("G17")
def test_a_waiter_is_cancelled_when_its_connection_comes(postgres: PostgreSQL, figures: Figures) -> None:
    """
    A pool of psycopg_pool's with one connection: the waiter is cancelled just before, as, and after it comes.
    """
    rounds = figures.times(1000, least=50)

    async def main() -> tuple[int, int]:
        kwargs = options(postgres, postgres)
        pool = psycopg_pool.ConnectionPool(kwargs=kwargs, min_size=1, max_size=1, open=False)
        await motorish.spawn(pool.open)
        cancelled = lost = 0
        for number in range(rounds):
            try:
                held = await motorish.spawn(pool.getconn, timeout=2)
            except psycopg_pool.PoolTimeout:
                lost += 1
                break
            waiter = motorish.spawn(pool.getconn)
            await until(lambda: pool.get_stats().get("requests_waiting"))
            before, after = number % 3, number // 3 % 4
            if before == 0:
                waiter.cancel()
            giving = motorish.spawn(pool.putconn, held)
            await turns(after)
            waiter.cancel()
            try:
                await motorish.spawn(pool.putconn, await waiter)
            except asyncio.CancelledError:
                cancelled += 1
            await giving
        assert 1 == pool.get_stats()["pool_size"]
        await motorish.spawn(pool.close)
        return cancelled, lost

    with motorish.patch("psycopg", "psycopg_pool"):
        cancelled, lost = asyncio.run(main())
    figures.note(f"psycopg_pool, of {rounds} waiters were cancelled", cancelled)
    figures.equal("psycopg_pool, connections lost", 0, lost)


@pytest.mark.row("G20")
def test_closing_after_the_network_is_lost(
    driver: Any, postgres: PostgreSQL, proxy: chaos.Proxy, figures: Figures
) -> None:
    """
    The network goes amid a query: the query is given up, the connection closed, and the loop goes on.
    """
    took: list[float] = []

    async def main() -> Lag:
        connection = await motorish.spawn(driver.connect, **options(postgres, proxy))
        call = motorish.spawn(ask, connection, SLEEPING)
        await asyncio.sleep(0.05)
        proxy.up.dropped = proxy.down.dropped = True
        async with measured() as lag:
            began = monotonic()
            call.cancel()
            assert asyncio.CancelledError is await outcome(call)
            await motorish.spawn(connection.close)
            took.append((monotonic() - began) * 1000)
            await asyncio.sleep(0.05)
        proxy.up.dropped = proxy.down.dropped = False
        lags.append(lag)
        return lag

    lags: list[Lag] = []
    assert_no_lag(main)
    figures.at_most(f"{driver.__name__}, ms to give up and close", END_MS, min(took), "ms")
    late_ms = (lags[-1].ticker_s - lags[-1].control_s) * 1000
    figures.at_most(f"{driver.__name__}, ms that the loop was late", 50, max(0.0, late_ms), "ms")

"""
A pool of a driver that waits in threads, where a call that was given up goes on.
"""

from __future__ import annotations

import asyncio
import threading
from types import ModuleType
from typing import Any

import pytest

import motorish
from tests.loops import until
from tests.pool.helpers import run


class SlowDriver(ModuleType):
    """
    A PEP 249 module whose operations wait until the test lets them go on.

    Attributes:
        may: what may go on, by operation.
        begun: operations, in the order in which they began.
        open: how many connections nobody has closed.
        fails: connect() fails.
    """

    apilevel = "2.0"

    def __init__(self) -> None:
        super().__init__("slow_driver")
        self.may = {"connect": threading.Event(), "execute": threading.Event()}
        self.begun: list[str] = []
        self.open = 0
        self.fails = False

    def wait(self, operation: str) -> None:
        """
        Runs in a worker thread.
        """
        self.begun.append(operation)
        assert self.may[operation].wait(30)

    def connect(self) -> SlowConnection:
        """
        Wait, then fail or connect.
        """
        self.wait("connect")
        if self.fails:
            raise ConnectionError("no answer")
        self.open += 1
        return SlowConnection(self)


class SlowConnection:
    """
    Its own cursor, too.
    """

    def __init__(self, driver: SlowDriver) -> None:
        self._driver = driver
        self._is_cursor = False

    def cursor(self) -> SlowConnection:
        cursor = SlowConnection(self._driver)
        cursor._is_cursor = True
        return cursor

    def execute(self, sql: str) -> None:
        self._driver.wait("execute")

    def fetchall(self) -> list[Any]:
        return [(1,)]

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def close(self) -> None:
        self._driver.open -= not self._is_cursor


@pytest.fixture
def driver() -> SlowDriver:
    """
    Return a new driver.
    """
    return SlowDriver()


def make_pool(driver: SlowDriver, **options: Any) -> motorish.ConnectionPool:
    """
    Make a pool of one connection.
    """
    return motorish.ConnectionPool(driver, max_size=1, engine="thread", **options)


@pytest.mark.parametrize("fails", [False, True])
def test_a_connect_that_goes_on_keeps_its_place(driver: SlowDriver, fails: bool) -> None:
    """
    There is never more than one connect() in a pool of one; what it makes too late is closed.
    """
    driver.fails = fails

    async def main() -> None:
        pool = make_pool(driver, acquire_timeout=0.05)
        for reason in ("could be made", "became free"):
            with pytest.raises(motorish.PoolTimeout, match=reason):
                await pool.run_query("select 1")
        assert ["connect"] == driver.begun
        assert (1, 0) == (pool.stats().size, pool.stats().in_use)
        for may in driver.may.values():
            may.set()
        await until(lambda: not pool.stats().size and not driver.open)
        driver.fails = False
        assert [(1,)] == await pool.run_query("select 1")
        assert (2 - fails, 1 - fails) == (pool.stats().made, pool.stats().discarded)
        await pool.close()
        assert 0 == driver.open

    run(main)


def test_who_waits_gets_the_place_when_the_thread_is_free(driver: SlowDriver) -> None:
    """
    A job that was given up goes on at the server, so the next one waits; then it connects anew.
    """

    async def main() -> None:
        pool = make_pool(driver, min_size=0)
        driver.may["connect"].set()
        job = pool.run_query("select 1")
        await until(lambda: "execute" in driver.begun)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        following = pool.run_query("select 2")
        await until(lambda: pool.stats().waiting)
        assert ["connect", "execute"] == driver.begun
        driver.may["execute"].set()
        assert [(1,)] == await following
        assert (2, 1) == (pool.stats().made, pool.stats().discarded)
        await pool.close()
        assert 0 == driver.open

    run(main)


def test_closing_waits_for_what_is_made_too_late(driver: SlowDriver) -> None:
    """
    close() leaves no connection behind that a job which was cancelled has asked for.
    """

    async def main() -> None:
        pool = make_pool(driver)
        job = pool.run_query("select 1")
        await until(lambda: driver.begun)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        closing = pool.close()
        await until(lambda: not pool.stats().size)
        assert not closing.done()
        driver.may["connect"].set()
        await closing
        assert 0 == driver.open

    run(main)


def test_what_a_closed_loop_has_left_in_a_thread_is_closed(driver: SlowDriver) -> None:
    """
    A connection that is made after its loop is gone is closed on the next.
    """
    pool = make_pool(driver)

    async def first() -> None:
        job = pool.run_query("select 1")
        await until(lambda: driver.begun)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)

    async def second() -> None:
        for may in driver.may.values():
            may.set()
        assert [(1,)] == await pool.run_query("select 1")
        await until(lambda: 1 == driver.open)
        await pool.close()
        await until(lambda: 0 == driver.open)

    run(first)
    run(second)

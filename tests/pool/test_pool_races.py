"""
What happens to a pool's job in one turn of the loop, and its cancellation in the next.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest

import motorish
from tests.loops import until
from tests.pool.fake_driver import Connection, Driver, module
from tests.pool.helpers import run


@pytest.fixture(autouse=True)
def fake_driver() -> Iterator[None]:
    """
    Let the driver be imported.
    """
    sys.modules["fake_driver"] = module()
    yield
    motorish.unpatch("fake_driver")
    del sys.modules["fake_driver"]


def test_a_connection_that_arrives_too_late_is_for_others() -> None:
    """
    A task that is cancelled when its connection is there already, but before it runs again, keeps nothing.
    """

    async def main() -> None:
        driver = Driver(asyncio.get_running_loop())
        pool = motorish.ConnectionPool("fake_driver", driver, max_size=1, engine="greenlet")

        async def hold() -> None:
            async with pool.acquire():
                pytest.fail("nobody should get here")

        task = asyncio.create_task(hold())
        await until(lambda: driver.blocked)
        driver.let(0)
        await asyncio.sleep(0)  # the call ends; the task is told in the next turn
        assert 1 == pool.stats().in_use
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: pool.stats().idle)
        assert 0 == pool.stats().in_use

    run(main)


def test_success_of_rolling_back_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A connection on which a held block's call was ended is closed, even if its driver's rollback() succeeds.
    """
    monkeypatch.setattr(Connection, "rollback", lambda self: None)

    async def main() -> None:
        driver = Driver(asyncio.get_running_loop())
        driver.instant = frozenset({"connect", "close"})
        pool = motorish.ConnectionPool("fake_driver", driver, max_size=1, engine="greenlet")
        async with pool.acquire() as connection:
            cursor = await connection.cursor()
            with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.01):
                await cursor.execute("select")
        assert (0, 1) == (pool.stats().idle, pool.stats().discarded)

    run(main)

"""
What the tests of both PostgreSQL drivers do the same way.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

import motorish

WATCHDOG_S = 30
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%%' AND state = 'active'"
IN_TRANSACTION = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'"


@contextmanager
def watchdog() -> Iterator[None]:
    """
    End the block with an error when the whole thread has stood still for too long.
    """

    def bark(number: int, frame: FrameType | None) -> NoReturn:
        raise TimeoutError("the event loop's thread has stood still")

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(WATCHDOG_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(main: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """
    Run *main* on a new event loop, watched.
    """
    with watchdog():
        return asyncio.run(main())


async def until(condition: Callable[[], Any]) -> None:
    """
    Ask *condition*, a synchronous function, in children until it holds.
    """
    async with asyncio.timeout(10):
        while not await motorish.spawn(condition):
            await asyncio.sleep(0.005)


def count(connection: Any, statement: str) -> int:
    """
    The number that a statement gives, on a connection in autocommit mode.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])

"""
What the tests of pools share.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """
    Wait until *condition* holds, ten seconds at the most.
    """
    async with asyncio.timeout(10):
        while not await condition():
            await asyncio.sleep(0.02)


def run(main: Callable[[], Awaitable[None]]) -> None:
    """
    Run a test's coroutine on an event loop of its own.
    """

    async def in_time() -> None:
        async with asyncio.timeout(60):
            await main()

    asyncio.run(in_time())

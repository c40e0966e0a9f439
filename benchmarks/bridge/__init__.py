"""
The bridges alone: a synchronous function called from a coroutine, that waits for the event loop or does not.

``noop`` returns at once.  ``one_wait`` and ``four_waits`` wait, once or four times, for what the loop's next
callback delivers: on the loop's own thread a future is awaited, and in other threads what is natural there.
There is no server.
"""

from __future__ import annotations

import asyncio

SERVER = None


def soon() -> asyncio.Future[None]:
    """
    A future that the loop's next callback resolves.
    """
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(future.set_result, None)
    return future


async def wait_soon() -> None:
    """
    The same as a coroutine, for what takes nothing else.
    """
    await soon()


def noop() -> None:
    """
    The function that does not wait.
    """

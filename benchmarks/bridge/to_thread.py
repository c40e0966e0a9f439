"""
asyncio.to_thread: as many threads as the default executor has; each waits for a `threading.Event` that a
callback on the loop sets.
"""

import asyncio
from threading import Event
from typing import Any

from benchmarks._variant import Asynchronous, serve
from benchmarks.bridge import noop


def one_wait(loop: asyncio.AbstractEventLoop) -> None:
    delivered = Event()
    loop.call_soon_threadsafe(delivered.set)
    delivered.wait()


def four_waits(loop: asyncio.AbstractEventLoop) -> None:
    for _ in range(4):
        one_wait(loop)


class ToThread(Asynchronous):
    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()

    async def noop(self, own: Any) -> None:
        await asyncio.to_thread(noop)

    async def one_wait(self, own: Any) -> None:
        await asyncio.to_thread(one_wait, self.loop)

    async def four_waits(self, own: Any) -> None:
        await asyncio.to_thread(four_waits, self.loop)


serve(ToThread)

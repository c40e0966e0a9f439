"""
greenletio: a new greenlet per call; `await_` hands the future to the coroutine, which awaits it.
"""

from typing import Any

from greenletio import async_, await_

from benchmarks._variant import Asynchronous, serve
from benchmarks.bridge import noop, soon


def one_wait() -> None:
    await_(soon())


def four_waits() -> None:
    for _ in range(4):
        await_(soon())


class Greenletio(Asynchronous):
    noop_async = staticmethod(async_(noop))
    one_wait_async = staticmethod(async_(one_wait))
    four_waits_async = staticmethod(async_(four_waits))

    async def noop(self, own: Any) -> None:
        await self.noop_async()

    async def one_wait(self, own: Any) -> None:
        await self.one_wait_async()

    async def four_waits(self, own: Any) -> None:
        await self.four_waits_async()


serve(Greenletio)

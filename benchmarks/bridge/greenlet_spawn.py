"""
SQLAlchemy's greenlet_spawn: a new greenlet per call; `await_only` hands the future to the coroutine, which
awaits it.
"""

from typing import Any

from sqlalchemy.util import await_only, greenlet_spawn

from benchmarks._variant import Asynchronous, serve
from benchmarks.bridge import noop, soon


def one_wait() -> None:
    await_only(soon())


def four_waits() -> None:
    for _ in range(4):
        await_only(soon())


class GreenletSpawn(Asynchronous):
    async def noop(self, own: Any) -> None:
        await greenlet_spawn(noop)

    async def one_wait(self, own: Any) -> None:
        await greenlet_spawn(one_wait)

    async def four_waits(self, own: Any) -> None:
        await greenlet_spawn(four_waits)


serve(GreenletSpawn)

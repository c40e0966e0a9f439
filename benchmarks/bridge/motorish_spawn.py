"""
motorish.spawn: a reused greenlet; `motorish.await_` parks it until the future's callback switches back.
"""

from typing import Any

import motorish
from benchmarks._variant import Asynchronous, serve
from benchmarks.bridge import noop, soon


def one_wait() -> None:
    motorish.await_(soon())


def four_waits() -> None:
    for _ in range(4):
        motorish.await_(soon())


class MotorishSpawn(Asynchronous):
    async def noop(self, own: Any) -> None:
        await motorish.spawn(noop)

    async def one_wait(self, own: Any) -> None:
        await motorish.spawn(one_wait)

    async def four_waits(self, own: Any) -> None:
        await motorish.spawn(four_waits)


serve(MotorishSpawn)

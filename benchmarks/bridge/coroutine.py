"""
No bridge: a coroutine that awaits the same futures.  What is left is the loop's own work, and the measuring.
"""

from typing import Any

from benchmarks._variant import Asynchronous, serve
from benchmarks.bridge import soon


class Coroutine(Asynchronous):
    async def noop(self, own: Any) -> None:
        pass

    async def one_wait(self, own: Any) -> None:
        await soon()

    async def four_waits(self, own: Any) -> None:
        for _ in range(4):
            await soon()


serve(Coroutine)

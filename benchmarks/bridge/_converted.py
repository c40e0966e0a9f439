"""
The workloads of bridges that make a coroutine function of each synchronous one, beforehand.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from benchmarks._variant import Asynchronous

Converted = Callable[[], Coroutine[Any, Any, None]]


class ConvertedFunctions(Asynchronous):
    """
    A subclass has the three functions, converted.
    """

    noop_async: ClassVar[Converted]
    one_wait_async: ClassVar[Converted]
    four_waits_async: ClassVar[Converted]

    async def noop(self, own: Any) -> None:
        await self.noop_async()

    async def one_wait(self, own: Any) -> None:
        await self.one_wait_async()

    async def four_waits(self, own: Any) -> None:
        await self.four_waits_async()

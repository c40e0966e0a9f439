"""
The workloads through `motorish.asynchronize`: a cursor, its statement and its rows are one call.
"""

from typing import Any

import motorish
from benchmarks._variant import Asynchronous
from benchmarks.postgresql import _functions


class Motorish(Asynchronous):
    select_one_async = staticmethod(motorish.asynchronize(_functions.select_one))
    select_many_async = staticmethod(motorish.asynchronize(_functions.select_many))
    insert_async = staticmethod(motorish.asynchronize(_functions.insert))

    def connect(self) -> Any:
        """
        Make a connection; runs on a child.
        """
        raise NotImplementedError

    async def worker(self) -> Any:
        return await motorish.spawn(self.connect)

    async def leave(self, own: Any) -> None:
        await motorish.spawn(own.close)

    async def select_one(self, own: Any) -> Any:
        return await self.select_one_async(own)

    async def select_many(self, own: Any) -> Any:
        return await self.select_many_async(own)

    async def insert(self, own: Any) -> Any:
        return await self.insert_async(own)

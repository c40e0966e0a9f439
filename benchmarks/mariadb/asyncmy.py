"""
MariaDB through asyncmy: PyMySQL's protocol on asyncio's streams, compiled to C, the parsing of rows included.
"""

from typing import Any

import asyncmy

from benchmarks._variant import Asynchronous, serve
from benchmarks.mariadb import ID, SELECT_MANY, SELECT_ONE, settings


class Asyncmy(Asynchronous):
    async def worker(self) -> Any:
        return await asyncmy.connect(**settings(self.address))

    async def leave(self, own: Any) -> None:
        await own.ensure_closed()

    async def select_one(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(SELECT_ONE, (ID,))
            return await cursor.fetchone()

    async def select_many(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(SELECT_MANY)
            return await cursor.fetchall()


serve(Asyncmy)

"""
MariaDB through aiomysql: PyMySQL's protocol, on asyncio's streams.
"""

from typing import Any

import aiomysql

from benchmarks._variant import Asynchronous, serve
from benchmarks.mariadb import ID, SELECT_MANY, SELECT_ONE, settings


class Aiomysql(Asynchronous):
    async def worker(self) -> Any:
        arguments = settings(self.address)
        return await aiomysql.connect(db=arguments.pop("database"), **arguments)

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


serve(Aiomysql)

"""
PostgreSQL through aiopg: psycopg2 in its own asynchronous mode.  Statements are never prepared.
"""

from typing import Any

import aiopg

from benchmarks._variant import Asynchronous, serve
from benchmarks.postgresql import EVENT, ID, INSERT, SELECT_MANY, SELECT_ONE


class Aiopg(Asynchronous):
    async def worker(self) -> Any:
        return await aiopg.connect(self.address)

    async def leave(self, own: Any) -> None:
        await own.close()

    async def select_one(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(SELECT_ONE, (ID,))
            return await cursor.fetchone()

    async def select_many(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(SELECT_MANY)
            return await cursor.fetchall()

    async def insert(self, own: Any) -> Any:
        async with own.cursor() as cursor:
            await cursor.execute(INSERT, EVENT)
            return cursor.rowcount


serve(Aiopg)

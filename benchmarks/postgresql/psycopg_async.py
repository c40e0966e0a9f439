"""
PostgreSQL through psycopg 3's own AsyncConnection.

psycopg prepares a statement when a connection executes it for the sixth time, as it does by default.
"""

from typing import Any

import psycopg

from benchmarks._variant import Asynchronous, serve
from benchmarks.postgresql import EVENT, ID, INSERT, SELECT_MANY, SELECT_ONE


class PsycopgAsync(Asynchronous):
    async def worker(self) -> Any:
        return await psycopg.AsyncConnection.connect(self.address, autocommit=True)

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


serve(PsycopgAsync)

"""
PostgreSQL through asyncpg, which speaks the protocol itself, in C.

Every statement is prepared at its first execution on a connection and kept, as asyncpg does by default.
"""

from typing import Any

import asyncpg

from benchmarks._variant import Asynchronous, serve
from benchmarks.postgresql import EVENT, ID, INSERT, SELECT_MANY, SELECT_ONE

SELECT_ONE_NUMBERED = SELECT_ONE.replace("%s", "$1")
INSERT_NUMBERED = INSERT.replace("%s", "$1", 1).replace("%s", "$2")


class Asyncpg(Asynchronous):
    async def worker(self) -> Any:
        return await asyncpg.connect(self.address)

    async def leave(self, own: Any) -> None:
        await own.close()

    async def select_one(self, own: Any) -> Any:
        return await own.fetchrow(SELECT_ONE_NUMBERED, ID)

    async def select_many(self, own: Any) -> Any:
        return await own.fetch(SELECT_MANY)

    async def insert(self, own: Any) -> Any:
        return await own.execute(INSERT_NUMBERED, *EVENT)


serve(Asyncpg)
